"""What a Checkout Session sells: the rules for its lines, and how they are shown."""

from typing import Any

from sandbox import errors, store, values
from sandbox.resources import prices, products

_MOST_LINES = 100
_LONGEST_NAME = 250
# What a price made on the spot may hold here; Stripe knows more.
_SIMULATED = {"currency", "product_data", "tax_behavior", "unit_amount"}


def priced(lines: list[dict[str, Any]], mode: str = "payment") -> list[dict[str, Any]]:
    """The lines as item objects. Raises `errors.InvalidRequest` for what cannot be sold."""
    if len(lines) > _MOST_LINES:
        raise errors.InvalidRequest(f"You may pass at most {_MOST_LINES} line items.", param="line_items")
    items = [_item(line, f"line_items[{number}]", mode) for number, line in enumerate(lines)]
    if len({item["currency"] for item in items}) > 1:
        raise errors.InvalidRequest("All line items must use the same currency.", param="line_items")
    return items


def _item(line: dict[str, Any], path: str, mode: str) -> dict[str, Any]:
    if "price" in line and "price_data" in line:
        raise errors.exclusive("price", "price_data", param=f"{path}[price]")
    if "price" not in line and "price_data" not in line:
        raise errors.missing(f"{path}[price_data]")
    for name in line.keys() - {"metadata", "price", "price_data", "quantity"}:
        raise errors.NotSimulated(f"line items with {name}", param=f"{path}[{name}]")
    if "quantity" not in line:
        raise errors.missing(f"{path}[quantity]")
    if line["quantity"] < 1:
        raise errors.too_small(1, f"{path}[quantity]")
    price = _price_of(line, path, mode)
    amount = price["unit_amount"] * line["quantity"]
    return {
        "id": store.new_id("item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": _name(line, price),
        "metadata": line.get("metadata") or {},
        "price": price,
        "quantity": line["quantity"],
    }


def _price_of(line: dict[str, Any], path: str, mode: str) -> dict[str, Any]:
    if mode == "payment" and "price_data" in line:
        return _price(line["price_data"], f"{path}[price_data]")
    price: dict[str, Any]
    if "price" in line:
        price = store.named("price", line["price"], f"{path}[price]").data
    else:
        price = prices.inline(line["price_data"], f"{path}[price_data]")
    if (price["type"] == "recurring") != (mode == "subscription"):
        raise errors.InvalidRequest(
            f"The price's type is {price['type']}, which `{mode}` mode cannot take.", param=f"{path}[price]"
        )
    return price


def _name(line: dict[str, Any], price: dict[str, Any]) -> str:
    given = line.get("price_data", {}).get("product_data")
    return str(given["name"] if given else store.fetch(products.KIND, price["product"]).data["name"])


def _price(given: dict[str, Any], path: str) -> dict[str, Any]:
    if "recurring" in given:
        raise errors.InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode "
            "or use only one-time prices.",
            param=f"{path}[recurring]",
        )
    if "product" in given:
        raise errors.no_such("product", given["product"], f"{path}[product]")
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"prices with {name}", param=f"{path}[{name}]")
    for name in ("product_data", "unit_amount"):
        if name not in given:
            raise errors.missing(f"{path}[{name}]")
    if len(given["product_data"]["name"]) > _LONGEST_NAME:
        raise errors.InvalidRequest(
            f"Invalid string: the name must be at most {_LONGEST_NAME} characters",
            param=f"{path}[product_data][name]",
        )
    for number, image in enumerate(given["product_data"].get("images", [])):
        values.url(image, f"{path}[product_data][images][{number}]")
    amount = values.not_negative(given["unit_amount"], f"{path}[unit_amount]")
    return {
        "id": store.new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": store.now(),
        "currency": values.currency(given["currency"], f"{path}[currency]"),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": store.new_id("product"),
        "recurring": None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
