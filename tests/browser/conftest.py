"""A real Chromium on the real site: worker, beat, sandbox and web server, as `make run` starts them.

`browse(width)` opens a fresh visitor's page. Anything that the page's console reports as an error, or
that it asks of another host, fails the test that opened it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.chromium import PATIENCE, lacking, launch
from tests.production import served
from tests.running import Run, prepare

NARROW, WIDE = 390, 1440
Browse = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test below this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps a loop in this thread, beside which Django would refuse its own test database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            lacking()
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The whole site on a port of its own, filled as a first `make run` fills it. Shared by all journeys."""
    run = Run(prepare(tmp_path_factory.mktemp("site")))
    try:
        yield run.wait_until_up()
        assert run.process.poll() is None, f"the run ended by itself:\n{run.output[-5000:]}"
        run.end()
        assert run.left() == []
    finally:
        run.destroy()


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site with the demo's content as production serves it, for reading only."""
    with served(tmp_path_factory.mktemp("production")) as address:
        yield address


@pytest.fixture
def browse(chromium: Browser, site: Run) -> Iterator[Browse]:
    """Open a page as a visitor who has never been here. Addresses may be relative: `page.goto("/en/")`."""
    complaints: list[str] = []
    host = urlsplit(site.address).netloc

    def on_console(message: ConsoleMessage) -> None:
        # What a test provokes on purpose (a 404 page) the browser reports as a failed resource.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc != host:
            complaints.append(f"another host: {request.url}")

    def open_page(
        width: int = NARROW, *, language: str = "en", javascript: bool = True, dark: bool = False
    ) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 844 if width < 700 else 900},
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("request", on_request)
        return page

    contexts = []  # type: ignore[var-annotated]
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


# Without waiting for style sheets to be fetched once more: no rule that is on reads them.
_AXE = {"resultTypes": ["violations"], "preload": False}


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Run axe on the page as it stands: no violation of any rule."""

    def check(page: Page) -> None:
        there = page.evaluate("typeof axe === 'object'")  # from an earlier look at the same page
        results = (Axe("") if there else Axe()).run(page, options=_AXE)
        assert results.violations_count == 0, results.generate_report()

    return check


@pytest.fixture
def screenshots() -> Path | None:
    """Where to leave pictures for people to look at: SCREENSHOTS=folder, or nowhere."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return None
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path
