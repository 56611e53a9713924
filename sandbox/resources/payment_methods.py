from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.cards import Card


def from_card(card: Card, billing: dict[str, Any], customer: str | None) -> dict[str, Any]:
    data = {
        "id": store.new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing,
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
        "created": store.now(),
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    store.add(data, private={"number": card.number})
    return data


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch("payment_method", call.object_id))
