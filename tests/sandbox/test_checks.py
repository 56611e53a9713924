"""The sandbox is for development only."""

import os
import subprocess
import sys
from pathlib import Path

from pytest_django import Settings

from sandbox import checks
from tests.processes import ROOT


def test_sandbox_is_refused_without_debug(settings: Settings) -> None:
    settings.DEBUG = False

    assert [error.id for error in checks.never_in_production()] == ["sandbox.E001"]


def test_sandbox_is_welcome_in_development(settings: Settings) -> None:
    settings.DEBUG = True

    assert checks.never_in_production() == []


def test_manage_py_check_stops_at_it(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "0",
        "SANDBOX": "1",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "a-key-of-more-than-fifty-characters-for-this-one-test-only",
        "SITE_URL": "https://give.example.org",
        "ALLOWED_HOSTS": "give.example.org",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "EMAIL_URL": "smtp://mail.example.org",
        "DEFAULT_FROM_EMAIL": "dons@example.org",
    }

    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "sandbox.E001" in result.stderr or "SANDBOX" in result.stderr
