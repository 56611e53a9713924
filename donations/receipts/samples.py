"""A document that was never issued: to look at, to test and to time the making of."""

import time

from donations.models import Series
from donations.money import in_english_words, in_french_words
from donations.receipts.facts import DonorFacts, Facts, IssuerFacts
from donations.receipts.issuing import TEMPLATE_VERSIONS
from donations.receipts.rendering import render


def sample(
    language: str = "fr", *, name: str = "Marie Dupont", amount_cents: int = 5000, replaces: str = ""
) -> Facts:
    """The facts of a gift nobody made, by somebody who does not exist."""
    return Facts(
        number="C-2026-000001",
        template_version=TEMPLATE_VERSIONS[Series.CONFIRMATION],
        replaces=replaces,
        credited_later=False,
        language=language,
        specimen=True,
        issued_at="2026-05-04T12:00:00+00:00",
        paid_on="2026-05-04",
        amount_cents=amount_cents,
        currency="EUR",
        amount_words={"fr": in_french_words(amount_cents), "en": in_english_words(amount_cents)},
        method="card",
        program={"fr": "Programme", "en": "Programme"},
        designation={},
        donor=DonorFacts(kind="individual", name=name, lines=["12 rue des Lilas", "69003 Lyon"]),
        issuer=IssuerFacts(
            name="Fondation", legal_form="", siren="", lines=["75015 Paris"], contact_email=""
        ),
    )


def milliseconds_per_page(pages: int = 200) -> float:
    """How long one document takes on average once the fonts are read. Every one is different."""
    render(sample())
    started = time.perf_counter()
    for page in range(pages):
        render(sample(name=f"Marie Dupont {page}"))
    return (time.perf_counter() - started) * 1000 / pages
