"""Save a card or an account for later, without a payment: what a setup intent does.

Every function here belongs in the caller's transaction.
"""

from dataclasses import dataclass
from typing import Any

from sandbox import cards, debits, events, ibans, store
from sandbox.billing import methods
from sandbox.models import StripeObject
from sandbox.resources import payment_methods, setup_intents

_NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


@dataclass(frozen=True)
class Payer:
    """Who accepts a mandate, and from where; `mandate_url` shows it, with its id for `{id}`."""

    name: str
    ip_address: str
    user_agent: str
    mandate_url: str


def start(customer: str | None, types: list[str], asked: dict[str, Any]) -> StripeObject:
    intent = setup_intents.start(customer=customer, methods=types, asked=asked)
    events.emit("setup_intent.created", intent.data, None)
    return intent


def by_card(intent: StripeObject, card: cards.Card, details: dict[str, Any], authentication: str) -> bool:
    """Try to save the card. False when its bank refuses it, or asks to see its holder at `authentication`."""
    method = store.fetch(payment_methods.KIND, payment_methods.from_card(card, details, None)["id"])
    intent.data["payment_method"] = method.object_id
    if card.authentication:
        _ask(intent, card, authentication)
        return False
    return _saved(intent, card)


def awaiting_authentication(intent: StripeObject) -> bool:
    return bool(intent.data["status"] == "requires_action")


def authenticate(intent: StripeObject, *, passed: bool) -> bool:
    """Go on after the bank has seen its customer, or has not; whether the card is saved."""
    if passed:
        return _saved(intent, cards.find(intent.private["card"]))
    _refuse(intent, "setup_intent_authentication_failure", _NOT_AUTHENTICATED)
    return False


def by_debit(intent: StripeObject, iban: ibans.Iban, details: dict[str, Any], payer: Payer) -> None:
    """Save the account with its holder's mandate. It cannot be refused now: no bank was asked yet."""
    method = debits.authorise(
        iban,
        details,
        None,
        url=payer.mandate_url,
        ip_address=payer.ip_address,
        user_agent=payer.user_agent,
    )
    intent.data |= {"mandate": method.private["mandate"], "payment_method": method.object_id}
    _succeed(intent, method)


def _ask(intent: StripeObject, card: cards.Card, address: str) -> None:
    intent.data |= {
        "last_setup_error": None,
        "next_action": {"redirect_to_url": {"return_url": None, "url": address}, "type": "redirect_to_url"},
        "status": "requires_action",
    }
    intent.private["card"] = card.number
    store.save(intent)
    events.emit("setup_intent.requires_action", intent.data, None)


def _saved(intent: StripeObject, card: cards.Card) -> bool:
    if card.decline:
        _refuse(intent, card.decline.code, card.decline.message, card.decline.decline_code)
        return False
    _succeed(intent, store.fetch(payment_methods.KIND, intent.data["payment_method"]))
    return True


def _succeed(intent: StripeObject, method: StripeObject) -> None:
    intent.data |= {"last_setup_error": None, "next_action": None, "status": "succeeded"}
    intent.private.pop("card", None)
    store.save(intent)
    if intent.data["customer"]:
        methods.keep(method, intent.data["customer"])
    events.emit("setup_intent.succeeded", intent.data, None)


def _refuse(intent: StripeObject, code: str, message: str, decline_code: str | None = None) -> None:
    method = store.fetch(payment_methods.KIND, intent.data["payment_method"]).data
    error = {
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}",
        "message": message,
        "payment_method": method,
        "type": "card_error",
    }
    intent.data |= {
        "last_setup_error": error | ({"decline_code": decline_code} if decline_code else {}),
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    intent.private.pop("card", None)
    store.save(intent)
    events.emit("setup_intent.setup_failed", intent.data, None)
