"""What Stripe says of a plan, written down."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import gateway, payments
from donations.models import EndReason, Method, PlanStatus, RecurringDonation
from donations.notices import plans as notices
from programs.models import Program

# How often we look again where somebody else wrote down an answer while we waited for ours.
_TRIES = 4
_STATUSES: Mapping[gateway.SubscriptionStatus, PlanStatus] = {
    "pending": PlanStatus.PENDING,
    "active": PlanStatus.ACTIVE,
    "paused": PlanStatus.PAUSED,
    "past_due": PlanStatus.PAST_DUE,
    "unpaid": PlanStatus.PAST_DUE,
    "ended": PlanStatus.ENDED,
}
_REASONS: Mapping[str, EndReason] = {
    "payment_failed": EndReason.FAILED,
    "payment_disputed": EndReason.DISPUTED,
}
# What is written down once nothing is failing any more.
MENDED: Mapping[str, Any] = {
    "failed_invoice_id": "",
    "failing_since": None,
    "failures": 0,
    "mend_url": "",
    "next_attempt_at": None,
}


def refresh(plan: RecurringDonation, *, patient: bool = True) -> None:
    """Ask Stripe how the plan stands and write it down, with what follows from it.

    Of two that ask at once, an older answer never covers a newer one. Repeating it is safe; a plan that
    has ended stays so. Raises `gateway.Unavailable`, `gateway.Refused` or `payments.Impossible`.
    """
    for _ in range(_TRIES):
        plan.refresh_from_db()
        if plan.status == PlanStatus.ENDED or not plan.stripe_subscription_id:
            return
        told = gateway.fetch_subscription(plan.stripe_subscription_id, patient=patient)
        if told.chosen_since and told.reference == str(plan.public_id):
            # The newest of both pays: a card of the hosted page for one payment may be newer still.
            with suppress(gateway.Refused):  # it may be gone again: the old one pays on
                gateway.pay_with(told.subscription_id, told.chosen_since, patient=patient)
            told = gateway.fetch_subscription(plan.stripe_subscription_id, patient=patient)
        if record(plan, told):
            return
    raise gateway.Unavailable(f"the plan {plan.public_id} changes faster than it can be written down")


def put_off(plan: RecurringDonation) -> None:
    """Look at a plan again in its turn only: whatever is wrong with one keeps no other waiting."""
    seen = RecurringDonation.objects.filter(pk=plan.pk, checked_at=plan.checked_at)
    seen.update(checked_at=_after(plan.checked_at, timezone.now()))


def end(plan: RecurringDonation, **changes: object) -> dict[str, object]:
    """What a plan that has ended is written down with."""
    return {
        "status": PlanStatus.ENDED,
        "ended_at": timezone.now(),
        "next_charge_at": None,
        "next_attempt_at": None,
        **changes,
    }


def record(plan: RecurringDonation, told: gateway.Subscription) -> bool:
    """Write down an answer, unless another was written since the plan was read. One transaction."""
    if told.reference != str(plan.public_id) or told.livemode != plan.livemode:
        raise payments.Impossible(f"{told.subscription_id} is not the subscription of {plan.public_id}")
    seen = Q(checked_at=plan.checked_at) if plan.checked_at else Q(checked_at__isnull=True)
    before = (plan.status, plan.amount_cents, plan.next_charge_at, plan.ends_at)
    changes = _changes(plan, told)
    with transaction.atomic():
        rows = RecurringDonation.objects.filter(seen, pk=plan.pk).exclude(status=PlanStatus.ENDED)
        rows = rows.filter(stop_requested_at=plan.stop_requested_at)  # a wish since is not in the answer
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(plan, name, value)
        _tell(plan, before[0], before[1])
        if (plan.status, plan.amount_cents, plan.next_charge_at, plan.ends_at) != before:
            Program.objects.filter(pk=plan.program_id).touch()  # what is promised has changed
    return True


def _changes(plan: RecurringDonation, told: gateway.Subscription) -> dict[str, object]:
    status, now = _STATUSES[told.status], timezone.now()
    changes: dict[str, object] = {
        "status": status,
        "amount_cents": told.amount_cents,
        "stripe_customer_id": told.customer_id,
        "next_charge_at": told.next_charge_at,
        "ends_at": told.ends_at,
        "method": Method.called(told.method) if told.method else plan.method,
        "card_last4": told.card_last4,
        "card_expires_on": told.card_expires_on,
        "paused_at": (plan.paused_at or now) if status == PlanStatus.PAUSED else None,
        "checked_at": _after(plan.checked_at, now),
    }
    if status == PlanStatus.PAUSED:  # what failed before is not asked for any more
        changes |= MENDED
    if status == PlanStatus.ACTIVE:  # what it fails in some day is not what failed before
        changes["failing_since"] = None
    if plan.started_at is None and status not in (PlanStatus.PENDING, PlanStatus.ENDED):
        changes["started_at"] = now
    if told.status == "unpaid" and plan.stop_requested_at is None:
        # All attempts are made, and Stripe was set to leave it at that: we end it.
        changes |= {"stop_requested_at": now, "end_reason": EndReason.FAILED}
    if status == PlanStatus.ENDED:
        changes |= end(plan, end_reason=plan.end_reason or _reason(told))
    return changes


def _after(seen: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """A time that tells this answer from the one before, whatever the clock does."""
    return max(now, seen + dt.timedelta(microseconds=1)) if seen else now


def _reason(told: gateway.Subscription) -> EndReason:
    if not told.was_paid:
        return EndReason.ABANDONED
    return _REASONS.get(told.end_reason, EndReason.STRIPE)


def _tell(plan: RecurringDonation, was: str, amount_cents: int) -> None:
    """Owe the letters about what has become of a plan that had begun.

    Of one whose first debit came to nothing, the letter about that debit says it all.
    """
    at = plan.checked_at
    if was == PlanStatus.PENDING or plan.end_reason == EndReason.ABANDONED or at is None:
        return
    if plan.status == PlanStatus.ENDED:
        notices.ended(plan)
        return
    if plan.status == PlanStatus.PAUSED and was != PlanStatus.PAUSED:
        notices.changed(plan, "paused", at=at)
    elif was == PlanStatus.PAUSED and plan.status != PlanStatus.PAUSED:
        notices.changed(plan, "resumed", at=at)
    if plan.amount_cents != amount_cents:
        notices.changed(plan, "amount", at=at)
