"""SEPA direct debits: begun today, collected or refused by the bank days later; here, within minutes.

For whoever pays an intent by debit, a Checkout Session as well as an invoice: `authorise` an
account once, `begin` a debit for each payment intent; `sweep` ends it and tells who is concerned.
Every function here belongs in the caller's transaction.
"""

from typing import Any

from sandbox import due, events, payments, store
from sandbox.ibans import Iban
from sandbox.ibans import find as find_iban
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions, charges, mandates, payment_intents, payment_methods

DUE = "debit"
_MESSAGES = {
    "account_closed": "The customer's bank account has been closed.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
    "generic_could_not_process": "The payment could not be processed by the customer's bank.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
}
FAILURES = tuple(_MESSAGES)
_ENDING_MANDATES = {"account_closed", "debit_not_authorized"}


def authorise(
    iban: Iban,
    billing: dict[str, Any],
    customer: str | None,
    *,
    url: str,
    ip_address: str = "",
    user_agent: str = "",
) -> StripeObject:
    """A payment method for that account, with the payer's mandate to debit it, shown at `url`."""
    method = payment_methods.from_iban(iban, billing, customer)
    mandate = mandates.accept(method.data, url=url, ip_address=ip_address, user_agent=user_agent)
    method.private["mandate"] = mandate["id"]
    store.save(method)
    return method


def allowed(method: StripeObject) -> bool:
    """Whether its holder's mandate is still good."""
    mandate = store.fetch(mandates.KIND, method.private["mandate"]) if "mandate" in method.private else None
    return bool(mandate and mandate.data["status"] == "active")


def revoke(method: StripeObject) -> None:
    """No debit of this account is allowed any more. Repeating it is safe."""
    if allowed(method):
        mandate = store.fetch(mandates.KIND, method.private["mandate"])
        mandate.data["status"] = "inactive"
        store.save(mandate)
        events.emit("mandate.updated", mandate.data, None, {"status": "active"})


def lack_mandate(intent: StripeObject) -> None:
    """Nothing was asked of the bank: there is no mandate to show it."""
    payments.back_to_start(
        intent,
        {
            "code": "payment_intent_mandate_invalid",
            "doc_url": "https://docs.stripe.com/error-codes/payment-intent-mandate-invalid",
            "message": "The provided mandate is invalid and can not be used.",
            "payment_method": store.fetch(payment_methods.KIND, intent.data["payment_method"]).data,
            "type": "invalid_request_error",
        },
    )


def begin(intent: StripeObject) -> StripeObject:
    """Hand the intent's amount to the bank, to be debited from its payment method; the charge it makes."""
    method = store.fetch(payment_methods.KIND, intent.data["payment_method"])
    iban = find_iban(method.private["iban"])
    charge = charges.submit(intent.data, iban, method.data["billing_details"], method.private["mandate"])
    intent.data |= {
        "last_payment_error": None,
        "latest_charge": charge.object_id,
        "next_action": None,
        "status": "processing",
    }
    store.save(intent)
    due.owe(DUE, charge, iban.after)
    events.emit("payment_intent.processing", intent.data, None)
    events.emit("charge.pending", charge.data, None)
    return charge


def account(charge: StripeObject) -> Iban:
    """The account a debit is asked of."""
    return find_iban(store.fetch(payment_methods.KIND, charge.data["payment_method"]).private["iban"])


def collect(charge: StripeObject) -> StripeObject:
    """The bank has paid; the intent, which has succeeded."""
    charge.data |= {"paid": True, "status": "succeeded"}
    store.save(charge)
    intent = store.fetch(payment_intents.KIND, charge.data["payment_intent"])
    intent.data |= {"amount_received": charge.data["amount"], "status": "succeeded"}
    store.save(intent)
    events.emit("charge.succeeded", charge.data, None)
    events.emit("payment_intent.succeeded", intent.data, None)
    return intent


def refuse(charge: StripeObject, code: str) -> StripeObject:
    """The bank has refused, for one of `FAILURES`; the intent, for which another means may be tried."""
    message = _MESSAGES[code]
    back = balance_transactions.record(
        "payment_failure_refund", charge.data, -charge.data["amount"], -balance_transactions.DEBIT_FEE
    )
    charge.data |= {
        "failure_balance_transaction": back["id"],
        "failure_code": code,
        "failure_message": message,
        "outcome": {**charge.data["outcome"], "network_status": "declined_by_network", "reason": code}
        | {"seller_message": message, "type": "issuer_declined"},
        "status": "failed",
    }
    store.save(charge)
    intent = store.fetch(payment_intents.KIND, charge.data["payment_intent"])
    events.emit("charge.failed", charge.data, None)
    if code in _ENDING_MANDATES:
        revoke(store.fetch(payment_methods.KIND, charge.data["payment_method"]))
    payments.back_to_start(
        intent,
        {
            "charge": charge.object_id,
            "code": "payment_intent_payment_attempt_failed",
            "doc_url": "https://docs.stripe.com/error-codes/payment-intent-payment-attempt-failed",
            "message": message,
            "payment_method": store.fetch(payment_methods.KIND, charge.data["payment_method"]).data,
            "type": "card_error",
        },
    )
    return intent
