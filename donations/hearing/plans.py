"""A recurring gift: its subscription, its invoices, and what pays them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from donations import plans
from donations.hearing.gifts import Handler, UnknownDonation
from donations.models import Donation, PlanStatus, RecurringDonation
from donations.plans import announcing, renewals


def invoice_changed(invoice: dict[str, Any]) -> str:
    """A payment was made, failed, needs its donor to confirm, or is asked no more. Which, Stripe is asked."""
    if _plan(_details(invoice)) is None:
        return "not a plan of this site"
    return renewals.hear(invoice["id"])


def invoice_upcoming(invoice: dict[str, Any]) -> str:
    """A payment is near. This invoice is a preview and has no id."""
    plan = _plan(_details(invoice))
    if plan is None:
        return "not a plan of this site"
    plans.refresh(plan)
    return "announced" if announcing.announce(plan) else "nothing to announce"


def subscription_changed(subscription: dict[str, Any]) -> str:
    """A plan began, was changed, paused, resumed or ended. Which of them, Stripe is asked."""
    plan = _plan({"subscription": subscription.get("id"), "metadata": subscription.get("metadata")})
    if plan is None:
        return "not a plan of this site"
    return _compared([plan])


def way_to_pay_changed(thing: dict[str, Any]) -> str:
    """A customer's card was replaced, by its bank or by its owner."""
    customer_id = thing["id"] if thing.get("object") == "customer" else thing.get("customer")
    if not customer_id:
        return "not a plan of this site"
    return _compared(list(_running().filter(stripe_customer_id=customer_id)))


def mandate_changed(mandate: dict[str, Any]) -> str:
    """A donor's bank, or the donor, withdrew what allows the debits."""
    debit = (mandate.get("payment_method_details") or {}).get("sepa_debit") or {}
    reference = debit.get("reference")
    if not reference:
        return "not a plan of this site"
    debited = Donation.objects.filter(mandate_reference=reference, plan__isnull=False)
    return _compared(list(_running().filter(pk__in=debited.values("plan"))))


def _compared(found: list[RecurringDonation]) -> str:
    for plan in found:
        plans.refresh(plan)
        if plan.stop_requested_at is not None:
            plans.carry_out(plan)
    return f"compared {len(found)}" if found else "not a plan of this site"


def _running() -> QuerySet[RecurringDonation]:
    rows = RecurringDonation.objects.filter(stripe_subscription_id__isnull=False)
    return rows.exclude(status=PlanStatus.ENDED).select_related("donor", "program")


def _details(invoice: dict[str, Any]) -> dict[str, Any]:
    """The subscription that an invoice bills, with what is written on it.

    An endpoint that was not told which version of the API to speak speaks the account's: before 2025-03-31
    it had both at the top (docs.stripe.com/changelog/basil).
    """
    if details := (invoice.get("parent") or {}).get("subscription_details"):
        return dict(details)
    return {**(invoice.get("subscription_details") or {}), "subscription": invoice.get("subscription")}


def _plan(details: dict[str, Any]) -> RecurringDonation | None:
    """The plan that the object is about. Raises `UnknownDonation` for one that names us and is not here."""
    subscription_id = details.get("subscription") or ""
    reference = (details.get("metadata") or {}).get("plan") or ""
    plan = plans.find(subscription_id=subscription_id, reference=reference)
    if plan is None and reference:
        raise UnknownDonation(f"{subscription_id} names the plan {reference!r}, which is not here")
    return plan


HANDLERS: Mapping[str, Handler] = {
    "customer.subscription.created": subscription_changed,
    "customer.subscription.deleted": subscription_changed,
    "customer.subscription.paused": subscription_changed,
    "customer.subscription.resumed": subscription_changed,
    "customer.subscription.updated": subscription_changed,
    "customer.updated": way_to_pay_changed,
    "invoice.marked_uncollectible": invoice_changed,
    "invoice.paid": invoice_changed,
    "invoice.payment_action_required": invoice_changed,
    "invoice.payment_failed": invoice_changed,
    "invoice.upcoming": invoice_upcoming,
    "invoice.voided": invoice_changed,
    "mandate.updated": mandate_changed,
    "payment_method.automatically_updated": way_to_pay_changed,
    "payment_method.updated": way_to_pay_changed,
}
