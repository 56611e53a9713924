from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.cards import Card
from sandbox.ibans import Iban
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions, payment_details

KIND = "charge"
_DEBIT_PREFIX = "py_3"


def authorise(
    intent: dict[str, Any], card: Card, billing: dict[str, Any], charge_id: str | None = None
) -> StripeObject:
    """Have the bank hold the intent's amount: no money has moved."""
    data = _blank(intent, payment_details.card(card, intent["amount"]), billing)
    data |= {
        "id": charge_id or data["id"],
        "outcome": _outcome("authorized", "Payment complete.", "approved_by_network", risk_score=20),
        "paid": True,
        "status": "succeeded",
    }
    return store.add(data, private={"card": card.number})


def capture(charge: StripeObject, amount: int) -> None:
    """Take `amount` of what is held. Its balance transaction is still to be made: see `book`."""
    charge.data |= {"amount_captured": amount, "captured": True}
    store.save(charge)


def book(charge: StripeObject) -> None:
    """Make the balance transaction of what was captured from a card.

    It is of all that was held: what a capture leaves of that is taken back by another
    (docs.stripe.com/reports/reporting-categories).
    """
    fee = balance_transactions.card_fee(charge.data["amount_captured"])
    movement = balance_transactions.record("charge", charge.data, charge.data["amount"], fee)
    charge.data["balance_transaction"] = movement["id"]
    store.save(charge)


def fail(intent: dict[str, Any], card: Card, billing: dict[str, Any]) -> dict[str, Any]:
    """Record that the bank refused the card."""
    if card.decline is None:
        raise ValueError(f"{card.number} is not a card that is declined")
    data = _blank(intent, payment_details.card(card, intent["amount"]), billing)
    data |= {
        "failure_code": card.decline.code,
        "failure_message": card.decline.message,
        "outcome": {
            **_outcome(
                "issuer_declined",
                "The bank did not return any further details with this decline.",
                "declined_by_network",
                risk_score=20,
            ),
            "reason": card.decline.decline_code,
        },
        "status": "failed",
    }
    store.add(data)
    return data


def submit(intent: dict[str, Any], iban: Iban, billing: dict[str, Any], mandate_id: str) -> StripeObject:
    """Hand a debit to the bank, which will answer later.

    Its balance transaction is there from now on, as at Stripe, and says nothing of its success
    (support.stripe.com/questions/changes-to-balance-transaction-behavior-for-debit-payment-methods); the
    day on which it is credited is named there, and here it is as soon as the bank answers.
    """
    data = _blank(intent, payment_details.sepa_debit(iban, mandate_id), billing, _DEBIT_PREFIX)
    movement = balance_transactions.record(
        "payment", data, data["amount"], balance_transactions.DEBIT_FEE, available_in=iban.after
    )
    data |= {
        "amount_captured": data["amount"],
        "balance_transaction": movement["id"],
        "captured": True,
        "outcome": _outcome("authorized", "Payment complete.", "approved_by_network", risk_score=0)
        | {"risk_level": "not_assessed"},
    }
    return store.add(data)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(
        StripeObject.objects.of_kind(KIND), call.params, "customer", "payment_intent", "transfer_group"
    )
    return lists.page(rows, KIND, "/v1/charges", call.params, lists.plain)


def _outcome(kind: str, message: str, network: str, *, risk_score: int) -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": risk_score,
        "seller_message": message,
        "type": kind,
    }


def _blank(
    intent: dict[str, Any], details: dict[str, Any], billing: dict[str, Any], prefix: str | None = None
) -> dict[str, Any]:
    return {
        "id": store.new_id(KIND, prefix),
        "object": KIND,
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing,
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": False,
        "created": store.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": details,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }
