"""What has gone back of a charge at Stripe, found and recorded, whatever told us to look."""

from donations import gateway, payments, plans, reconcile
from donations.models import Dispute, DisputeStatus, Donation, EndReason


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
    moved = payments.catch_up(donation, reversals)
    stopped = _stop_plan(donation)
    return "caught up with Stripe" if moved or stopped else "nothing new"


def _stop_plan(donation: Donation) -> bool:
    """End the plan of which a payment is contested: nobody is charged again who asked their bank about it.

    A bank that only asks has contested nothing yet; a dispute that was won leaves the plan ended.
    """
    contested = Dispute.objects.filter(donation=donation).exclude(status=DisputeStatus.INQUIRY)
    if donation.plan is None or not contested.exists():
        return False
    stopped = plans.stop(donation.plan, EndReason.DISPUTED)
    plans.carry_out(donation.plan)
    return stopped


def find(reversals: gateway.Reversals) -> Donation | None:
    """The gift that the charge paid. None where it names none of this site's. Raises `UnknownDonation`."""
    gifts = Donation.objects.select_related("donor", "program", "designation", "plan__donor", "plan__program")
    donation = gifts.filter(stripe_charge_id=reversals.charge_id).first()
    if donation is None and reversals.donation:
        donation = gifts.named(reversals.donation)
        if donation is None:
            raise UnknownDonation(f"{reversals.charge_id} names {reversals.donation!r}, which is not here")
    return donation
