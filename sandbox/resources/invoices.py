from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import invoice_lines

KIND = "invoice"
_URL = "/v1/invoices"


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    given = call.params
    lists.refuse(given, "due_date")
    rows = lists.matching(
        StripeObject.objects.of_kind(KIND),
        given,
        "collection_method",
        "customer",
        "customer_account",
        "status",
    )
    if "subscription" in given:
        store.named("subscription", given["subscription"], "subscription")
        rows = rows.filter(data__parent__subscription_details__subscription=given["subscription"])
    return lists.page(rows, KIND, _URL, given, lists.plain)


def list_lines(call: Call) -> dict[str, Any]:
    lines = store.fetch(KIND, call.object_id).data["lines"]
    return lists.cut(lines["data"], lines["url"], call.params)


def draft(subscription: dict[str, Any], customer: dict[str, Any], reason: str) -> dict[str, Any]:
    """What the current period of every item costs, not yet to be paid."""
    invoice_id, created = store.new_id(KIND), store.now()
    lines = [invoice_lines.of_item(invoice_id, subscription, item) for item in subscription["items"]["data"]]
    total = sum(line["amount"] for line in lines)
    return {
        **_amounts(total),
        "id": invoice_id,
        "object": KIND,
        "account_country": "FR",
        "account_name": "Sandbox",
        "account_tax_ids": None,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None
        },
        "automatically_finalizes_at": None,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": created,
        "currency": subscription["currency"],
        "custom_fields": None,
        **_customer(customer),
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": subscription["description"],
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": lists.listed(lines, f"{_URL}/{invoice_id}/lines"),
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": None, "payment_method_options": None, "payment_method_types": None
        },
        "period_end": created,
        "period_start": created,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None
        },
        "test_clock": subscription["test_clock"],
        "webhooks_delivered_at": created,
    }  # fmt: skip


def _amounts(total: int) -> dict[str, Any]:
    return {
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": total,
        "amount_shipping": 0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def _customer(customer: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
    }
