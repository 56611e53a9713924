"""What these letters have in common."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from donations.models import Donation, RecurringDonation
from outreach import letters


def owe(
    kind: str,
    key: str,
    about: Donation | RecurringDonation,
    *,
    attachments: Sequence[tuple[str, str]] = (),
    **facts: Any,
) -> bool:
    """Owe the donor one letter in the language of their gift. Its key is the kind and what it is about."""
    with translation.override(about.language):
        program = about.program
        known = {
            "donor_name": about.donor.name,
            "amount_cents": about.amount_cents,
            "currency": about.currency,
            "frequency": about.frequency,
            "program_title": program.title,
            "program_title_language": program.other_language_of("title"),
            "program_url": address("programs:program", slug=program.slug),
            "give_url": address("donations:give", slug=program.slug),
            "specimen": not about.livemode,
        }
    return letters.owe(
        key=f"{kind.replace('_', '-')}:{key}",
        kind=kind,
        to=about.donor.email,
        language=about.language,
        facts=known | facts,
        attachments=attachments,
    )


def address(name: str, **kwargs: object) -> str:
    """The whole address of a page, in the language that is active."""
    return urljoin(settings.SITE_URL, reverse(name, kwargs=kwargs))
