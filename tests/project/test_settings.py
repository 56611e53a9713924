"""Settings come from the environment; without DEBUG a missing or unsafe value stops with one line."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.project import commands
from tests.project.tree import ROOT

_ALWAYS_NEEDED = (
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DATABASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
)
_UNSAFE = [
    ("SANDBOX", "1"),
    ("SECRET_KEY", "short"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "give.example.org,*"),
    ("ALLOWED_HOSTS", "other.example.org"),
    ("ALLOWED_HOSTS", "https://give.example.org"),
    ("SITE_URL", "http://give.example.org"),
    ("EMAIL_URL", "filemail:///tmp/letters"),
    ("EMAIL_URL", "consolemail://"),
    ("EMAIL_URL", "memorymail://"),
]
_UNUSABLE = [
    ("SITE_URL", "give.example.org"),
    ("SITE_URL", "https://"),
    ("SITE_URL", "https://[give"),
    ("SITE_URL", "https://give.example.org:port"),
    ("SITE_URL", "https://give.example.org/fr"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "oracle://somebody@127.0.0.1/name"),
    ("DATABASE_URL", "postgres://somebody@127.0.0.1:port/name"),
    ("DATABASE_URL", "postgres://somebody@127.0.0.1:5432/"),
    ("REDIS_URL", "nonsense"),
    ("REDIS_URL", "http://127.0.0.1:6379"),
    ("EMAIL_URL", "nonsense"),
    ("EMAIL_URL", "smtp://127.0.0.1:port"),
    ("DEFAULT_FROM_EMAIL", "the foundation"),
    ("STAFF_EMAIL", "the treasurer"),
    ("STAFF_EMAIL", "a@example.org;b@example.org"),
    ("DONATION_MAXIMUM_CENTS", "lots"),
    ("DONATION_MAXIMUM_CENTS", "-1"),
    ("DONATION_MAXIMUM_CENTS", "499"),
    ("TRUSTED_PROXIES", "yes"),
    ("GUARD_ADDRESS_PER_HOUR", "0"),
    ("GUARD_FORM_SECONDS", "two"),
    ("VAR_DIR", "/dev/null/var"),
    ("SENTRY_DSN", "nonsense"),
]


def _start(monkeypatch: pytest.MonkeyPatch, folder: Path, values: dict[str, str]) -> dict[str, Any]:
    """Read the settings file afresh, with exactly these values set."""
    known = {
        *commands.production(),
        "VAR_DIR",
        "DONATION_MAXIMUM_CENTS",
        "STAFF_EMAIL",
        "TRUSTED_PROXIES",
    }
    for name in known:
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"VAR_DIR": str(folder)} | values).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "campaign/settings.py"))


def _refusal(monkeypatch: pytest.MonkeyPatch, folder: Path, values: dict[str, str]) -> str:
    with pytest.raises(SystemExit) as stop:
        _start(monkeypatch, folder, values)
    return str(stop.value.code)


def test_production_starts_with_what_the_example_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _start(monkeypatch, tmp_path, commands.production())

    assert settings["DEBUG"] is False
    assert settings["SANDBOX"] is False
    assert settings["ALLOWED_HOSTS"] == ["give.example.org"]


@pytest.mark.parametrize("name", _ALWAYS_NEEDED)
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_missing_value_stops_production_with_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, how: str
) -> None:
    values = commands.production() | {name: ""}
    if how == "unset":
        del values[name]

    line = _refusal(monkeypatch, tmp_path, values)

    assert line.startswith(f"{name} ")
    assert "\n" not in line


@pytest.mark.parametrize(("name", "value"), [*_UNSAFE, *_UNUSABLE])
def test_unsafe_or_unusable_value_stops_production_with_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    line = _refusal(monkeypatch, tmp_path, commands.production() | {name: value})

    assert name in line
    assert "\n" not in line


@pytest.mark.parametrize(("name", "value"), _UNUSABLE)
def test_unusable_value_stops_development_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    assert name in _refusal(monkeypatch, tmp_path, {name: value})


def test_nothing_set_means_development_in_one_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = _start(monkeypatch, tmp_path, {})

    assert settings["DEBUG"] is True
    assert settings["SANDBOX"] is True
    assert settings["SITE_URL"] == "http://127.0.0.1:8000"
    assert settings["STRIPE_API_BASE"] == "http://127.0.0.1:8000/sandbox"
    assert settings["CELERY_BROKER_URL"] == "files://localhost//"
    assert str(tmp_path) in str(settings["DATABASES"])
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"


def test_thresholds_of_the_guard_can_be_set_one_by_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _start(monkeypatch, tmp_path, {"GUARD_ADDRESS_PER_HOUR": "7", "TRUSTED_PROXIES": "1"})

    assert settings["TRUSTED_PROXIES"] == 1
    assert settings["GUARD"]["ADDRESS_PER_HOUR"] == 7
    assert settings["GUARD"]["DECLINES_PER_MINUTE"] == 10


def test_data_folder_may_have_any_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A clone in `My sites/Élan #1?` works as well."""
    folder = tmp_path / "My sites" / "Élan #1? %41"

    settings = _start(monkeypatch, tmp_path, {"VAR_DIR": str(folder)})

    assert settings["DATABASES"]["default"]["NAME"] == str(folder / "db.sqlite3")
    assert settings["EMAIL_FILE_PATH"] == str(folder / "mail")


def test_postgresql_lets_go_of_what_a_vanished_machine_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = "postgres://somebody@127.0.0.1:5432/name"
    settings = _start(monkeypatch, tmp_path, {"DATABASE_URL": url})
    own = _start(monkeypatch, tmp_path, {"DATABASE_URL": f"{url}?options=-c%20jit%3Doff"})

    options = settings["DATABASES"]["default"]["OPTIONS"]["options"]
    assert "-c idle_in_transaction_session_timeout=5min" in options
    assert "-c tcp_keepalives_idle=30s" in options
    assert own["DATABASES"]["default"]["OPTIONS"]["options"] == "-c jit=off"


def test_postgresql_keeps_plans_unless_a_pooler_cannot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = "postgres://somebody@127.0.0.1:5432/name"
    settings = _start(monkeypatch, tmp_path, {"DATABASE_URL": url})
    pooled = _start(monkeypatch, tmp_path, {"DATABASE_URL": f"{url}?prepare_threshold=never"})

    assert settings["DATABASES"]["default"]["OPTIONS"]["prepare_threshold"] == 5
    assert pooled["DATABASES"]["default"]["OPTIONS"]["prepare_threshold"] is None


def test_real_keys_in_development_turn_the_sandbox_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _start(monkeypatch, tmp_path, {"STRIPE_SECRET_KEY": "sk_test_belongs_to_nobody"})

    assert settings["SANDBOX"] is False
    assert settings["STRIPE_API_BASE"] == ""


def test_no_other_host_of_the_domain_can_set_a_cookie_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _start(monkeypatch, tmp_path, commands.production())

    for name in ("SESSION", "CSRF"):
        assert settings[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert settings[f"{name}_COOKIE_SECURE"]
        assert settings.get(f"{name}_COOKIE_PATH", "/") == "/"
        assert settings.get(f"{name}_COOKIE_DOMAIN") is None


def test_a_person_sees_the_line_and_no_traceback(tmp_path: Path) -> None:
    values = commands.production() | {"SECRET_KEY": "", "VAR_DIR": str(tmp_path)}

    result = commands.manage("check", env=values)

    assert result.returncode == 1
    assert result.stderr == "SECRET_KEY is not set. It is required when DEBUG is off.\n"


def test_default_development_has_nothing_to_complain_about(tmp_path: Path) -> None:
    result = commands.manage("check", "--fail-level", "WARNING", env={"VAR_DIR": str(tmp_path)})

    assert result.returncode == 0, result.stderr


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    values = commands.production() | {"VAR_DIR": str(tmp_path)}

    result = commands.manage("check", "--deploy", "--fail-level", "WARNING", env=values)

    assert result.returncode == 0, result.stderr
