"""Events: what happened, kept as a snapshot and owed to the site as a webhook."""

import copy
from typing import Any

import stripe

from sandbox import deliveries, store
from sandbox.calls import Call


def emit(
    event_type: str, data: dict[str, Any], call: Call | None, previous: dict[str, Any] | None = None
) -> None:
    """Record that `data` has become what it is now, and owe the site a webhook about it.

    Belongs in the transaction that changed the object. Events reach the site in the order they are
    emitted, unless one has to be sent again.
    """
    inside: dict[str, Any] = {"object": copy.deepcopy(data)}
    if previous is not None:
        inside["previous_attributes"] = previous
    row = store.add(
        {
            "id": store.new_id("event"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": store.now(),
            "data": inside,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {
                "id": call.request_id if call else None,
                "idempotency_key": call.idempotency_key if call else None,
            },
            "type": event_type,
        }
    )
    deliveries.owe(row)
