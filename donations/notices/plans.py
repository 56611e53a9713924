"""What a donor is told of a recurring gift: a payment that failed or is to come, and what became of it."""

import datetime as dt
from typing import Literal

from django.utils import timezone, translation

from donations.models import EndReason, Method, PlanStatus, RecurringDonation
from donations.notices import writing

Change = Literal["amount", "paused", "resumed"]


def renewal_failed(
    plan: RecurringDonation,
    *,
    invoice_id: str,
    attempt: int,
    asked_cents: int,
    confirm: bool,
    mandate_id: str = "",
) -> bool:
    """One letter for each attempt that came to nothing, with Stripe's page that mends it in one step.

    Stripe counts its own attempts alone (docs.stripe.com/api/invoices/object): a debit that the donor asks
    for on its page, and that is refused days later, is told from the one before by its mandate.
    `asked_cents` is what that page asks: the plan's amount may have been changed since.
    """
    return writing.owe(
        "renewal_failed",
        f"{invoice_id}:{attempt}:{mandate_id}".rstrip(":"),
        plan,
        asked_cents=asked_cents,
        mend_url=plan.mend_url,
        # A plan that a card pays may be mended by a debit, and stays the card's.
        by_debit=bool(mandate_id) or plan.method == Method.SEPA_DEBIT,
        confirm=confirm,
        next_attempt_on=_day(plan.next_attempt_at),
    )


def upcoming(plan: RecurringDonation) -> bool:
    """A yearly payment is near: once for each."""
    day = _day(plan.next_charge_at)
    return writing.owe(
        "renewal_upcoming", f"{plan.public_id}:{day}", plan, charge_on=day, my_gifts_url=_my_gifts(plan)
    )


def card_expiring(plan: RecurringDonation) -> bool:
    """The card cannot pay the next payment: once for each card and its last day."""
    day = plan.card_expires_on.isoformat() if plan.card_expires_on else None
    return writing.owe(
        "card_expiring",
        f"{plan.public_id}:{day}:{plan.card_last4}",
        plan,
        card_last4=plan.card_last4,
        card_expires_on=day,
        my_gifts_url=_my_gifts(plan),
    )


def changed(plan: RecurringDonation, change: Change, *, at: dt.datetime) -> bool:
    """What the donor asked for has been done; `at` tells one such change from the next."""
    return writing.owe(
        "plan_changed",
        f"{plan.public_id}:{change}:{at.isoformat()}",
        plan,
        change=change,
        under_way=plan.payment_under_way,
        charge_on=None if plan.status == PlanStatus.PAUSED else _day(plan.next_charge_at),
        my_gifts_url=_my_gifts(plan),
    )


def ended(plan: RecurringDonation) -> bool:
    """It is over: the last letter about it."""
    return writing.owe(
        "plan_ended",
        str(plan.public_id),
        plan,
        reason=plan.end_reason,
        given=plan.donations.filter(settled_at__isnull=False).exists(),
        under_way=plan.end_reason != EndReason.FAILED and plan.payment_under_way,
    )


def _day(moment: dt.datetime | None) -> str | None:
    return timezone.localdate(moment).isoformat() if moment else None


def _my_gifts(plan: RecurringDonation) -> str:
    with translation.override(plan.language):
        return writing.address("donations:my_gifts")
