"""Refunds, disputes and fraud warnings: each names a charge, and Stripe is asked how that one stands."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from donations import gateway, reconcile, reversals
from donations.hearing.gifts import Handler
from donations.models import FraudWarning
from donations.notices import staff


def charge_changed(thing: dict[str, Any]) -> str:
    """A refund or a dispute was made, moved on or came to an end; or a charge tells of its refunds."""
    charge = thing["id"] if thing["object"] == "charge" else thing.get("charge")
    if not charge:
        return "not about a charge"
    return reversals.compare(str(charge))


def warned(thing: dict[str, Any]) -> str:
    """A card scheme fears fraud. Nothing moves: staff hear of it once."""
    warning = gateway.fetch_warning(str(thing["id"]))
    donation = reversals.find(gateway.fetch_reversals(warning.charge_id))
    if donation is None:  # a plan's charge names its invoice only, and we may not have heard of that yet
        reconcile.catch_up(warning.charge_id)
        donation = reversals.find(gateway.fetch_reversals(warning.charge_id))
    if donation is None:
        return "not a gift of this site"
    with transaction.atomic():
        row, is_new = FraudWarning.objects.update_or_create(
            stripe_warning_id=warning.warning_id,
            defaults={
                "donation": donation,
                "fraud_type": warning.fraud_type[:60],
                "actionable": warning.actionable,
                "warned_at": warning.warned_at,
            },
        )
        if row.actionable:
            staff.tell(
                "warning", str(row), donation, cents=donation.amount_cents, why=row.get_fraud_type_display
            )
    return "staff are told" if is_new else "nothing new"


HANDLERS: Mapping[str, Handler] = {
    "charge.refunded": charge_changed,
    "refund.created": charge_changed,
    "refund.updated": charge_changed,
    "refund.failed": charge_changed,
    "charge.dispute.created": charge_changed,
    "charge.dispute.updated": charge_changed,
    "charge.dispute.closed": charge_changed,
    "charge.dispute.funds_withdrawn": charge_changed,
    "charge.dispute.funds_reinstated": charge_changed,
    "radar.early_fraud_warning.created": warned,
    "radar.early_fraud_warning.updated": warned,
}
