"""Which payment pays which invoice."""

from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "invoice_payment"


def start(invoice: dict[str, Any], intent_id: str) -> StripeObject:
    return store.add(
        {
            "id": store.new_id(KIND),
            "object": KIND,
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": store.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent_id, "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def of_invoice(invoice: dict[str, Any]) -> dict[str, Any]:
    rows = StripeObject.objects.of_kind(KIND).filter(data__invoice=invoice["id"]).newest_first()
    return lists.listed([lists.plain(row) for row in rows], f"/v1/invoice_payments?invoice={invoice['id']}")


def default(invoice_id: str) -> StripeObject | None:
    """The payment that collects the invoice, once it is finalized."""
    rows = StripeObject.objects.of_kind(KIND).filter(data__invoice=invoice_id, data__is_default=True)
    return rows.newest_first().first()


def of_intent(intent_id: str) -> StripeObject | None:
    rows = StripeObject.objects.of_kind(KIND).filter(data__payment__payment_intent=intent_id)
    return rows.newest_first().first()


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    given = call.params
    rows = lists.matching(StripeObject.objects.of_kind(KIND), given, "invoice", "status")
    if "payment" in given:
        rows = rows.filter(data__payment__payment_intent=given["payment"].get("payment_intent"))
    return lists.page(rows, KIND, "/v1/invoice_payments", given, lists.plain)
