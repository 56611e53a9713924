"""The wish that a plan end: written down first, asked of Stripe after, until it is done."""

from django.utils import timezone

from donations import gateway
from donations.models import EndReason, PlanStatus, RecurringDonation
from donations.plans import renewals, telling
from programs.models import Program


def stop(plan: RecurringDonation, reason: EndReason, comment: str = "") -> bool:
    """Write down that the plan is to end. True when this call did it.

    It uses no network and may be called within a transaction; `carry_out` then asks Stripe, at once or
    in the next sweep. The first wish stands: repeating it, or wishing for another reason, changes nothing.
    """
    wished = RecurringDonation.objects.filter(pk=plan.pk, stop_requested_at__isnull=True)
    changes = {"stop_requested_at": timezone.now(), "end_reason": reason, "end_comment": comment[:1000]}
    if not wished.exclude(status=PlanStatus.ENDED).update(**changes):
        return False
    Program.objects.filter(pk=plan.program_id).touch()  # it promises nothing any more
    for name, value in changes.items():
        setattr(plan, name, value)
    return True


def carry_out(plan: RecurringDonation) -> None:
    """End at Stripe a plan that is to end. Repeating it is safe.

    Raises `gateway.Unavailable` or `gateway.Refused`; the wish then stays. A plan whose first payment
    is not made yet ends as soon as it would begin.
    """
    plan.refresh_from_db(fields=["status", "stop_requested_at", "stripe_subscription_id"])
    if plan.stop_requested_at is None or plan.status == PlanStatus.ENDED:
        return
    if plan.stripe_subscription_id:
        renewals.hear_of_debit(plan)  # the last letter says whether a payment may still arrive
        try:
            gateway.cancel_subscription(plan.stripe_subscription_id)
        except gateway.Refused:  # it may have ended or expired by itself, and nobody told us
            telling.refresh(plan)
            if plan.status != PlanStatus.ENDED:
                raise
        else:
            telling.refresh(plan)
