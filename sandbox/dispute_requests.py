"""What callers ask of disputes, beyond reading them."""

from typing import Any

from sandbox import disputes, errors, events, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources.disputes import EVIDENCE, KIND, present

_SIMULATED = {"evidence", "expand", "metadata", "submit"}


def update(call: Call) -> dict[str, Any]:
    row, given = store.fetch(KIND, call.object_id), call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"disputes with {name}", param=name)
    evidence = given.get("evidence") or {}
    for name in evidence.keys() - set(EVIDENCE):
        raise errors.NotSimulated(f"evidence with {name}", param=f"evidence[{name}]")
    if evidence or given.get("submit"):
        _still_open(row)
        disputes.answer(row, evidence, submit=given.get("submit", True), call=call)
    metadata = values.merged_metadata(row.data["metadata"], given.get("metadata"))
    if metadata != row.data["metadata"]:
        previous, row.data["metadata"] = {"metadata": row.data["metadata"]}, metadata
        store.save(row)
        events.emit("charge.dispute.updated", row.data, call, previous)
    return present(row)


def close(call: Call) -> dict[str, Any]:
    """Accept that it is lost."""
    row = store.fetch(KIND, call.object_id)
    _still_open(row)
    disputes.lose(row, call)
    return present(row)


def _still_open(row: StripeObject) -> None:
    if row.data["status"] not in disputes.OPEN:
        raise errors.InvalidRequest(f"This dispute is already closed, with a status of {row.data['status']}.")
