"""Stripe, as the rest of the project sees it: the only package that imports its library.

Answers are turned into small frozen records, errors into two: `Unavailable` (nothing is known to
have happened; try again) and `Refused` (Stripe understood and said no: asking again is useless).
"""

from donations.gateway.asking import Refused, Unavailable, is_live
from donations.gateway.books import fetch_owner, movements
from donations.gateway.checkouts import expire_checkout, fetch_checkout, open_checkout
from donations.gateway.events import BadEvent, Event, read_event
from donations.gateway.invoices import fetch_invoice, fetch_mandate
from donations.gateway.records import (
    Checkout,
    CheckoutState,
    Interval,
    Invoice,
    InvoiceStanding,
    Movement,
    MovementKind,
    Order,
    Owner,
    Payment,
    Standing,
    Subscription,
    SubscriptionStatus,
)
from donations.gateway.subscriptions import (
    cancel_subscription,
    change_amount,
    fetch_subscription,
    open_payment_page,
    pause_subscription,
    resume_subscription,
)

__all__ = [
    "BadEvent",
    "Checkout",
    "CheckoutState",
    "Event",
    "Interval",
    "Invoice",
    "InvoiceStanding",
    "Movement",
    "MovementKind",
    "Order",
    "Owner",
    "Payment",
    "Refused",
    "Standing",
    "Subscription",
    "SubscriptionStatus",
    "Unavailable",
    "cancel_subscription",
    "change_amount",
    "expire_checkout",
    "fetch_checkout",
    "fetch_invoice",
    "fetch_mandate",
    "fetch_owner",
    "fetch_subscription",
    "is_live",
    "movements",
    "open_checkout",
    "open_payment_page",
    "pause_subscription",
    "read_event",
    "resume_subscription",
]
