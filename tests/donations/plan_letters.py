"""Every letter about a gift on its way or a recurring gift, in each way it can be written."""

import datetime as dt

from django.utils import timezone

from donations.models import Donation, EndReason, RecurringDonation
from donations.notices import gifts, plans


def owe_all(language: str) -> None:
    """Owe them to the donor of a gift that is there."""
    donation = Donation.objects.filter(language=language).select_related("donor", "program")[0]
    donation.created_at, donation.mandate_reference = dt.datetime(2026, 12, 28, 12, tzinfo=dt.UTC), "RUM"
    gifts.processing(donation)
    gifts.failed(donation)
    for frequency in ("monthly", "yearly"):
        _owe_about_a_plan(donation, frequency)


def _owe_about_a_plan(donation: Donation, frequency: str) -> None:
    soon = timezone.now() + dt.timedelta(days=20)
    plan = RecurringDonation.objects.create(
        program=donation.program,
        donor=donation.donor,
        amount_cents=1000,
        frequency=frequency,
        method="card" if frequency == "monthly" else "sepa_debit",
        language=donation.language,
        next_charge_at=soon,
        card_last4="4242",
        card_expires_on=dt.date(2027, 1, 31),
        mend_url="https://example.org/",
    )
    for confirm in (True, False):
        plan.next_attempt_at = soon if confirm else None
        plans.renewal_failed(
            plan,
            invoice_id=f"in_{frequency}",
            attempt=int(confirm),
            asked_cents=1000 if confirm else 1500,
            confirm=confirm,
        )
    plans.upcoming(plan)
    plans.card_expiring(plan)
    plans.changed(plan, "amount", at=soon)
    plans.changed(plan, "paused", at=soon)
    plans.changed(plan, "resumed", at=soon)
    plan.next_charge_at = None
    for change in ("amount", "resumed"):
        plans.changed(plan, change, at=soon + dt.timedelta(days=1))
    plan.end_reason = EndReason.FAILED if frequency == "yearly" else EndReason.DONOR
    plans.ended(plan)
