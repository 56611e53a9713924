"""What callers ask of refunds, beyond reading them."""

from typing import Any

from sandbox import errors, events, lists, refunds, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources.refunds import KIND

_SIMULATED = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}


def create(call: Call) -> dict[str, Any]:
    given = call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"refunds with {name}", param=name)
    return refunds.give_back(
        _charge(given),
        given.get("amount"),
        reason=given.get("reason"),
        metadata=values.merged_metadata({}, given.get("metadata")),
        call=call,
    )


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    previous = {"metadata": row.data["metadata"]}
    row.data["metadata"] = values.merged_metadata(row.data["metadata"], call.params.get("metadata"))
    if row.data["metadata"] != previous["metadata"]:
        store.save(row)
        events.emit("refund.updated", row.data, call, previous)
    return lists.plain(row)


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
    return store.named("charge", charge_id, "charge")
