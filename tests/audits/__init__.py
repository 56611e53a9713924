"""What looks at the pages from outside: Lighthouse and the W3C's Nu checker.

Both come from npm at the versions that package-lock.json pins, into node_modules beside it. A machine
that lacks Node, Java or the network for the first installation cannot run them: `Missing` says what.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent
_MODULES = _FOLDER / "node_modules"
_INSTALL_SECONDS, _RUN_SECONDS = 240, 120
_CHROME_FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-background-networking"


class Missing(Exception):
    """This machine has not what it takes; the message says what."""


class Failed(Exception):
    """It was there and did not come to an end, as on a machine with too much to do."""


def lighthouse(address: str, chromium: str) -> tuple[dict[str, int], str]:
    """The scores of the page in each category, as a phone would have them, and why any is not 100."""
    node = _installed()
    try:
        done = _run(
            node,
            _MODULES / "lighthouse" / "cli" / "index.js",
            address,
            *("--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={_CHROME_FLAGS}"),
            CHROME_PATH=chromium,
        )
    except subprocess.CalledProcessError as error:
        raise Failed(error.stderr[-2000:]) from error
    except subprocess.TimeoutExpired as error:
        raise Failed(str(error)) from error
    report = json.loads(done.stdout)
    scores = {name: round((each["score"] or 0) * 100) for name, each in report["categories"].items()}
    return scores, "\n".join(_costs(report))


def _costs(report: dict[str, Any]) -> list[str]:
    return [
        f"{category}: {audit['title']} {audit.get('displayValue', '')} {audit.get('errorMessage', '')}"
        for category, each in report["categories"].items()
        for reference in each["auditRefs"]
        if reference["weight"]
        for audit in [report["audits"][reference["id"]]]
        if audit["scoreDisplayMode"] == "error" or (audit["score"] is not None and audit["score"] < 1)
    ]


def nu(files: Sequence[Path]) -> list[str]:
    """What the Nu checker calls an error in any of these pages. One run for all."""
    java = shutil.which("java")
    if java is None:
        raise Missing("Java is not installed: the Nu checker needs it (Debian: default-jre-headless)")
    _installed()
    jar = _MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    options = ("--errors-only", "--format", "json", "--exit-zero-always")
    done = _run(java, "-Xss2m", "-jar", jar, *options, *files)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{Path(each['url']).name}:{each.get('lastLine', '?')}: {each['message']}"
        for each in messages
        if each["type"] != "info"
    ]


def _installed() -> str:
    """Node, once what the lock names is there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing("Node and npm are not installed (Debian: nodejs npm)")
    installed, lock = _MODULES / "installed.json", _FOLDER / "package-lock.json"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        try:
            _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", seconds=_INSTALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise Missing(f"npm could not install {_FOLDER.name}/package.json: {error}") from error
        shutil.copyfile(lock, installed)
    return node


def _run(
    *command: str | Path, seconds: int = _RUN_SECONDS, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=_FOLDER,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
