from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "setup_intent"


def start(*, customer: str | None, methods: list[str], asked: dict[str, Any]) -> StripeObject:
    intent_id = store.new_id(KIND)
    return store.add(
        {
            "id": intent_id,
            "object": KIND,
            "application": None,
            "automatic_payment_methods": None,
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{store.random_text(31)}",
            "created": store.now(),
            "customer": customer,
            "description": asked.get("description"),
            "excluded_payment_method_types": None,
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": {key: text for key, text in (asked.get("metadata") or {}).items() if text},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {method: {} for method in methods},
            "payment_method_types": list(methods),
            "single_use_mandate": None,
            "status": "requires_payment_method",
            "usage": "off_session",
        }
    )


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    lists.refuse(call.params, "attach_to_self", "customer_account")
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "customer", "payment_method")
    return lists.page(rows, KIND, "/v1/setup_intents", call.params, lists.plain)
