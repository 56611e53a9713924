"""Change an object and tell what it was before."""

from typing import Any

from sandbox import events, store
from sandbox.calls import Call
from sandbox.models import StripeObject


def save(row: StripeObject, before: dict[str, Any], event: str, call: Call | None = None) -> bool:
    """Save `row` and emit `event` if it differs from `before`, a deep copy; whether it did.

    What only we know of it (`private`) is saved in any case.
    """
    if "updated" in row.data and differs(row, before):
        row.data["updated"] = store.now()
    previous = {key: before.get(key) for key in row.data if row.data[key] != before.get(key)}
    store.save(row)
    if previous:
        events.emit(event, row.data, call, previous)
    return bool(previous)


def differs(row: StripeObject, before: dict[str, Any]) -> bool:
    return bool(row.data != before)
