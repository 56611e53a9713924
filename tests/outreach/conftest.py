import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from outreach import letters, subscriptions
from outreach.attachments import Attachment
from outreach.models import Letter, Subscription
from programs.models import Program, ProgressUpdate
from tests.outreach import smtp_server


def document(reference: str) -> Attachment:
    """The maker the tests name in OUTREACH_ATTACHMENTS."""
    if reference == "missing":
        raise LookupError("no such receipt")
    return Attachment(f"confirmation-{reference}.pdf", b"%PDF-1.7 " + reference.encode(), "application/pdf")


@pytest.fixture(autouse=True)
def _attachments(settings: Settings) -> None:
    settings.OUTREACH_ATTACHMENTS = {"receipt": f"{__name__}.document"}


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[smtp_server.MailServer]:
    """A real SMTP server, and settings that send to it."""
    with smtp_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def thank() -> Callable[..., Letter]:
    """Owe a thank-you as a settled gift does; keywords replace its facts."""

    def owe(
        number: int = 1,
        *,
        to: str = "camille@example.org",
        language: str = "en",
        reference: str = "12",
        **facts: Any,
    ) -> Letter:
        key = f"gift-thanks:{number}"
        letters.owe(
            key=key,
            kind="gift_thanks",
            to=to,
            language=language,
            facts={
                "donor_name": "Camille Martin",
                "amount_cents": 5000,
                "currency": "EUR",
                "program_title": "Hematology",
                "program_url": "http://127.0.0.1:8000/en/hematology/",
                "gift_url": "http://127.0.0.1:8000/en/gifts/6f0f/",
                "receipt_reference": "C-2026-000001",
                "paid_on": "2026-11-23",
                "specimen": False,
                "designation": "",
                "updates": False,
                **facts,
            },
            attachments=[("receipt", reference)] if reference else [],
        )
        return Letter.objects.get(key=key)

    return owe


@pytest.fixture
def program(db: None) -> Program:
    return Program.objects.create(
        title_en="Hematology",
        title_fr="Hématologie",
        slug_en="hematology",
        slug_fr="hematologie",
        tagline_en="Blood",
        tagline_fr="Le sang",
        status="published",
        target_cents=100_000_000,
        starts_on=dt.date(2026, 1, 1),
    )


@pytest.fixture
def subscribe(program: Program) -> Callable[..., Subscription]:
    def confirm(email: str = "reader@example.org", language: str = "en") -> Subscription:
        return subscriptions.confirm(
            email=email,
            program=program,
            language=language,
            consent_text="Tell me how the work goes.",
            source="gift:1",
            consented_at=timezone.now(),
        )

    return confirm


@pytest.fixture
def publish(program: Program) -> Callable[..., ProgressUpdate]:
    def publish(slug: str = "first-news", **fields: Any) -> ProgressUpdate:
        return ProgressUpdate.objects.create(
            **{
                "program": program,
                "title_en": "A first platform opens",
                "title_fr": "Une première plateforme ouvre",
                "slug_en": slug,
                "slug_fr": f"{slug}-fr",
                "body_en": '<p>It is <strong>open</strong>: <a href="/en/hematology/">see it</a>.</p>',
                "body_fr": "<p>Elle est ouverte.</p>",
                "status": "published",
                **fields,
            }
        )

    return publish
