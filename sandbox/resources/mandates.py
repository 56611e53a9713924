from typing import Any

from sandbox import lists, store
from sandbox.calls import Call

KIND = "mandate"
_REFERENCE_LENGTH = 16


def accept(method: dict[str, Any], *, url: str, ip_address: str, user_agent: str) -> dict[str, Any]:
    """Record that the payer allows debits of `method`; `url` shows the mandate, with its id for `{id}`."""
    mandate_id = store.new_id(KIND)
    data = {
        "id": mandate_id,
        "object": KIND,
        "customer_acceptance": {
            "accepted_at": store.now(),
            "online": {"ip_address": ip_address or None, "user_agent": user_agent or None},
            "type": "online",
        },
        "livemode": False,
        "multi_use": {},
        "payment_method": method["id"],
        "payment_method_details": {
            "sepa_debit": {
                "reference": store.random_text(_REFERENCE_LENGTH).upper(),
                "url": url.replace("{id}", mandate_id),
            },
            "type": "sepa_debit",
        },
        "status": "active",
        "type": "multi_use",
    }
    store.add(data)
    return data


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))
