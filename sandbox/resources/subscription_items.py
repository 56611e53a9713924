from typing import Any

from sandbox import store

KIND = "subscription_item"


def blank(subscription_id: str, price: dict[str, Any], quantity: int, start: int, end: int) -> dict[str, Any]:
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "billing_thresholds": None,
        "created": store.now(),
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def plan(price: dict[str, Any]) -> dict[str, Any]:
    """The price in the shape it had before prices were; every item still carries both."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
