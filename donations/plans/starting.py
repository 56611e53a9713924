"""A plan's beginning: its subscription is made at Stripe when the donor has done their part."""

import uuid

from django.db import transaction

from donations import payments
from donations.models import EndReason, PlanStatus, RecurringDonation
from donations.plans import telling


def find(*, subscription_id: str, reference: str = "") -> RecurringDonation | None:
    """The plan of a subscription: by its id, or by our own reference, which Stripe was told at the start.

    The reference is for a plan whose subscription's id is not written down yet, and writes it down.
    """
    plans = RecurringDonation.objects.select_related("donor", "program", "designation")
    plan = plans.filter(stripe_subscription_id=subscription_id).first() if subscription_id else None
    if plan is not None or not reference:
        return plan
    try:
        plan = plans.filter(public_id=uuid.UUID(reference)).first()
    except ValueError:
        return None
    if plan is not None and subscription_id:
        start(plan, subscription_id=subscription_id)
    return plan


def start(plan: RecurringDonation, *, subscription_id: str) -> None:
    """Write down which subscription is the plan's. Repeating it is safe; another one is `Impossible`.

    How the plan stands is then `telling.refresh`'s to say.
    """
    mine = RecurringDonation.objects.filter(pk=plan.pk)
    with transaction.atomic():
        # From here on nobody gives it up.
        if mine.filter(stripe_subscription_id__isnull=True).update(stripe_subscription_id=subscription_id):
            # Given up for lost, and paid at the last moment all the same.
            mine.filter(status=PlanStatus.ENDED, end_reason=EndReason.ABANDONED).update(
                status=PlanStatus.PENDING, ended_at=None, end_reason=""
            )
    plan.refresh_from_db(fields=["stripe_subscription_id", "status"])
    if plan.stripe_subscription_id != subscription_id:
        raise payments.Impossible(
            f"{plan.public_id} has {plan.stripe_subscription_id}, and not {subscription_id}"
        )


def abandon(plan: RecurringDonation) -> bool:
    """End a plan whose first payment was never made. True when this call did it."""
    pending = RecurringDonation.objects.filter(
        pk=plan.pk, status=PlanStatus.PENDING, stripe_subscription_id__isnull=True
    )
    return bool(pending.update(**telling.end(plan, end_reason=EndReason.ABANDONED)))
