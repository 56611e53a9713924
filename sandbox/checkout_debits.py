"""A payer at the hosted page who chooses a direct debit: the mandate now, the money days later."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import checkout, debits, errors, events, ibans, payments, store, values
from sandbox.billing import clocks, means, saving, subscribing
from sandbox.checkout import Outcome, Result
from sandbox.models import StripeObject


@dataclass(frozen=True)
class Payer(saving.Payer):
    email: str


def pay(session_id: str, number: str, payer: Payer) -> Result:
    """Try to pay from an account. A number that is no test account changes nothing."""
    try:
        if payer.email:
            values.email(payer.email, "email")
        iban = means.iban(number)
    except errors.InvalidRequest:
        message: Promise = _("This is not an e-mail address.")
    except means.Unreadable as unreadable:
        message = unreadable.message
    else:
        return store.retrying(lambda: _pay(session_id, iban, payer))
    return Result(store.fetch(checkout.KIND, session_id), Outcome.REFUSED, message)


def ended(intent: StripeObject) -> None:
    """Tell the session, if the intent is one's, that its debit was collected or refused."""
    session = store.find(checkout.KIND, intent.private.get("session", ""))
    if session is None:
        return
    if intent.data["status"] == "succeeded":
        session.data["payment_status"] = "paid"
        store.save(session)
        events.emit("checkout.session.async_payment_succeeded", session.data, None)
    else:
        events.emit("checkout.session.async_payment_failed", session.data, None)


def _pay(session_id: str, iban: ibans.Iban, payer: Payer) -> Result:
    session = checkout.current(store.fetch(checkout.KIND, session_id))
    if session.data["status"] != "open":
        return Result(session, Outcome.CLOSED)
    if "sepa_debit" not in session.data["payment_method_types"]:
        return Result(session, Outcome.REFUSED, _("This payment cannot be made by direct debit."))
    known = session.data["customer_details"] or {}
    details = payments.billing(known.get("email") or payer.email or None, payer.name or known.get("name"))
    if session.data["mode"] == "setup":
        saving.by_debit(checkout.setup_intent_of(session), iban, details, payer)
        checkout.complete(session, details, "no_payment_required")
        return Result(session, Outcome.PAID)
    intent = checkout.intent_of(session)
    with clocks.of_customer(session.data["customer"]):
        _debit(session, intent, iban, details, payer)
    return Result(session, Outcome.PAID)


def _debit(
    session: StripeObject,
    intent: StripeObject,
    iban: ibans.Iban,
    details: dict[str, Any],
    payer: Payer,
) -> None:
    recurring = session.data["mode"] == "subscription"
    if recurring:
        intent.data["customer"] = subscribing.customer_for(session, details)
    method = debits.authorise(
        iban,
        details,
        intent.data["customer"],
        url=payer.mandate_url,
        ip_address=payer.ip_address,
        user_agent=payer.user_agent,
    )
    intent.data["payment_method"] = method.object_id
    debits.begin(intent)
    if recurring:
        subscribing.begin(session, intent, paid=False)
    checkout.complete(session, details, "unpaid")
