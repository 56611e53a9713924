"""Put a whole subscription to rest and wake it again (`status` is `paused` meanwhile).

To go on with its periods and only not to collect, Stripe has `pause_collection`: see `changing`.
"""

import copy
from typing import Any

from sandbox import changes, errors, events, lists, store
from sandbox.billing import clocks, collecting, cycles, invoicing
from sandbox.calls import Call
from sandbox.resources import subscriptions

_RESUMING = {"billing_cycle_anchor", "expand"}


def pause(call: Call) -> dict[str, Any]:
    row = store.fetch(subscriptions.KIND, call.object_id)
    if "invoicing_behavior" in call.params:
        raise errors.NotSimulated("pausing with invoicing_behavior", param="invoicing_behavior")
    bill_for = call.params.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    if bill_for != "none":
        raise errors.NotSimulated(
            "credit for unused time: pass bill_for[unused_time_from][type]=none", param="bill_for"
        )
    if row.data["status"] != "active":
        raise errors.InvalidRequest("Only active subscriptions can be paused.")
    with clocks.at(row.data["test_clock"]):
        row.data |= {
            "status": "paused",
            "status_details": {
                "paused": {
                    "subscription": {"type": "pause_requested"},
                    "transitioned_at": store.now(),
                    "type": "subscription",
                }
            },
        }
        cycles.schedule(row)
        store.save(row)
        events.emit("customer.subscription.paused", row.data, call, {"status": "active"})
    return lists.plain(row)


def resume(call: Call) -> dict[str, Any]:
    """Its period goes on with `billing_cycle_anchor=unchanged`; otherwise a new one begins, and is paid."""
    row = store.fetch(subscriptions.KIND, call.object_id)
    for name in call.params.keys() - _RESUMING:
        raise errors.NotSimulated(f"resuming with {name}", param=name)
    if row.data["status"] != "paused":
        raise errors.InvalidRequest(
            "This subscription cannot be resumed, because it is not paused. "
            "To collect payments again, unset `pause_collection`."
        )
    with clocks.at(row.data["test_clock"]):
        before = copy.deepcopy(row.data)
        row.data["status"] = "active"
        row.data.pop("status_details", None)
        runs_on = call.params.get("billing_cycle_anchor", {}).get("type") == "unchanged"
        if runs_on and cycles.period_end(row.data) > store.now():
            cycles.schedule(row)
            changes.save(row, before, "customer.subscription.resumed", call)
            return lists.plain(row)
        row.data["billing_cycle_anchor"] = store.now()
        cycles.roll(row.data, store.now())
        invoice = invoicing.draft(row, "subscription_update")
        cycles.schedule(row)
        changes.save(row, before, "customer.subscription.resumed", call)
        invoicing.finalize(invoice)
        collecting.attempt(invoice)
    return lists.plain(store.fetch(subscriptions.KIND, row.object_id))
