"""What has gone back of a charge at Stripe, found and recorded, whatever told us to look."""

import datetime as dt
import logging
from contextlib import suppress

from django.db.models import F, Q
from django.utils import timezone

from donations import gateway, payments, plans, reconcile
from donations.models import (
    Dispute,
    DisputeStatus,
    Donation,
    EndReason,
    PlanStatus,
    RecurringDonation,
    Refund,
    RefundStatus,
)

logger = logging.getLogger(__name__)

# The bank took the money, whatever came of it. A question of the bank's stops nothing.
_CONTESTED = (DisputeStatus.OPEN, DisputeStatus.LOST, DisputeStatus.WON)
_LOOK_AGAIN_AFTER = dt.timedelta(days=1)


class UnknownDonation(Exception):
    """A charge names a gift of ours that is not here: a person must look."""


def compare(charge_id: str) -> str:
    """Bring the gift that a charge paid to where Stripe has it. Says in a few words what was done.

    A gift that was never settled is settled first: money that came and went is in the ledger twice.
    Repeating it is safe. Raises `UnknownDonation`, `gateway.Unavailable`, `gateway.Refused` or
    `payments.Impossible`.
    """
    reversals = gateway.fetch_reversals(charge_id)
    donation = find(reversals)
    if donation is None:
        return "not a gift of this site"
    if donation.settled_at is None:
        reconcile.refresh(donation)
    if donation.stripe_charge_id not in {None, charge_id}:
        raise payments.Impossible(
            f"{charge_id} names {donation.public_id}, which {donation.stripe_charge_id} paid"
        )
    changed = payments.catch_up(donation, reversals)
    if donation.plan_id is not None and reversals.disputes:
        stop_contested_plans(donation)
    return "caught up with Stripe" if changed else "nothing new"


def stop_contested_plans(donation: Donation | None = None) -> int:
    """End the plans of which the bank has contested a payment, or this gift's alone. Returns how many.

    A dispute that is won gives the money back; the plan stays ended. Repeating it is safe, and what
    Stripe does not answer now is carried out by the plans' own sweep.
    """
    contested = RecurringDonation.objects.filter(
        stop_requested_at=None, donations__disputes__status__in=_CONTESTED
    ).exclude(status=PlanStatus.ENDED)
    if donation is not None:
        contested = contested.filter(donations=donation)
    stopped = 0
    for plan in contested.distinct():
        stopped += plans.stop(plan, EndReason.DISPUTED)
        with suppress(gateway.Unavailable, gateway.Refused, payments.Impossible):
            plans.carry_out(plan)
    return stopped


def sweep(*, limit: int = 100) -> int:
    """Look once a day at what has no end yet: a dispute, a question of a bank's, a refund on its way.

    A dispute that is lost, a question that is closed and a refund that never left move no money: the books
    would not tell of them. Returns how many; safe at any time.
    """
    now = timezone.now()
    stale = Q(checked_at__isnull=True) | Q(checked_at__lte=now - _LOOK_AGAIN_AFTER)
    # Few, and found by themselves: joined to the gifts, all of those would be read.
    contested = Dispute.objects.filter(status__in=[DisputeStatus.INQUIRY, DisputeStatus.OPEN])
    on_their_way = Refund.objects.filter(status=RefundStatus.PENDING)
    waiting = {row for rows in (contested, on_their_way) for row in rows.values_list("donation", flat=True)}
    gifts = Donation.objects.filter(stale, pk__in=waiting, stripe_charge_id__isnull=False)
    found = list(gifts.order_by(F("checked_at").asc(nulls_first=True))[:limit])
    for gift in found:
        Donation.objects.filter(pk=gift.pk).update(checked_at=now)
        try:
            compare(gift.stripe_charge_id or "")
        except gateway.Unavailable as error:
            logger.warning("%s could not be compared with Stripe: %s", gift.public_id, gateway.why(error))
        except Exception:  # whatever is wrong with one: the others are looked at
            logger.exception("%s could not be compared with Stripe", gift.public_id)
    return len(found)


def find(reversals: gateway.Reversals) -> Donation | None:
    """The gift that the charge paid. None where it names none of this site's. Raises `UnknownDonation`."""
    gifts = Donation.objects.select_related("donor", "program", "designation")
    donation = gifts.filter(stripe_charge_id=reversals.charge_id).first()
    if donation is None and reversals.donation:
        donation = gifts.named(reversals.donation)
        if donation is None:
            raise UnknownDonation(f"{reversals.charge_id} names {reversals.donation!r}, which is not here")
    return donation
