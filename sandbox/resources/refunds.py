from typing import Any

from sandbox import errors, events, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions

_KIND = "refund"
_SIMULATED = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}


def create(call: Call) -> dict[str, Any]:
    """Give back all that is left of a charge, or the amount asked for; never more than is left."""
    given = call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"refunds with {name}", param=name)
    charge = _charge(given)
    amount = _amount(charge.data, given.get("amount"))
    refund = _blank(charge.data, amount, given)
    movement = balance_transactions.record(
        _KIND,
        {**refund, "description": f"REFUND FOR CHARGE ({charge.data['description'] or ''})"},
        -amount,
        0,
    )
    refund["balance_transaction"] = movement["id"]
    store.add(refund)
    previous = {"amount_refunded": charge.data["amount_refunded"], "refunded": charge.data["refunded"]}
    charge.data["amount_refunded"] += amount
    charge.data["refunded"] = charge.data["amount_refunded"] == charge.data["amount"]
    store.save(charge)
    events.emit("refund.created", refund, call)
    events.emit("charge.refunded", charge.data, call, previous)
    return refund


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(_KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(StripeObject.objects.of_kind(_KIND), call.params, "charge", "payment_intent")
    return lists.page(rows, _KIND, "/v1/refunds", call.params, lists.plain)


def of_charge(charge: dict[str, Any]) -> dict[str, Any]:
    rows = StripeObject.objects.of_kind(_KIND).filter(data__charge=charge["id"])
    return lists.page(rows, _KIND, f"/v1/charges/{charge['id']}/refunds", {}, lists.plain)


def _charge(given: Any) -> StripeObject:
    charge_id = given.get("charge")
    if "payment_intent" in given:
        intent = store.named("payment_intent", given["payment_intent"], "payment_intent").data
        if intent["status"] != "succeeded":
            raise errors.InvalidRequest(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        if charge_id not in {None, intent["latest_charge"]}:
            raise errors.InvalidRequest("The charge does not belong to the PaymentIntent.", param="charge")
        charge_id = intent["latest_charge"]
    if charge_id is None:
        raise errors.InvalidRequest(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            param="charge",
        )
    charge = store.named("charge", charge_id, "charge")
    if charge.data["status"] != "succeeded":
        raise errors.InvalidRequest(
            f"Charge {charge_id} was not successful and cannot be refunded.", param="charge"
        )
    return charge


def _amount(charge: dict[str, Any], asked: int | None) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise errors.InvalidRequest(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if asked is None:
        return left
    if asked < 1:
        raise errors.InvalidRequest(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if asked > left:
        raise errors.InvalidRequest(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return asked


def _blank(charge: dict[str, Any], amount: int, given: Any) -> dict[str, Any]:
    return {
        "id": store.new_id(_KIND),
        "object": _KIND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": values.merged_metadata({}, given.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
