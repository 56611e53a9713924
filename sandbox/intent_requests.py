"""What callers ask of payment intents, beyond reading them."""

from typing import Any

from sandbox import errors, holds, lists, payments, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources.payment_intents import KIND

_SIMULATED = {"amount_to_capture", "expand", "metadata"}
_CANCELABLE = {"requires_action", "requires_capture", "requires_confirmation", "requires_payment_method"}


def capture(call: Call) -> dict[str, Any]:
    row, given = store.fetch(KIND, call.object_id), call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"captures with {name}", param=name)
    if row.data["status"] != "requires_capture":
        raise _unexpected(row, "captured", "requires_capture")
    held: int = row.data["amount_capturable"]
    amount = given.get("amount_to_capture", held)
    if amount < 1:
        raise errors.too_small(1, "amount_to_capture")
    if amount > held:
        raise errors.InvalidRequest(
            f"The requested capture amount is greater than the amount you can capture ({held}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    row.data["metadata"] = values.merged_metadata(row.data["metadata"], given.get("metadata"))
    holds.capture(row, amount, call)
    return lists.plain(row)


def cancel(call: Call) -> dict[str, Any]:
    row, reason = store.fetch(KIND, call.object_id), call.params.get("cancellation_reason")
    if row.data["status"] not in _CANCELABLE:
        raise _unexpected(row, "canceled", ", ".join(sorted(_CANCELABLE)))
    if row.data["status"] == "requires_capture":
        holds.release(row, reason, call)
        return lists.plain(row)
    session = store.find("checkout.session", row.private.get("session", ""))
    if session and session.data["status"] == "open":
        raise errors.InvalidRequest(
            "You cannot cancel this PaymentIntent because it belongs to an open Checkout Session. Expire the "
            f"session {session.object_id} instead."
        )
    payments.cancel(row, reason, call)
    return lists.plain(row)


def _unexpected(row: StripeObject, verb: str, allowed: str) -> errors.InvalidRequest:
    return errors.InvalidRequest(
        f"This PaymentIntent could not be {verb} because it has a status of {row.data['status']}. Only a "
        f"PaymentIntent with one of the following statuses may be {verb}: {allowed}.",
        code="payment_intent_unexpected_state",
    )
