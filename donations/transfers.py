"""What somebody who gives by transfer or cheque is told: how, and under which reference.

No money moves here, and nothing is counted until it has arrived.
"""

import datetime as dt
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from donations import iban
from donations.donors import limits
from donations.forms import PledgeAnswers
from donations.guard import counting
from donations.models import Donor, Issuer, Pledge, Way
from donations.receipts import issuer
from outreach import letters
from programs.models import Program

# One address never gets more letters than this an hour, whoever asks for them and however often.
LETTERS_AN_HOUR = 3
# Nor does one network bring about more than these: an office or a school has one for everybody.
LETTERS_AN_HOUR_FROM_A_NETWORK = 30
# Nor do all together, for where visitors' addresses are not known nobody is told from anybody else.
LETTERS_AN_HOUR_IN_ALL = 300
_HOUR = dt.timedelta(hours=1)


def ways() -> list[Way]:
    """How a gift can be sent now: a transfer needs the foundation's account."""
    return [Way.TRANSFER, Way.CHEQUE] if issuer.current().iban else [Way.CHEQUE]


def announce(program: Program, answers: PledgeAnswers, *, network: str = "") -> Pledge:
    """Give a reference to somebody who means to send money, and owe them the letter that says how.

    Repeating it with the same answers within the hour finds the same reference and owes nothing
    more. Beyond `LETTERS_AN_HOUR` for one e-mail address, or its like for a network (the keyed hash of
    one) and for all, there is a reference and no letter; the answer is the same, so that nobody learns
    from it who else has asked.
    """
    most = counting.per_hour(LETTERS_AN_HOUR_FROM_A_NETWORK)
    allowed = not network or counting.hit(most, "pledge", network)
    allowed = allowed and counting.hit(counting.per_hour(LETTERS_AN_HOUR_IN_ALL), "pledge")
    with transaction.atomic():
        return _announce(program, answers, allowed=allowed)


def _announce(program: Program, answers: PledgeAnswers, *, allowed: bool) -> Pledge:
    limits.hold_donor(answers.donor["email"])  # as who erases or moves this address does
    foundation = issuer.current()
    # One after the other: the second half of a double click finds what the first was given.
    Issuer.objects.select_for_update().get(pk=foundation.pk)
    donor = Donor.objects.as_said(**answers.donor, language=answers.language)
    recent = Pledge.objects.since(email=donor.email, span=_HOUR)
    told = {"program": program, "donor": donor, "way": answers.way, "amount_cents": answers.amount_cents}
    if known := recent.filter(**told).first():
        # Sent again with the box the other way: the last word about news is the one that stands.
        said: dict[str, object] = {"updates_consent": answers.updates_consent}
        if answers.updates_consent:
            said["created_at"] = timezone.now()  # which is when they agreed
        Pledge.objects.filter(pk=known.pk).update(**said)
        return known
    few = recent.count() < LETTERS_AN_HOUR
    pledge = Pledge.objects.create(**told, updates_consent=answers.updates_consent, language=answers.language)
    if few and allowed:
        _owe(pledge, foundation)
    return pledge


def _owe(pledge: Pledge, foundation: Issuer) -> None:
    with translation.override(pledge.language):
        program = pledge.program
        path = reverse("programs:program", kwargs={"slug": program.slug})
        facts = {
            "donor_name": pledge.donor.name,
            "reference": pledge.reference,
            "way": pledge.way,
            "amount_cents": pledge.amount_cents,
            "currency": program.currency,
            "program_title": program.title,
            "program_title_language": program.other_language_of("title"),
            "program_url": urljoin(settings.SITE_URL, path),
            "payee": foundation.name,
            "iban": iban.grouped(foundation.iban),
            "bic": foundation.bic,
            "address": envelope(foundation),
            "contact_email": foundation.contact_email,
        }
    letters.owe(
        key=f"pledge:{pledge.reference}",
        kind="pledge",
        to=pledge.donor.email,
        language=pledge.language,
        facts=facts,
    )


def envelope(foundation: Issuer) -> list[str]:
    """Where a cheque goes, line by line; empty where no address is known."""
    town = f"{foundation.postal_code} {foundation.city}".strip()
    return [foundation.name, foundation.address, town] if foundation.address and town else []
