"""The end of a subscription: asked for, at the end of its period, or because nobody pays.

Every function here belongs in the caller's transaction.
"""

import copy

from sandbox import errors, events, lists, store
from sandbox.billing import invoicing
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import invoices, subscriptions

ENDED = {"canceled", "incomplete_expired"}
_UNSIMULATED = {"invoice_now", "prorate"}


def cancel(call: Call) -> dict[str, object]:
    """`DELETE /v1/subscriptions/{id}`: at once, and nothing is given back."""
    row = store.fetch(subscriptions.KIND, call.object_id)
    if row.data["status"] in ENDED:
        raise errors.NotFound(f"No such subscription: '{row.object_id}'", code="resource_missing", param="id")
    for name in _UNSIMULATED & call.params.keys():
        if call.params[name]:
            raise errors.NotSimulated(f"canceling with {name}", param=name)
    details = call.params.get("cancellation_details", {})
    row.data["cancellation_details"] |= {
        name: details[name] or None for name in ("comment", "feedback") if name in details
    }
    end(row, "cancellation_requested", call)
    return lists.plain(row)


def end(subscription: StripeObject, reason: str, call: Call | None = None) -> None:
    """End it now: no invoice follows, and no payment of an open one is tried again.

    A draft goes on: Stripe stops what is finalized.
    """
    now = store.now()
    subscription.data |= {
        "cancel_at_period_end": False,
        "canceled_at": subscription.data["canceled_at"] or now,
        "ended_at": now,
        "pause_collection": None,
        "status": "canceled",
    }
    subscription.data["cancellation_details"]["reason"] = reason
    subscription.private["due"] = None
    store.save(subscription)
    for invoice in _unpaid(subscription, "open"):
        invoicing.stop_collecting(invoice)
    events.emit("customer.subscription.deleted", subscription.data, call)


def expire(subscription: StripeObject) -> None:
    """The first invoice was not paid in time."""
    before = copy.deepcopy(subscription.data)
    subscription.data |= {"ended_at": store.now(), "status": "incomplete_expired"}
    subscription.private["due"] = None
    store.save(subscription)
    for invoice in _unpaid(subscription, "draft", "open"):
        invoicing.void(invoice)
    events.emit("customer.subscription.updated", subscription.data, None, {"status": before["status"]})


def _unpaid(subscription: StripeObject, *statuses: str) -> list[StripeObject]:
    rows = StripeObject.objects.of_kind(invoices.KIND).filter(
        data__parent__subscription_details__subscription=subscription.object_id,
        data__status__in=statuses,
    )
    return list(rows)
