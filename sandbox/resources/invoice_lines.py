from typing import Any

from sandbox import store
from sandbox.resources import products

KIND = "line_item"


def of_item(invoice_id: str, subscription: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """The item's current period."""
    price, quantity = item["price"], item["quantity"]
    amount = price["unit_amount"] * quantity
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "amount": amount,
        "currency": price["currency"],
        "description": _description(price, quantity),
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": subscription["id"],
        "subtotal": amount,
        "taxes": [],
    }


def _description(price: dict[str, Any], quantity: int) -> str:
    """As Stripe writes it: `1 × Gift to Hematology (at €25.00 / month)`."""
    recurring = price["recurring"]
    count = recurring["interval_count"]
    every = recurring["interval"] if count == 1 else f"every {count} {recurring['interval']}s"
    name = store.fetch(products.KIND, price["product"]).data["name"]
    amount = f"{price['unit_amount'] / 100:.2f} {price['currency'].upper()}"
    return f"{quantity} × {name} (at {amount} / {every})"
