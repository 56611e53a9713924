"""Prices: kept ones, and those made on the spot with `price_data`."""

from typing import Any

from sandbox import changes, errors, events, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import products

KIND = "price"
_SIMULATED = {
    "active", "currency", "expand", "lookup_key", "metadata", "nickname", "product", "product_data",
    "recurring", "tax_behavior", "unit_amount",
}  # fmt: skip
# What a price made on the spot may hold here; Stripe knows more.
_SIMULATED_INLINE = {"currency", "product", "product_data", "recurring", "tax_behavior", "unit_amount"}
_SIMULATED_CHANGES = {"active", "expand", "lookup_key", "metadata", "nickname"}
_LONGEST_YEARS = 3
_IN_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}


def create(call: Call) -> dict[str, Any]:
    given = dict(call.params)
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"prices with {name}", param=name)
    return _make(given, "", active=given.get("active", True), call=call)


def inline(given: dict[str, Any], path: str) -> dict[str, Any]:
    """Keep the price that `price_data` describes, and its product. As Stripe's, it is inactive."""
    for name in given.keys() - _SIMULATED_INLINE:
        raise errors.NotSimulated(f"prices with {name}", param=f"{path}[{name}]")
    return _make(given, path, active=False, call=None)


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    given, before = dict(call.params), dict(row.data)
    for name in given.keys() - _SIMULATED_CHANGES:
        raise errors.NotSimulated(f"changing the {name} of a price", param=name)
    for name in ("active", "lookup_key", "nickname"):
        if name in given:
            row.data[name] = given[name]
    row.data["metadata"] = values.merged_metadata(row.data["metadata"], given.get("metadata"))
    changes.save(row, before, "price.updated", call)
    return lists.plain(row)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    lists.refuse(call.params, "recurring")
    rows = StripeObject.objects.of_kind(KIND)
    rows = lists.matching(rows, call.params, "active", "currency", "product", "type")
    if "lookup_keys" in call.params:
        rows = rows.filter(data__lookup_key__in=call.params["lookup_keys"])
    return lists.page(rows, KIND, "/v1/prices", call.params, lists.plain)


def _make(given: dict[str, Any], path: str, *, active: bool, call: Call | None) -> dict[str, Any]:
    if "unit_amount" not in given:
        raise errors.missing(_at(path, "unit_amount"))
    amount = values.not_negative(given["unit_amount"], _at(path, "unit_amount"))
    currency = values.currency(given["currency"], _at(path, "currency"))
    recurring = _recurring(given.get("recurring"), _at(path, "recurring"))
    data = {
        "id": store.new_id(KIND),
        "object": KIND,
        "active": active,
        "billing_scheme": "per_unit",
        "created": store.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": given.get("lookup_key"),
        "metadata": values.merged_metadata({}, given.get("metadata")),
        "nickname": given.get("nickname"),
        "product": _product(given, path),
        "recurring": recurring,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    store.add(data)
    events.emit("price.created", data, call)
    return data


def _product(given: dict[str, Any], path: str) -> str:
    if "product" in given and "product_data" in given:
        raise errors.exclusive("product", "product_data", param=_at(path, "product"))
    if "product" in given:
        product = store.named("product", given["product"], _at(path, "product"))
        if path and not product.data["active"]:
            raise errors.InvalidRequest(
                f"The product {product.object_id} is marked as inactive, and thus no new subscriptions can "
                "be created to any plans of this product.",
                param=_at(path, "product"),
            )
        return product.object_id
    if "product_data" not in given:
        raise errors.missing(_at(path, "product_data"))
    made: str = products.make(given["product_data"], None)["id"]
    return made


def _recurring(given: dict[str, Any] | None, path: str) -> dict[str, Any] | None:
    if given is None:
        return None
    for name in given.keys() - {"interval", "interval_count"}:
        raise errors.NotSimulated(f"recurring prices with {name}", param=f"{path}[{name}]")
    count = given.get("interval_count", 1)
    if not 1 <= count <= _LONGEST_YEARS * _IN_A_YEAR[given["interval"]]:
        raise errors.InvalidRequest(
            f"Invalid interval_count: periods last at most {_LONGEST_YEARS} years.",
            param=f"{path}[interval_count]",
        )
    return {
        "interval": given["interval"],
        "interval_count": count,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
