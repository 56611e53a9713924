"""A payer at the hosted page: pay, be asked to authenticate, come back too late.

A session is paid at most once. Whoever changes it first wins (`store.save`), and the other finds
it closed; charge, events and webhooks are made in the same transaction.
"""

import enum
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import cards, errors, events, payments, store, values
from sandbox.billing import clocks, means, saving, subscribing
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import customers, payment_intents, setup_intents

KIND = "checkout.session"
_UNCONFIRMED = _("Your bank could not confirm that it was you. Try again.")


class Outcome(enum.Enum):
    PAID = enum.auto()
    REFUSED = enum.auto()
    AUTHENTICATE = enum.auto()
    CLOSED = enum.auto()


@dataclass(frozen=True)
class Result:
    session: StripeObject
    outcome: Outcome
    message: Promise | None = None  # why the card was refused


def customer_details(email: str | None, name: str | None) -> dict[str, Any]:
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def current(row: StripeObject) -> StripeObject:
    """The session as it stands now: expired, if its time is over."""
    if row.data["status"] == "open" and row.data["expires_at"] <= store.now():
        expire(row, None)
    return row


def expire(row: StripeObject, call: Call | None) -> None:
    """Close an open session, and with it what was begun for it."""
    row.data |= {"status": "expired", "url": None}
    store.save(row)
    if intent_id := _intent_id(row):
        payments.cancel(store.fetch(payment_intents.KIND, intent_id))
    events.emit("checkout.session.expired", row.data, call)


def expire_due() -> int:
    """Expire every session whose time is over; how many there were. Repeating it is safe."""
    due = StripeObject.objects.of_kind(KIND).filter(data__status="open", data__expires_at__lte=store.now())
    ids = list(due.values_list("object_id", flat=True))
    for session_id in ids:
        look(session_id)
    return len(ids)


def look(session_id: str) -> StripeObject | None:
    """The session as it stands now, or None."""

    def work() -> StripeObject | None:
        row = store.find(KIND, session_id)
        return current(row) if row else None

    return store.retrying(work)


def pay(session_id: str, number: str, *, email: str, name: str, authentication: str) -> Result:
    """Try to pay with a card; `authentication` is where its bank would ask for more.

    A number that is no test card, or an `email` that is none, changes nothing.
    A declined card leaves the session open.
    """
    try:
        if email:
            values.email(email, "email")
        card = means.card(number)
    except errors.InvalidRequest:
        message: Promise = _("This is not an e-mail address.")
    except means.Unreadable as unreadable:
        message = unreadable.message
    else:
        return store.retrying(lambda: _pay(session_id, card, email, name, authentication))
    return Result(store.fetch(KIND, session_id), Outcome.REFUSED, message)


def authenticate(session_id: str, *, passed: bool) -> Result:
    """Go on after the bank has seen its customer, or has not."""
    return store.retrying(lambda: _authenticate(session_id, passed=passed))


def awaiting_authentication(session: StripeObject) -> bool:
    intent_id = _intent_id(session)
    if session.data["status"] == "open" and session.data["mode"] == "setup":
        return saving.awaiting_authentication(setup_intent_of(session))
    if session.data["status"] != "open" or not intent_id:
        return False
    intent = store.fetch(payment_intents.KIND, intent_id)
    return bool(intent.data["status"] == "requires_action")


def _pay(session_id: str, card: cards.Card, email: str, name: str, authentication: str) -> Result:
    session = current(store.fetch(KIND, session_id))
    if session.data["status"] != "open":
        return Result(session, Outcome.CLOSED)
    if "card" not in session.data["payment_method_types"]:
        return Result(session, Outcome.REFUSED, _("This payment cannot be made by card."))
    known = session.data["customer_details"] or {}
    details = payments.billing(known.get("email") or email or None, name or known.get("name"))
    if session.data["mode"] == "setup":
        saved = saving.by_card(setup_intent_of(session), card, details, authentication)
        return _saved(session, details, card.decline.shown if card.decline else None, saved=saved)
    intent = intent_of(session)
    intent.data["customer"] = session.data["customer"]
    payments.put_card(intent, card, details)
    if card.authentication:
        store.save(session)
        payments.ask_authentication(intent, card, details, authentication)
        return Result(session, Outcome.AUTHENTICATE)
    with clocks.of_customer(session.data["customer"]):
        return _charge(session, intent, card, details)


def _authenticate(session_id: str, *, passed: bool) -> Result:
    session = current(store.fetch(KIND, session_id))
    if session.data["status"] != "open":
        return Result(session, Outcome.CLOSED)
    if awaiting_authentication(session) and session.data["mode"] == "setup":
        saved = saving.authenticate(setup_intent_of(session), passed=passed)
        return _saved(session, session.private["billing"], _UNCONFIRMED, saved=saved)
    intent = store.find(payment_intents.KIND, _intent_id(session) or "")
    if intent is None or intent.data["status"] != "requires_action":
        return Result(session, Outcome.REFUSED, _("There is nothing to authenticate. Choose a card."))
    if not passed:
        payments.fail_authentication(intent)
        return Result(session, Outcome.REFUSED, _UNCONFIRMED)
    card = cards.find(intent.private["card"])
    with clocks.of_customer(session.data["customer"]):
        return _charge(session, intent, card, intent.private["billing"])


def setup_intent_of(session: StripeObject) -> StripeObject:
    return store.fetch(setup_intents.KIND, session.data["setup_intent"])


def _saved(session: StripeObject, details: dict[str, Any], refusal: Promise | None, *, saved: bool) -> Result:
    """The end of a try to save a card without a payment."""
    if saved:
        complete(session, details, "no_payment_required")
        return Result(session, Outcome.PAID)
    session.private["billing"] = details
    store.save(session)
    waiting = saving.awaiting_authentication(setup_intent_of(session))
    return Result(session, Outcome.AUTHENTICATE) if waiting else Result(session, Outcome.REFUSED, refusal)


def _intent_id(session: StripeObject) -> str | None:
    """In `subscription` mode the intent is the first invoice's, and the session does not show it."""
    found: str | None = session.data["payment_intent"] or session.private.get("payment_intent")
    return found


def intent_of(session: StripeObject) -> StripeObject:
    """The session's payment intent, made at the first try to pay."""
    if intent_id := _intent_id(session):
        return store.fetch(payment_intents.KIND, intent_id)
    intent = payment_intents.start(session.data, session.private["payment_intent_data"])
    if session.data["mode"] == "subscription":
        intent.data |= {"description": "Subscription creation", "setup_future_usage": "off_session"}
        session.private["payment_intent"] = intent.object_id
    else:
        session.data["payment_intent"] = intent.object_id
    events.emit("payment_intent.created", intent.data, None)
    return intent


def _charge(session: StripeObject, intent: StripeObject, card: cards.Card, details: dict[str, Any]) -> Result:
    if session.data["mode"] == "subscription":
        intent.data["customer"] = subscribing.customer_for(session, details)
    if not payments.charge(intent, card, details):
        store.save(session)
        return Result(session, Outcome.REFUSED, card.decline.shown if card.decline else None)
    if session.data["mode"] == "subscription":
        subscribing.begin(session, intent, paid=True)
    complete(session, details, "paid" if intent.data["status"] == "succeeded" else "unpaid")
    return Result(session, Outcome.PAID)


def complete(session: StripeObject, details: dict[str, Any], payment_status: str) -> None:
    """Close the session: its payer has done all that was asked."""
    if session.data["customer_creation"] == "always" and not session.data["customer"]:
        contact = {key: details[key] for key in ("email", "name") if details[key]}
        session.data["customer"] = customers.make(None, contact)["id"]
    session.data |= {
        "customer_details": customer_details(details["email"], details["name"]),
        "payment_status": payment_status,
        "status": "complete",
        "url": None,
    }
    store.save(session)
    events.emit("checkout.session.completed", session.data, None)
