"""The system's own Chromium: Playwright's download needs a network that tests have no right to."""

import os
import shutil
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Milliseconds for whatever is to come on a page, on a machine with much else to do: bounds, not waits.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE / 2)

_ARGUMENTS = (
    "--no-sandbox",  # root, as in CI, has no other way
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def found() -> str | None:
    """Where Chromium is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def lacking(reason: str = f"no browser: none of {', '.join(NAMES)} is installed") -> NoReturn:
    """Skip and say what this machine lacks; where a browser and all else is required, as in CI, fail."""
    if os.environ.get("BROWSER_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


def launch(playwright: Playwright) -> Browser | None:
    """None where no Chromium is installed."""
    path = found()
    return playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS)) if path else None
