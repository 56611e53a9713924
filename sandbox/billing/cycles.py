"""What time does to a subscription: the notice before a charge, the renewal, the end of a pause or of all.

`private["due"]` is the next moment at which something must happen to it.
"""

import copy
from typing import Any

from sandbox import changes, events, store
from sandbox.billing import ending, invoicing, periods
from sandbox.models import StripeObject
from sandbox.resources import customers, invoices

_DAY = 24 * 60 * 60
_NOTICE = 7 * _DAY  # Stripe's default for invoice.upcoming
_FIRST_PAYMENT_WITHIN = 23 * 60 * 60


def schedule(subscription: StripeObject) -> None:
    """Set when to look at it next; the caller saves it."""
    data = subscription.data
    if data["status"] in ending.ENDED | {"paused"}:
        subscription.private["due"] = None
        return
    if data["status"] == "incomplete":
        subscription.private["due"] = data["created"] + _FIRST_PAYMENT_WITHIN
        return
    end = period_end(data)
    moments = [end, data["cancel_at"], (data["pause_collection"] or {}).get("resumes_at")]
    if _notice_owed(subscription):
        moments.append(end - _NOTICE)
    subscription.private["due"] = min(moment for moment in moments if moment is not None)


def step(subscription: StripeObject) -> None:
    """Do what is due at this moment, one thing at a time."""
    data, now = subscription.data, store.now()
    if data["status"] == "incomplete":
        ending.expire(subscription)
    elif ((data["pause_collection"] or {}).get("resumes_at") or now + 1) <= now:
        _resume(subscription)
    elif (data["cancel_at"] or now + 1) <= now:
        ending.end(subscription, "cancellation_requested")
    elif period_end(data) <= now:
        _renew(subscription)
    else:
        _announce(subscription)


def period_end(data: dict[str, Any]) -> int:
    end: int = data["items"]["data"][0]["current_period_end"]
    return end


def _renew(subscription: StripeObject) -> None:
    before = copy.deepcopy(subscription.data)
    start = period_end(subscription.data)
    roll(subscription.data, start)
    invoice = invoicing.draft(subscription, "subscription_cycle")
    invoice.data["period_start"] = before["items"]["data"][0]["current_period_start"]
    invoice.data["period_end"] = start
    schedule(subscription)
    changes.save(subscription, before, "customer.subscription.updated")
    match (subscription.data["pause_collection"] or {}).get("behavior"):
        case None:
            invoicing.finalize_later(invoice)
        case "keep_as_draft":
            invoicing.stop_collecting(invoice)
        case "void":
            invoicing.finalize(invoice)
            invoicing.void(invoice)
        case _:
            invoicing.finalize(invoice)
            invoicing.give_up(invoice)


def roll(data: dict[str, Any], start: int) -> None:
    """Let a new period begin at `start`."""
    for item in data["items"]["data"]:
        recurring = item["price"]["recurring"]
        item["current_period_start"] = start
        item["current_period_end"] = periods.following(
            data["billing_cycle_anchor"], start, recurring["interval"], recurring["interval_count"]
        )


def _resume(subscription: StripeObject) -> None:
    before = copy.deepcopy(subscription.data)
    subscription.data["pause_collection"] = None
    schedule(subscription)
    changes.save(subscription, before, "customer.subscription.updated")


def _notice_owed(subscription: StripeObject) -> bool:
    data = subscription.data
    ends = data["cancel_at_period_end"] or (data["cancel_at"] or period_end(data) + 1) <= period_end(data)
    told = subscription.private.get("announced") == period_end(data)
    return not (told or ends or data["pause_collection"])


def _announce(subscription: StripeObject) -> None:
    """`invoice.upcoming`: the invoice as it would be, which has no id yet."""
    end = period_end(subscription.data)
    subscription.private["announced"] = end
    schedule(subscription)
    store.save(subscription)
    preview = copy.deepcopy(subscription.data)
    roll(preview, end)
    customer = store.fetch(customers.KIND, preview["customer"])
    invoice = invoices.draft(preview, customer.data, "upcoming")
    invoice |= {"created": end, "next_payment_attempt": end + invoicing.DRAFT_FOR, "period_end": end}
    events.emit("invoice.upcoming", {key: value for key, value in invoice.items() if key != "id"}, None)
