"""Charge a card for a payment intent: succeed, be declined, or ask for authentication first.

Every function here belongs in the caller's transaction.
"""

from datetime import timedelta
from typing import Any

from sandbox import aftermath, due, events, store
from sandbox.calls import Call
from sandbox.cards import Card
from sandbox.models import StripeObject
from sandbox.resources import charges, payment_methods

HOLD = "hold"  # of a charge, until it is captured, let go, or forgotten
_HELD_FOR = timedelta(days=7)
BOOKING = "booking"  # of a charge that has no balance transaction yet
_BOOKED_AFTER = timedelta(seconds=3)
_AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


def billing(email: str | None, name: str | None) -> dict[str, Any]:
    no_address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": no_address, "email": email, "name": name, "phone": None, "tax_id": None}


def put_card(intent: StripeObject, card: Card, details: dict[str, Any]) -> None:
    """Choose `card` for the next try; whatever was chosen before is forgotten."""
    intent.data["payment_method"] = payment_methods.from_card(card, details, intent.data["customer"])["id"]


def ask_authentication(intent: StripeObject, card: Card, details: dict[str, Any], address: str) -> None:
    """The bank wants to see its customer first, at `address`."""
    intent.data |= {
        "last_payment_error": None,
        "next_action": {"redirect_to_url": {"return_url": None, "url": address}, "type": "redirect_to_url"},
        "status": "requires_action",
    }
    intent.private |= {"card": card.number, "billing": details}
    store.save(intent)
    events.emit("payment_intent.requires_action", intent.data, None)


def fail_authentication(intent: StripeObject) -> None:
    """The donor did not prove who they are: no charge was tried, another card may be."""
    method = store.fetch("payment_method", intent.data["payment_method"]).data
    back_to_start(
        intent,
        {
            "code": "payment_intent_authentication_failure",
            "doc_url": "https://docs.stripe.com/error-codes/payment-intent-authentication-failure",
            "message": _AUTHENTICATION_FAILED,
            "payment_method": method,
            "type": "card_error",
        },
    )


def charge(intent: StripeObject, card: Card, details: dict[str, Any]) -> bool:
    """Charge `card`, the one put on the intent, or hold its money where the intent is to be captured
    by hand; whether the bank agreed."""
    if card.decline:
        _decline(intent, card, details)
        return False
    paid = charges.authorise(intent.data, card, details)
    _forget_card(intent)
    if intent.data["capture_method"] == "manual":
        _hold(intent, paid)
        return True
    charges.capture(paid, intent.data["amount"])
    at_once = intent.data["capture_method"] != "automatic_async"
    if at_once:
        charges.book(paid)
    succeed(intent, paid)
    events.emit("charge.succeeded", paid.data, None)
    events.emit("payment_intent.succeeded", intent.data, None)
    if not at_once:
        due.owe(BOOKING, paid, _BOOKED_AFTER)
    aftermath.owe(paid)
    return True


def succeed(intent: StripeObject, paid: StripeObject) -> None:
    """The intent's money was taken by the charge `paid`. Tells nobody."""
    intent.data |= {
        "amount_received": intent.data["amount"],
        "last_payment_error": None,
        "latest_charge": paid.object_id,
        "next_action": None,
        "status": "succeeded",
    }
    store.save(intent)


def book(charge: StripeObject) -> None:
    """Stripe's books have caught up with a payment that it captured in the background.

    docs.stripe.com/payments/payment-intents/asynchronous-capture; there it may take an hour.
    """
    charges.book(charge)
    events.emit("charge.updated", charge.data, None, {"balance_transaction": None})


def _hold(intent: StripeObject, charge: StripeObject) -> None:
    """The bank holds the money: nothing is received yet."""
    intent.data |= {
        "amount_capturable": intent.data["amount"],
        "last_payment_error": None,
        "latest_charge": charge.object_id,
        "next_action": None,
        "status": "requires_capture",
    }
    store.save(intent)
    due.owe(HOLD, charge, _HELD_FOR)
    events.emit("charge.succeeded", charge.data, None)
    events.emit("payment_intent.amount_capturable_updated", intent.data, None)


def cancel(intent: StripeObject, reason: str | None = "expired", call: Call | None = None) -> None:
    """Nothing is to be paid any more."""
    intent.data |= {
        "canceled_at": store.now(),
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    _forget_card(intent)
    store.save(intent)
    events.emit("payment_intent.canceled", intent.data, call)


def _decline(intent: StripeObject, card: Card, details: dict[str, Any]) -> None:
    if card.decline is None:
        raise ValueError(f"{card.number} is not a card that is declined")
    failed = charges.fail(intent.data, card, details)
    events.emit("charge.failed", failed, None)
    intent.data["latest_charge"] = failed["id"]
    back_to_start(
        intent,
        {
            "charge": failed["id"],
            "code": card.decline.code,
            "decline_code": card.decline.decline_code,
            "doc_url": f"https://docs.stripe.com/error-codes/{card.decline.code.replace('_', '-')}",
            "message": card.decline.message,
            "payment_method": store.fetch("payment_method", intent.data["payment_method"]).data,
            "type": "card_error",
        },
    )


def back_to_start(intent: StripeObject, error: dict[str, Any]) -> None:
    """Another means of payment may be tried; `error` says why this one did not do."""
    intent.data |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    _forget_card(intent)
    store.save(intent)
    events.emit("payment_intent.payment_failed", intent.data, None)


def _forget_card(intent: StripeObject) -> None:
    """What was kept while the payer authenticated is of no more use."""
    for name in ("card", "billing"):
        intent.private.pop(name, None)
