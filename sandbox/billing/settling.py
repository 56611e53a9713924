"""A payer at the hosted invoice page: pay what failed, with another card or by authenticating.

What pays is what the subscription is paid with from then on.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import cards, changes, debits, events, ibans, payments, store
from sandbox.billing import clocks, collecting, means, methods, saving
from sandbox.checkout import Outcome
from sandbox.models import StripeObject
from sandbox.resources import invoices


@dataclass(frozen=True)
class Result:
    invoice: StripeObject
    outcome: Outcome
    message: Promise | None = None  # why the card was refused


def pay(invoice_id: str, number: str, *, name: str, authentication: str) -> Result:
    """Try to pay with a card; `authentication` is where its bank would ask for more."""
    try:
        card = means.card(number)
    except means.Unreadable as unreadable:
        return Result(store.fetch(invoices.KIND, invoice_id), Outcome.REFUSED, unreadable.message)
    return _open(invoice_id, lambda invoice: _pay(invoice, card, name, authentication))


def debit(invoice_id: str, number: str, payer: saving.Payer) -> Result:
    """Have an account debited; what the bank answers is told later."""
    try:
        iban = means.iban(number)
    except means.Unreadable as unreadable:
        return Result(store.fetch(invoices.KIND, invoice_id), Outcome.REFUSED, unreadable.message)
    return _open(invoice_id, lambda invoice: _debit(invoice, iban, payer))


def authenticate(invoice_id: str, *, passed: bool) -> Result:
    """Go on after the bank has seen its customer, or has not."""
    return _open(invoice_id, lambda invoice: _authenticate(invoice, passed=passed))


def intent_status(invoice: StripeObject) -> str:
    """`requires_action` while a bank wants to see its customer, `processing` while a debit is under way."""
    return str(collecting.intent_of(invoice).data["status"])


def _open(invoice_id: str, work: Callable[[StripeObject], Result]) -> Result:
    """`work` on the invoice in one transaction, at the time of its test clock, if it is still to be paid."""

    def checked() -> Result:
        invoice = store.fetch(invoices.KIND, invoice_id)
        if invoice.data["status"] != "open":
            return Result(invoice, Outcome.CLOSED)
        with clocks.at(invoice.data["test_clock"]):
            return work(invoice)

    return store.retrying(checked)


def _pay(invoice: StripeObject, card: cards.Card, name: str, authentication: str) -> Result:
    intent, details = collecting.intent_of(invoice), _details(invoice, name)
    if intent.data["status"] == "processing":
        return _under_way(invoice)
    _choose(intent, card, details)
    if card.authentication:
        payments.ask_authentication(intent, card, details, authentication)
        return Result(invoice, Outcome.AUTHENTICATE)
    return _charge(invoice, intent, card, details)


def _debit(invoice: StripeObject, iban: ibans.Iban, payer: saving.Payer) -> Result:
    intent = collecting.intent_of(invoice)
    if intent.data["status"] == "processing":
        return _under_way(invoice)
    method = debits.authorise(
        iban,
        _details(invoice, payer.name),
        None,
        url=payer.mandate_url,
        ip_address=payer.ip_address,
        user_agent=payer.user_agent,
    )
    intent.data["payment_method"] = method.object_id
    debits.begin(intent)
    _keep(invoice, method.object_id)
    collecting.on_its_way(invoice)
    return Result(invoice, Outcome.PAID)


def _under_way(invoice: StripeObject) -> Result:
    return Result(invoice, Outcome.REFUSED, _("A payment is on its way already. Wait for it."))


def _details(invoice: StripeObject, name: str) -> dict[str, Any]:
    return payments.billing(invoice.data["customer_email"], name or invoice.data["customer_name"])


def _choose(intent: StripeObject, card: cards.Card, details: dict[str, Any]) -> None:
    """The card is attached to the customer only once it has paid."""
    customer = intent.data["customer"]
    intent.data["customer"] = None
    payments.put_card(intent, card, details)
    intent.data["customer"] = customer


def _authenticate(invoice: StripeObject, *, passed: bool) -> Result:
    intent = collecting.intent_of(invoice)
    if intent.data["status"] != "requires_action":
        return Result(invoice, Outcome.REFUSED, _("There is nothing to authenticate. Choose a card."))
    if not passed:
        payments.fail_authentication(intent)
        return Result(invoice, Outcome.REFUSED, _("Your bank could not confirm that it was you. Try again."))
    card = cards.find(intent.private["card"])
    return _charge(invoice, intent, card, intent.private["billing"])


def _charge(invoice: StripeObject, intent: StripeObject, card: cards.Card, details: dict[str, Any]) -> Result:
    method_id = intent.data["payment_method"]
    if not payments.charge(intent, card, details):
        events.emit("invoice.payment_failed", invoice.data, None)
        return Result(invoice, Outcome.REFUSED, card.decline.shown if card.decline else None)
    _keep(invoice, method_id)
    collecting.paid(invoice)
    return Result(invoice, Outcome.PAID)


def _keep(invoice: StripeObject, method_id: str) -> None:
    """Attach what has paid, and pay the subscription with it from now on."""
    methods.keep(store.fetch(methods.KIND, method_id), invoice.data["customer"])
    subscription = collecting.subscription_of(invoice)
    before = copy.deepcopy(subscription.data)
    subscription.data["default_payment_method"] = method_id
    if changes.differs(subscription, before):
        changes.save(subscription, before, "customer.subscription.updated")
