"""Make an invoice for a subscription, open it for payment, or close it unpaid.

Every function here belongs in the caller's transaction.
"""

from django.urls import reverse

from sandbox import events, store
from sandbox.models import StripeObject
from sandbox.resources import customers, invoice_payments, invoices, payment_intents

# A draft may be changed for an hour before it is final (docs.stripe.com/billing/invoices/subscription).
DRAFT_FOR = 60 * 60


def draft(subscription: StripeObject, reason: str) -> StripeObject:
    """The invoice of the subscription's current period; the caller saves the subscription."""
    data = subscription.data
    customer = store.fetch(customers.KIND, data["customer"])
    invoice = invoices.draft(data, customer.data, reason)
    row = store.add(invoice, private={"site": subscription.private["site"], "due": None})
    data["latest_invoice"] = row.object_id
    events.emit("invoice.created", row.data, None)
    return row


def finalize_later(invoice: StripeObject) -> None:
    due = invoice.data["created"] + DRAFT_FOR
    invoice.data |= {"automatically_finalizes_at": due, "next_payment_attempt": due}
    invoice.private["due"] = due
    store.save(invoice)


def finalize(invoice: StripeObject, intent: StripeObject | None = None) -> StripeObject:
    """Give the invoice its number and its payment: `intent`, where one was begun already."""
    data = invoice.data
    data |= {
        "automatically_finalizes_at": None,
        "effective_at": store.now(),
        "hosted_invoice_url": invoice.private["site"] + reverse("sandbox:invoice", args=[data["id"]]),
        "invoice_pdf": None,
        "next_payment_attempt": None,
        "number": _number(data["customer"]),
        "status": "open",
    }
    data["status_transitions"]["finalized_at"] = store.now()
    invoice.private["due"] = None
    store.save(invoice)
    begun = intent or _intent(invoice)
    invoice_payments.start(data, begun.object_id)
    events.emit("invoice.finalized", data, None)
    return begun


def void(invoice: StripeObject) -> None:
    _close(invoice, "void", "voided_at")
    events.emit("invoice.voided", invoice.data, None)


def give_up(invoice: StripeObject) -> None:
    _close(invoice, "uncollectible", "marked_uncollectible_at")
    events.emit("invoice.marked_uncollectible", invoice.data, None)


def stop_collecting(invoice: StripeObject) -> None:
    """Leave the invoice as it is: nobody tries again by themselves."""
    invoice.data |= {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
    invoice.private["due"] = None
    store.save(invoice)


def _close(invoice: StripeObject, status: str, when: str) -> None:
    invoice.data |= {"auto_advance": False, "next_payment_attempt": None, "status": status}
    invoice.data["status_transitions"][when] = store.now()
    invoice.private["due"] = None
    store.save(invoice)


def _intent(invoice: StripeObject) -> StripeObject:
    data = invoice.data
    asked = {
        "id": "",
        "amount_total": data["amount_due"],
        "currency": data["currency"],
        "customer": data["customer"],
        "payment_method_types": ["card", "sepa_debit"],
    }
    intent = payment_intents.start(asked, {"description": _DESCRIPTIONS[data["billing_reason"]]})
    events.emit("payment_intent.created", intent.data, None)
    return intent


_DESCRIPTIONS = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}


def _number(customer_id: str) -> str:
    customer = store.fetch(customers.KIND, customer_id)
    sequence = customer.data["next_invoice_sequence"]
    customer.data["next_invoice_sequence"] = sequence + 1
    store.save(customer)
    return f"{customer.data['invoice_prefix']}-{sequence:04}"
