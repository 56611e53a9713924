"""What the portal lets customers do. The account's default one is there from the start."""

import copy
from typing import Any

from sandbox import changes, errors, events, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "billing_portal.configuration"
_SIMULATED = {"active", "business_profile", "default_return_url", "expand", "features", "metadata", "name"}
_REASONS = [
    "too_expensive", "missing_features", "switched_service", "unused", "customer_service", "too_complex",
    "low_quality", "other",
]  # fmt: skip


def default() -> StripeObject:
    rows = StripeObject.objects.of_kind(KIND).filter(data__is_default=True)
    return rows.first() or store.add(_blank(is_default=True))


def create(call: Call) -> dict[str, Any]:
    data = _blank(is_default=False)
    for name in data["features"]:
        data["features"][name]["enabled"] = False
    _apply(data, call.params)
    store.add(data)
    events.emit("billing_portal.configuration.created", data, call)
    return data


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    before = copy.deepcopy(row.data)
    _apply(row.data, call.params)
    changes.save(row, before, "billing_portal.configuration.updated", call)
    return lists.plain(row)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    default()
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "active", "is_default")
    return lists.page(rows, KIND, "/v1/billing_portal/configurations", call.params, lists.plain)


def _apply(data: dict[str, Any], given: Any) -> None:
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"portal configurations with {name}", param=name)
    for name in ("active", "default_return_url", "name"):
        if name in given:
            data[name] = None if given[name] == "" else given[name]
    data["business_profile"] |= given.get("business_profile", {})
    for name, feature in given.get("features", {}).items():
        data["features"][name] |= feature
    data["metadata"] = values.merged_metadata(data["metadata"], given.get("metadata"))


def _blank(*, is_default: bool) -> dict[str, Any]:
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "active": True,
        "application": None,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "created": store.now(),
        "default_return_url": None,
        "features": {
            "customer_update": {"allowed_updates": ["email", "address"], "enabled": False},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True, "payment_method_configuration": None},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": False, "options": _REASONS},
                "enabled": True,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_pause": {
                "duration": {"interval_options": [], "type": "indefinite"},
                "enabled": False,
            },
            "subscription_update": {
                "billing_cycle_anchor": None,
                "default_allowed_updates": [],
                "enabled": False,
                "products": None,
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": is_default,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": store.now(),
    }
