"""Test clocks: make one, let its time go on, and all that belongs to it with it."""

import copy
from typing import Any

from sandbox import errors, events, store
from sandbox.billing import leaving, periods, renewals
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import customers, subscriptions, test_clocks

KIND = test_clocks.KIND
_MOST_INTERVALS = 2
_WITHOUT_SUBSCRIPTIONS = ("year", 2)


def create(call: Call) -> dict[str, Any]:
    data = test_clocks.blank(call.params.get("name"), call.params["frozen_time"])
    store.add(data)
    if "customer" in call.params:
        _take(store.named(customers.KIND, call.params["customer"], "customer"), data["id"])
    events.emit("test_helpers.test_clock.created", data, call)
    return data


def advance(call: Call) -> dict[str, Any]:
    """All happens before the answer, which says `advancing` all the same, as Stripe's does."""
    row, target = store.fetch(KIND, call.object_id), call.params["frozen_time"]
    _check(row, target)
    row.data |= {"status": "advancing", "status_details": {"advancing": {"target_frozen_time": target}}}
    answer: dict[str, Any] = copy.deepcopy(row.data)
    events.emit("test_helpers.test_clock.advancing", row.data, call)
    renewals.play(renewals.of_clock(row.object_id), target)
    row.data |= {"frozen_time": target, "status": "ready", "status_details": {}}
    store.save(row)
    events.emit("test_helpers.test_clock.ready", row.data, call)
    return answer


def delete(call: Call) -> dict[str, Any]:
    """With it go its customers and their subscriptions."""
    row = store.fetch(KIND, call.object_id)
    for customer in StripeObject.objects.of_kind(customers.KIND).filter(data__test_clock=row.object_id):
        leaving.delete_customer(customer, call)
    events.emit("test_helpers.test_clock.deleted", row.data, call)
    row.delete()
    return {"id": call.object_id, "object": KIND, "deleted": True}


def _take(customer: StripeObject, clock_id: str) -> None:
    """Let an existing customer live by the clock, with all that is theirs."""
    if customer.data["test_clock"]:
        raise errors.InvalidRequest("This customer is already attached to a test clock.", param="customer")
    owned = StripeObject.objects.filter(
        kind__in=[subscriptions.KIND, "invoice"], data__customer=customer.object_id
    )
    for row in [customer, *owned]:
        row.data["test_clock"] = clock_id
        store.save(row)


def _check(row: StripeObject, target: int) -> None:
    frozen: int = row.data["frozen_time"]
    if target <= frozen:
        raise errors.InvalidRequest(
            "Test clock's new frozen time must be after its current frozen time.", param="frozen_time"
        )
    if target > _furthest(row.object_id, frozen):
        raise errors.InvalidRequest(
            "Test clocks can be advanced by at most two intervals of their shortest subscription, "
            "or two years without one. Advance in several steps.",
            param="frozen_time",
        )


def _furthest(clock_id: str, frozen: int) -> int:
    running = StripeObject.objects.of_kind(subscriptions.KIND).filter(
        data__test_clock=clock_id, data__ended_at=None
    )
    rhythms = [
        (
            item["price"]["recurring"]["interval"],
            _MOST_INTERVALS * item["price"]["recurring"]["interval_count"],
        )
        for row in running
        for item in row.data["items"]["data"]
    ]
    return min(periods.following(frozen, frozen, *rhythm) for rhythm in rhythms or [_WITHOUT_SUBSCRIPTIONS])
