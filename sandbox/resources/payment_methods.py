from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.cards import Card
from sandbox.ibans import Iban
from sandbox.models import StripeObject

KIND = "payment_method"


def from_card(card: Card, billing: dict[str, Any], customer: str | None) -> dict[str, Any]:
    data = {
        **_blank("card", billing, customer),
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": card.fingerprint,
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
    }
    store.add(data, private={"number": card.number})
    return data


def from_iban(iban: Iban, billing: dict[str, Any], customer: str | None) -> StripeObject:
    """The number itself is kept where no answer shows it."""
    data = {
        **_blank("sepa_debit", billing, customer),
        "sepa_debit": {
            "bank_code": iban.bank_code,
            "branch_code": iban.branch_code,
            "country": iban.country,
            "fingerprint": iban.fingerprint,
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": iban.last4,
        },
    }
    return store.add(data, private={"iban": iban.number})


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def _blank(kind: str, billing: dict[str, Any], customer: str | None) -> dict[str, Any]:
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "allow_redisplay": "limited",
        "billing_details": billing,
        "created": store.now(),
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
