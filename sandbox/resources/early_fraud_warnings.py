from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject, StripeObjectQuerySet

KIND = "radar.early_fraud_warning"


def blank(charge: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "actionable": not charge["refunded"] and not charge["disputed"],
        "charge": charge["id"],
        "created": store.now(),
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }


def of_charge(charge_id: str) -> StripeObjectQuerySet:
    return StripeObject.objects.of_kind(KIND).filter(data__charge=charge_id)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "charge", "payment_intent")
    return lists.page(rows, KIND, "/v1/radar/early_fraud_warnings", call.params, lists.plain)
