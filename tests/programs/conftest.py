import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from programs import loading
from programs.models import Program, ProgressUpdate
from tests.programs.found import SITE


@pytest.fixture
def hematology(db: None) -> Program:
    """The programme as the site starts with it."""
    loading.load()
    return Program.objects.get(slug_en="hematology")


@pytest.fixture
def make_program(db: None) -> Callable[..., Program]:
    def make(word: str = "cardiology", **fields: Any) -> Program:
        return Program.objects.create(
            **{
                "slug_en": word,
                "slug_fr": f"{word}-fr",
                "title_en": f"{word} in English",
                "title_fr": f"{word} en français",
                "tagline_en": "One sentence.",
                "tagline_fr": "Une phrase.",
                "status": "published",
                "target_cents": 1_000_000_00,
                "starts_on": dt.date(2026, 1, 1),
                **fields,
            }
        )

    return make


@pytest.fixture
def make_update() -> Callable[..., ProgressUpdate]:
    def make(program: Program, word: str = "first", **fields: Any) -> ProgressUpdate:
        return ProgressUpdate.objects.create(
            **{
                "program": program,
                "slug_en": f"{word}-news",
                "slug_fr": f"{word}-nouvelles",
                "title_en": f"The {word} news",
                "title_fr": f"La nouvelle {word}",
                "body_en": "<p>It works.</p>",
                "body_fr": "<p>Cela marche.</p>",
                "status": "published",
                **fields,
            }
        )

    return make


@pytest.fixture
def staff(db: None) -> Client:
    """Someone of the foundation, signed in."""
    client = Client()
    client.force_login(User.objects.create(username="marie", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def site(
    client: Client, hematology: Program, make_update: Callable[..., ProgressUpdate], settings: Any
) -> Client:
    """The site under its own address, which is not the one that this client names."""
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["give.example.org", "testserver"]
    make_update(hematology)
    return client
