"""A customer is deleted: what is theirs ends, and what was paid stays."""

from typing import Any

from sandbox import events, store
from sandbox.billing import ending
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import customers, subscriptions


def delete(call: Call) -> dict[str, Any]:
    return delete_customer(store.fetch(customers.KIND, call.object_id), call)


def delete_customer(customer: StripeObject, call: Call) -> dict[str, Any]:
    """End their subscriptions at once. The id answers from then on that it was deleted."""
    running = StripeObject.objects.of_kind(subscriptions.KIND).filter(
        data__customer=customer.object_id, data__ended_at=None
    )
    for subscription in running:
        ending.end(subscription, "cancellation_requested", call)
    events.emit("customer.deleted", customer.data, call)
    return customers.bury(customer)
