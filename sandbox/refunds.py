"""Money given back: at once, later, or not at all in the end.

A refund of a card succeeds at once, but for the published cards whose refund is late or fails; one
of a direct debit is a transfer and takes its time. Every function here belongs in the caller's
transaction.
"""

from datetime import timedelta
from typing import Any

from sandbox import cards, due, errors, events, fraud_warnings, store
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions, charges, disputes
from sandbox.resources import refunds as resource

DUE = "refund"
_SOON = timedelta(seconds=3)
# Where the money cannot go any more.
_FAILURE = "expired_or_canceled_card"


def give_back(
    charge: StripeObject,
    amount: int | None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
    call: Call | None = None,
) -> dict[str, Any]:
    """Refund `amount` cents of a charge, or all that is left; never more than is left.

    Raises `errors.InvalidRequest` for a charge that cannot be refunded, or not by so much.
    """
    _refundable(charge.data)
    amount = _amount(charge.data, amount)
    after = _after(charge)
    late = after == cards.After.LATE_REFUND or charge.data["payment_method_details"]["type"] != "card"
    refund = resource.blank(charge.data, amount, reason, metadata or {}, pending=late)
    movement = balance_transactions.record(
        "refund" if charge.data["payment_method_details"]["type"] == "card" else "payment_refund",
        refund,
        -amount,
        0,
        description=f"REFUND FOR CHARGE ({charge.data['description'] or ''})",
    )
    refund["balance_transaction"] = movement["id"]
    row = store.add(refund)
    if late or after == cards.After.FAILED_REFUND:
        due.owe(DUE, row, _SOON)
    previous = _refunded(charge, amount)
    if reason == "fraudulent":
        charge.data["fraud_details"] = {"user_report": "fraudulent"}
    store.save(charge)
    events.emit("refund.created", refund, call)
    events.emit("charge.refunded", charge.data, call, previous)
    if charge.data["refunded"]:
        fraud_warnings.settle(charge)
    return refund


def end(refund: StripeObject) -> None:
    """Time has passed: a pending refund arrives; one of the card whose refunds fail comes back."""
    if refund.data["status"] == "pending":
        arrive(refund)
    elif refund.data["status"] == "succeeded":
        come_back(refund)


def arrive(refund: StripeObject) -> None:
    due.take(DUE, refund)
    refund.data["status"] = "succeeded"
    refund.data.pop("pending_reason", None)
    store.save(refund)
    events.emit("refund.updated", refund.data, None, {"status": "pending"})


def come_back(refund: StripeObject, reason: str = _FAILURE) -> None:
    """The payer's bank did not take it: the money is ours again, and the charge is less refunded."""
    due.take(DUE, refund)
    previous = {"status": refund.data["status"]}
    charge = store.fetch(charges.KIND, refund.data["charge"])
    by_card = charge.data["payment_method_details"]["type"] == "card"
    back = balance_transactions.record(
        # Of anything but a card, what comes back is called as what left (docs.stripe.com/reports/
        # balance-transaction-types).
        "refund_failure" if by_card else "payment_refund",
        refund.data,
        refund.data["amount"],
        0,
        description=f"REFUND FAILURE ({refund.object_id})",
    )
    refund.data |= {
        "failure_balance_transaction": back["id"],
        "failure_reason": reason,
        "status": "failed",
    }
    refund.data.pop("pending_reason", None)
    store.save(refund)
    _refunded(charge, -refund.data["amount"])
    store.save(charge)
    events.emit("refund.updated", refund.data, None, previous)
    events.emit("refund.failed", refund.data, None)


def _after(charge: StripeObject) -> cards.After:
    number = charge.private.get("card")
    return cards.find(number).after if number else cards.After.NOTHING


def _refundable(charge: dict[str, Any]) -> None:
    if charge["status"] != "succeeded":
        raise errors.InvalidRequest(
            f"Charge {charge['id']} was not successful and cannot be refunded.", param="charge"
        )
    if not charge["captured"]:
        raise errors.InvalidRequest(
            f"Charge {charge['id']} has not been captured. Cancel its PaymentIntent instead.", param="charge"
        )
    if charge["disputed"] and not disputes.allows_refund(charge["id"]):
        raise errors.InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            param="charge",
        )


def _amount(charge: dict[str, Any], asked: int | None) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise errors.InvalidRequest(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if asked is None:
        return left
    if asked < 1:
        raise errors.too_small(1, "amount")
    if asked > left:
        raise errors.InvalidRequest(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return asked


def _refunded(charge: StripeObject, amount: int) -> dict[str, Any]:
    """Count `amount` more, or less, as refunded; what was counted before."""
    previous = {name: charge.data[name] for name in ("amount_refunded", "refunded")}
    charge.data["amount_refunded"] += amount
    charge.data["refunded"] = charge.data["amount_refunded"] == charge.data["amount"]
    return previous
