"""Charge a card for a payment intent: succeed, be declined, or ask for authentication first.

Every function here belongs in the caller's transaction.
"""

from typing import Any

from sandbox import aftermath, events, store
from sandbox.cards import Card
from sandbox.models import StripeObject
from sandbox.resources import charges, payment_methods

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
    """Charge `card`, the one put on the intent, and say whether the bank agreed."""
    if card.decline:
        _decline(intent, card, details)
        return False
    paid = charges.succeed(intent.data, card, details)
    intent.data |= {
        "amount_received": intent.data["amount"],
        "last_payment_error": None,
        "latest_charge": paid.object_id,
        "next_action": None,
        "status": "succeeded",
    }
    _forget_card(intent)
    store.save(intent)
    events.emit("charge.succeeded", paid.data, None)
    events.emit("payment_intent.succeeded", intent.data, None)
    aftermath.owe(paid)
    return True


def cancel(intent: StripeObject) -> None:
    intent.data |= {
        "canceled_at": store.now(),
        "cancellation_reason": "expired",
        "next_action": None,
        "status": "canceled",
    }
    _forget_card(intent)
    store.save(intent)
    events.emit("payment_intent.canceled", intent.data, None)


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
