from typing import Any

from django.db.models import Q

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "subscription"
_URL = "/v1/subscriptions"
_ENDED = ["canceled", "incomplete_expired"]


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    """Those that are not canceled, unless `status` asks for others."""
    given = call.params
    lists.refuse(given, "automatic_tax")
    names = ("collection_method", "customer", "customer_account", "test_clock")
    rows = lists.matching(StripeObject.objects.of_kind(KIND), given, *names)
    match given.get("status"):
        case None:
            rows = rows.exclude(data__status="canceled")
        case "all":
            pass
        case "ended":
            rows = rows.filter(data__status__in=_ENDED)
        case status:
            rows = rows.filter(data__status=status)
    for name in ("price", "plan"):
        if name in given:
            rows = rows.filter(data__items__data__0__price__id=given[name])
    for name in ("current_period_start", "current_period_end"):
        if name in given:
            rows = rows.filter(_in_range(f"data__items__data__0__{name}", given[name]))
    return lists.page(rows, KIND, _URL, given, lists.plain)


def _in_range(field: str, wanted: int | dict[str, int]) -> Q:
    if isinstance(wanted, int):
        return Q(**{field: wanted})
    return Q(**{f"{field}__{comparison}": value for comparison, value in wanted.items()})


def blank(
    *, customer: dict[str, Any], currency: str, method: str, description: str | None, metadata: dict[str, str]
) -> dict[str, Any]:
    """A subscription that begins now, without items and not yet paid."""
    created, subscription_id = store.now(), store.new_id(KIND)
    return {
        "id": subscription_id,
        "object": KIND,
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": created,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": created,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": method,
        "default_source": None,
        "default_tax_rates": [],
        "description": description,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": lists.listed([], f"/v1/subscription_items?subscription={subscription_id}"),
        "latest_invoice": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": metadata,
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": created,
        "status": "incomplete",
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
    }
