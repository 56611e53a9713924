"""Collect an invoice from what the subscription is paid with, its payer absent; try again, or give up.

Every function here belongs in the caller's transaction.
"""

import copy
import enum
from dataclasses import replace

from sandbox import cards, changes, debits, events, payments, store
from sandbox.billing import aging, clocks, cycles, ending
from sandbox.models import StripeObject
from sandbox.resources import customers, invoice_payments, invoices, payment_intents, subscriptions

_DAY = 24 * 60 * 60
# How long after each failed attempt the next one is made; after the last, the subscription ends.
RETRIES = [3 * _DAY, 5 * _DAY, 7 * _DAY]
_EXPIRED = cards.find("4000000000000069").decline


class Outcome(enum.Enum):
    PAID = enum.auto()
    PROCESSING = enum.auto()
    REFUSED = enum.auto()
    ACTION_REQUIRED = enum.auto()


def attempt(invoice: StripeObject) -> None:
    """Try to collect an open invoice now. What comes of it is told by events."""
    count_attempt(invoice)
    method = method_of(subscription_of(invoice))
    match charge(invoice, method) if method else Outcome.REFUSED:
        case Outcome.PAID:
            paid(invoice)
        case Outcome.PROCESSING:
            on_its_way(invoice)
        case outcome:
            failed(invoice, action_required=outcome == Outcome.ACTION_REQUIRED)


def charge(invoice: StripeObject, method: StripeObject) -> Outcome:
    """Charge the invoice's amount to `method`, whose holder is not there. The invoice is left as it is."""
    intent = intent_of(invoice)
    intent.data["payment_method"] = method.object_id
    if method.data["type"] == "sepa_debit":
        if not debits.allowed(method):
            debits.lack_mandate(intent)
            return Outcome.REFUSED
        debits.begin(intent)
        return Outcome.PROCESSING
    card, details = _kept_card(method), method.data["billing_details"]
    if card.authentication:
        address = f"{invoice.data['hosted_invoice_url']}authenticate/"
        payments.ask_authentication(intent, card, details, address)
        return Outcome.ACTION_REQUIRED
    return Outcome.PAID if payments.charge(intent, card, details) else Outcome.REFUSED


def paid(invoice: StripeObject) -> None:
    """The money is there: the invoice is closed, and its subscription runs."""
    data = invoice.data
    data |= {
        "amount_paid": data["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": max(data["attempt_count"], 1),
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    data["status_transitions"]["paid_at"] = store.now()
    invoice.private["due"] = None
    store.save(invoice)
    payment = invoice_payments.default(invoice.object_id)
    if payment:
        payment.data |= {"amount_paid": data["amount_due"], "status": "paid"}
        payment.data["status_transitions"]["paid_at"] = store.now()
        store.save(payment)
        events.emit("invoice_payment.paid", payment.data, None)
    events.emit("invoice.paid", data, None)
    events.emit("invoice.payment_succeeded", data, None)
    subscription = subscription_of(invoice)
    if subscription.data["status"] in {"incomplete", "past_due"}:
        _move(subscription, "active")


def on_its_way(invoice: StripeObject) -> None:
    """The bank was asked, and answers in some days: the invoice stays open, the subscription runs."""
    invoice.data["next_payment_attempt"] = invoice.private["due"] = None
    store.save(invoice)
    subscription = subscription_of(invoice)
    if subscription.data["status"] == "incomplete":
        _move(subscription, "active")


def debit_ended(intent: StripeObject) -> None:
    """Close the invoice, if the intent is one's, that its debit has paid; or go on about its failure."""
    payment = invoice_payments.of_intent(intent.object_id)
    if payment is None:
        return
    invoice = store.fetch(invoices.KIND, payment.data["invoice"])
    if invoice.data["status"] != "open":
        return
    with clocks.at(invoice.data["test_clock"]):
        if intent.data["status"] == "succeeded":
            paid(invoice)
        else:
            failed(invoice)


def failed(invoice: StripeObject, *, action_required: bool = False) -> None:
    """One more attempt came to nothing: plan the next, or end the subscription after the last."""
    subscription, number = subscription_of(invoice), invoice.data["attempt_count"]
    more = number <= len(RETRIES) and subscription.data["status"] in {"active", "past_due"}
    due = store.now() + RETRIES[number - 1] if more else None
    invoice.data["next_payment_attempt"] = invoice.private["due"] = due
    store.save(invoice)
    told_failed(invoice, action_required=action_required)
    if subscription.data["status"] == "active":
        _move(subscription, "past_due")
    if not more and subscription.data["status"] == "past_due":
        ending.end(subscription, "payment_failed")


def told_failed(invoice: StripeObject, *, action_required: bool = False) -> None:
    events.emit("invoice.payment_failed", invoice.data, None)
    if action_required:
        events.emit("invoice.payment_action_required", invoice.data, None)


def subscription_of(invoice: StripeObject) -> StripeObject:
    subscription_id = invoice.data["parent"]["subscription_details"]["subscription"]
    return store.fetch(subscriptions.KIND, subscription_id)


def intent_of(invoice: StripeObject) -> StripeObject:
    payment = invoice_payments.default(invoice.object_id)
    if payment is None:
        raise LookupError(f"{invoice.object_id} is not finalized")
    return store.fetch(payment_intents.KIND, payment.data["payment"]["payment_intent"])


def method_of(subscription: StripeObject) -> StripeObject | None:
    """What the subscription is paid with: its own choice, or else its customer's, while it is theirs."""
    method_id = subscription.data["default_payment_method"]
    if method_id is None:
        customer = store.fetch(customers.KIND, subscription.data["customer"])
        method_id = customer.data["invoice_settings"]["default_payment_method"]
    method = store.find("payment_method", method_id) if method_id else None
    return method if method and method.data["customer"] == subscription.data["customer"] else None


def _kept_card(method: StripeObject) -> cards.Card:
    card = cards.find(method.private["number"]).kept()
    return replace(card, decline=_EXPIRED) if aging.expired(method.data["card"]) else card


def count_attempt(invoice: StripeObject) -> None:
    invoice.data |= {"attempt_count": invoice.data["attempt_count"] + 1, "attempted": True}


def _move(subscription: StripeObject, status: str) -> None:
    before = copy.deepcopy(subscription.data)
    subscription.data["status"] = status
    cycles.schedule(subscription)
    changes.save(subscription, before, "customer.subscription.updated")
