from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "refund"
_DEBIT_PREFIX = "pyr_1"


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "charge", "payment_intent")
    return lists.page(rows, KIND, "/v1/refunds", call.params, lists.plain)


def of_charge(charge: dict[str, Any]) -> dict[str, Any]:
    rows = StripeObject.objects.of_kind(KIND).filter(data__charge=charge["id"])
    return lists.page(rows, KIND, f"/v1/charges/{charge['id']}/refunds", {}, lists.plain)


def blank(
    charge: dict[str, Any], amount: int, reason: str | None, metadata: dict[str, str], *, pending: bool
) -> dict[str, Any]:
    by_card = charge["payment_method_details"]["type"] == "card"
    return {
        "id": store.new_id(KIND, None if by_card else _DEBIT_PREFIX),
        "object": KIND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": _to_card() if by_card else _to_account(),
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        **({"pending_reason": "processing"} if pending else {}),
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }


def reversal(charge: dict[str, Any], amount: int) -> dict[str, Any]:
    """Money that was held and is let go: none has moved."""
    refund = blank(charge, amount, None, {}, pending=False)
    return {**refund, "destination_details": {"card": {"type": "reversal"}, "type": "card"}}


def _to_card() -> dict[str, Any]:
    reference = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {"card": reference, "type": "card"}


def _to_account() -> dict[str, Any]:
    reference = {"reference": None, "reference_status": "pending"}
    return {"eu_bank_transfer": reference, "type": "eu_bank_transfer"}
