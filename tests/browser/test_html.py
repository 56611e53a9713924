"""Every page as its reader gets it, before the W3C's own checker: no error."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error

from donations.models import Donation, Donor, Status
from programs.models import Page, Program, ProgressUpdate
from tests import audits
from tests.browser import chromium
from tests.giving import form_data

GIFT = "0b1f9b0e-4b0f-4c39-8f0a-9f2a3a6f1c11"
FEEDS = ("/{language}/{programme}/updates/feed/", "/sitemap.xml")


@pytest.fixture
def filled(program: Program) -> Program:
    call_command("load_demo", verbosity=0)
    donor = Donor.objects.create(
        email="camille@example.org", first_name="Camille", last_name="Exemple", language="fr"
    )
    Donation.objects.create(
        public_id=GIFT, program=program, donor=donor, amount_cents=5000, language="fr", status=Status.PENDING
    )
    update = dict.fromkeys(("body_en", "body_fr"), "<h3>So far</h3><ul><li>It works.</li></ul>")
    for number in range(12):
        ProgressUpdate.objects.create(
            program=program,
            title_en=f"News {number}: 1 < 2 & “so”",
            title_fr=f"Nouvelle {number} : « 1 < 2 & 3 »",
            slug_en=f"news-{number}",
            slug_fr=f"nouvelle-{number}",
            status="published",
            **update,
        )
    return program


def public_pages(program: Program, language: str) -> Iterator[tuple[str, bytes]]:
    """Their names and what is sent for each."""
    client = Client()
    with translation.override(language):
        page = program.get_absolute_url()
        words = [each.get_absolute_url() for each in Page.objects.all()]
        update = ProgressUpdate.objects.order_by("pk")[3].get_absolute_url()
    paths = {
        "program": page,
        "form": f"{page}give/",
        "card": f"{page}card/",
        "embed": f"{page}embed/",
        "updates": f"{page}updates/",
        "updates-2": f"{page}updates/?page=2",
        "update": update,
        "gift": f"/{language}/gifts/{GIFT}/",
        "unsubscribe": f"/{language}/unsubscribe/nobody/",
        "missing": f"/{language}/nothing/",
        **{f"words-{number}": path for number, path in enumerate(words)},
    }
    for name, path in paths.items():
        yield name, client.get(path).content
    wrong = form_data(first_name="", amount="other", other_amount="1.000")
    yield "mistakes", client.post(paths["form"], wrong).content
    stranger = Client(enforce_csrf_checks=True)
    yield "stale", stranger.post(paths["form"], form_data()).content
    yield "refused", stranger.post(paths["gift"], {}).content
    with translation.override(language):
        yield "broken", server_error(RequestFactory().get(page)).content
    second = Program.objects.create(
        title_en="Cardiology",
        title_fr="La cardiologie",
        slug_en="cardiology",
        slug_fr="cardiologie",
        status="published",
        target_cents=100_000_00,
        starts_on=dt.date(2026, 1, 1),
    )
    yield "home", client.get(f"/{language}/").content
    with translation.override(language):
        address = second.get_absolute_url()
    yield "second", client.get(address).content
    second.delete()


@pytest.fixture
def no_errors(tmp_path: Path) -> Callable[[], None]:
    """Check whatever lies in `tmp_path`."""

    def check() -> None:
        try:
            errors = audits.nu(sorted(tmp_path.iterdir()))
        except audits.Missing as missing:
            chromium.lacking(str(missing))
        assert errors == []

    return check


def test_public_pages_are_valid(filled: Program, tmp_path: Path, no_errors: Callable[[], None]) -> None:
    for language, _name in settings.LANGUAGES:
        for name, body in public_pages(filled, language):
            assert b"</html>" in body, name
            (tmp_path / f"{name}-{language}.html").write_bytes(body)

    no_errors()


def test_feed_and_sitemap_are_well_formed(filled: Program) -> None:
    for language, programme in (("en", "hematology"), ("fr", "hematologie")):
        for template in FEEDS:
            answer = Client().get(template.format(language=language, programme=programme))
            assert len(list(ElementTree.fromstring(answer.content))) > 10  # noqa: S314  our own
