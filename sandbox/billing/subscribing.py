"""A subscription begins: its first invoice was paid, or is being debited, on the hosted payment page."""

from typing import Any

from sandbox import events, store
from sandbox.billing import collecting, cycles, invoicing, periods
from sandbox.models import StripeObject
from sandbox.resources import customers, subscription_items, subscriptions


def customer_for(session: StripeObject, details: dict[str, Any]) -> str:
    """The payer's customer, made at the first try to pay and kept for the next."""
    customer: str | None = session.data["customer"] or session.private.get("customer")
    if customer is None:
        contact = {key: details[key] for key in ("email", "name") if details[key]}
        customer = session.private["customer"] = str(customers.make(None, contact)["id"])
    return customer


def begin(session: StripeObject, intent: StripeObject, *, paid: bool) -> None:
    """Make the subscription that `session` sells and its first invoice, collected by `intent`.

    The caller saves the session. Without `paid` the money is on its way: the subscription runs
    already, and the invoice stays open until the bank has answered.
    """
    customer = store.fetch(customers.KIND, intent.data["customer"])
    method = store.fetch("payment_method", intent.data["payment_method"])
    if method.data["customer"] is None:
        method.data["customer"] = customer.object_id
        store.save(method)
    events.emit("payment_method.attached", method.data, None)
    subscription = _start(session, customer.data, method.object_id)
    invoice = invoicing.draft(subscription, "subscription_create")
    store.save(subscription)
    events.emit("customer.subscription.created", subscription.data, None)
    invoicing.finalize(invoice, intent)
    session.data |= {
        "customer": customer.object_id,
        "invoice": invoice.object_id,
        "subscription": subscription.object_id,
    }
    if paid:
        collecting.paid(invoice)
    else:
        collecting.count_attempt(invoice)
        collecting.on_its_way(invoice)


def _start(session: StripeObject, customer: dict[str, Any], method: str) -> StripeObject:
    asked = session.private["subscription_data"]
    data = subscriptions.blank(
        customer=customer,
        currency=session.data["currency"],
        method=method,
        description=asked.get("description"),
        metadata={key: text for key, text in (asked.get("metadata") or {}).items() if text},
    )
    for line in session.private["line_items"]:
        price, start = line["price"], data["created"]
        recurring = price["recurring"]
        end = periods.following(start, start, recurring["interval"], recurring["interval_count"])
        item = subscription_items.blank(data["id"], price, line["quantity"], start, end)
        data["items"]["data"].append(item)
    row = store.add(data, private={"site": session.private["site"], "due": None})
    cycles.schedule(row)
    return row
