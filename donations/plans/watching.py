"""The plans that nobody told us of for too long, and the wishes that are still to be carried out."""

import datetime as dt
import logging

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from donations import gateway, payments
from donations.models import Donation, EndReason, PlanStatus, RecurringDonation, Status
from donations.plans import readdressing, renewals, starting, stopping, telling

logger = logging.getLogger(__name__)

_LOOK_AGAIN_AFTER = dt.timedelta(days=1)
# A payment that was due this long ago should have been heard of.
_OVERDUE_FOR = dt.timedelta(hours=2)
_LOOK_AGAIN_WHEN_OVERDUE = dt.timedelta(hours=1)
# Stripe's longest schedule of retries is two months. Whatever it is set to do after them, we stop there.
_FAILING_FOR = dt.timedelta(days=62)
_BEGUN = (PlanStatus.ACTIVE, PlanStatus.PAUSED, PlanStatus.PAST_DUE)


def sweep(*, limit: int = 200) -> int:
    """Carry out wishes, tell new addresses, end what never began or only fails, look at what is stale.

    Returns how many; safe at any time.
    """
    for plan in _hopeless()[:limit]:
        _try(plan)  # it may have been mended, and nobody told us
    for plan in _hopeless(looked_at=timezone.now() - _LOOK_AGAIN_WHEN_OVERDUE)[:limit]:
        stopping.stop(plan, EndReason.FAILED)
    wishes = _wishes()[:limit]
    for plan in wishes:
        _try(plan, carry=True)
    told = readdressing.sweep(limit=limit)
    abandoned = sum(starting.abandon(plan) for plan in _never_begun()[:limit])
    stale = _stale()[:limit]
    for plan in stale:
        _try(plan)
    return len(wishes) + told + abandoned + len(stale)


def _try(plan: RecurringDonation, *, carry: bool = False) -> None:
    try:
        if carry:
            stopping.carry_out(plan)
        else:
            _look(plan)
    except gateway.Unavailable as error:
        logger.warning("plan %s could not be compared with Stripe: %s", plan.public_id, error)
    except (gateway.Refused, payments.Impossible) as error:
        logger.warning("plan %s could not be compared with Stripe: %s", plan.public_id, error)
        telling.put_off(plan)
    except Exception:
        logger.exception("plan %s could not be compared with Stripe", plan.public_id)
        telling.put_off(plan)


def _look(plan: RecurringDonation) -> None:
    """How the plan stands, and its last payment: an event about either may have been lost."""
    subscription = gateway.fetch_subscription(plan.stripe_subscription_id or "")
    settled = Donation.objects.filter(
        stripe_invoice_id=subscription.latest_invoice_id, settled_at__isnull=False
    )
    if subscription.latest_invoice_id and not settled.exists():
        renewals.hear(subscription.latest_invoice_id)
    else:
        telling.refresh(plan)


def _wishes() -> list[RecurringDonation]:
    rows = RecurringDonation.objects.filter(
        stop_requested_at__isnull=False, stripe_subscription_id__isnull=False
    )
    rows = rows.exclude(status=PlanStatus.ENDED).select_related("donor", "program")
    return list(rows.order_by(F("checked_at").asc(nulls_first=True)))


def _hopeless(*, looked_at: dt.datetime | None = None) -> list[RecurringDonation]:
    """With `looked_at`, only those that Stripe has been asked about since."""
    rows = RecurringDonation.objects.filter(
        status=PlanStatus.PAST_DUE,
        failing_since__lte=timezone.now() - _FAILING_FOR,
        stop_requested_at=None,
    )
    # A debit that is with the bank may mend it yet.
    with_the_bank = Donation.objects.filter(plan=OuterRef("pk"), status=Status.PROCESSING)
    rows = rows.exclude(Exists(with_the_bank))
    rows = rows.filter(checked_at__gte=looked_at) if looked_at else rows
    return list(rows.select_related("donor", "program"))


def _never_begun() -> list[RecurringDonation]:
    waiting = Donation.objects.filter(plan=OuterRef("pk"), status__in=[Status.PENDING, Status.PROCESSING])
    rows = RecurringDonation.objects.filter(
        ~Exists(waiting), status=PlanStatus.PENDING, stripe_subscription_id__isnull=True
    )
    return list(rows)


def _stale() -> list[RecurringDonation]:
    now = timezone.now()
    stale = Q(checked_at__isnull=True) | Q(checked_at__lte=now - _LOOK_AGAIN_AFTER)
    overdue = Q(next_charge_at__lte=now - _OVERDUE_FOR, checked_at__lte=now - _LOOK_AGAIN_WHEN_OVERDUE)
    rows = RecurringDonation.objects.filter(stale | overdue, stripe_subscription_id__isnull=False)
    rows = rows.filter(status__in=[*_BEGUN, PlanStatus.PENDING]).select_related("donor", "program")
    return list(rows.order_by(F("checked_at").asc(nulls_first=True)))
