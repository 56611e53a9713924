"""/healthz says that the process answers; /readyz says which part it leans on is missing."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from campaign import health


def test_healthz_touches_no_database(client: Client) -> None:
    """Without the `db` mark, a query would raise."""
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_readyz_is_content_when_all_parts_are_there(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok", "queue": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_missing_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (
        {"HOST": "127.0.0.1", "PORT": 9} if connection.vendor == "postgresql" else {"NAME": "/dev/null/db"}
    )
    for name, value in broken.items():
        monkeypatch.setitem(connection.settings_dict, name, value)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "missing", "cache": "ok", "queue": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_missing_queue(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0" if settings.REDIS_URL else ""
    settings.VAR_DIR = tmp_path / "gone"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "ok", "cache": "ok", "queue": "missing"}


def test_readyz_gives_up_on_a_part_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_SECONDS", 0.05)
    monkeypatch.setattr(health, "_PARTS", {"database": _hang, "cache": lambda: None})

    response = health.readyz(RequestFactory().get("/readyz"))

    assert response.status_code == 503
    assert json.loads(response.content) == {"database": "no answer in time", "cache": "ok"}


def _hang() -> None:
    time.sleep(0.5)
