"""Money that does not go the way it was asked to, as the tests find it."""

from typing import Any

from django.core.management import call_command

from donations import ledger, reconcile
from donations.models import Donation, LedgerEntry, Status
from outreach.models import Letter
from programs.models import Program
from sandbox.models import StripeObject
from tests.donations.reversal_gifts import begun


def raised(program: Program) -> int:
    """What the meter shows; it is proved to be the ledger's sum."""
    call_command("check_totals", verbosity=0)
    return ledger.read_total(program).raised_cents


def letters() -> list[str]:
    return sorted(Letter.objects.exclude(kind="staff_notice").values_list("kind", flat=True))


def notices() -> list[str]:
    return [letter.facts["what"] for letter in Letter.objects.filter(kind="staff_notice").order_by("pk")]


def kinds() -> list[str]:
    return sorted(LedgerEntry.objects.values_list("kind", flat=True))


def change(kind: str, **values: Any) -> None:
    for each in StripeObject.objects.filter(kind=kind):
        each.data |= values
        each.save()


def held(**at_stripe_instead: Any) -> Donation:
    """A gift that was paid otherwise than asked: 50 of 60 euros, or what the charge says instead."""
    donation = begun()
    if at_stripe_instead:
        change("charge", **at_stripe_instead)
    else:
        Donation.objects.update(amount_cents=6000)
    reconcile.refresh(Donation.objects.select_related("donor", "program", "designation").get())
    donation.refresh_from_db()
    assert donation.status == Status.HELD
    return donation
