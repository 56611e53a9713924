"""Runs the project's commands as a person would, from an environment that holds nothing of ours."""

import os
import subprocess
import sys
from pathlib import Path

from tests.project.tree import ROOT

BIN = Path(sys.executable).parent
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


def production() -> dict[str, str]:
    """What production sets: see production.env."""
    lines = (ROOT / "tests/project/production.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def bare() -> dict[str, str]:
    """An environment with none of the site's settings."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=bare() | (env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "manage.py", *words, env=env)
