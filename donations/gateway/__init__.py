"""Stripe, as the rest of the project sees it: the only package that imports its library.

Answers are turned into small frozen records, errors into two: `Unavailable` (nothing is known to
have happened; try again) and `Refused` (Stripe understood and said no: asking again is useless).
"""

from donations.gateway.asking import Refused, Unavailable, is_live, why
from donations.gateway.books import fetch_owner, movements
from donations.gateway.checkouts import expire_checkout, fetch_checkout, open_checkout
from donations.gateway.customers import change_customer_email, forget_customer
from donations.gateway.disputes import fetch_reversals, fetch_warning
from donations.gateway.endpoints import Endpoint, api_version, endpoints
from donations.gateway.events import BadEvent, Event, read_event
from donations.gateway.holds import capture, let_go
from donations.gateway.invoices import fetch_invoice, fetch_mandate, find_invoice
from donations.gateway.records import (
    Checkout,
    CheckoutState,
    Contest,
    Contested,
    GivenBack,
    Interval,
    Invoice,
    InvoiceStanding,
    Movement,
    MovementKind,
    Order,
    Owner,
    Payment,
    Reversals,
    Standing,
    Subscription,
    SubscriptionStatus,
    Warned,
)
from donations.gateway.refunds import Why, give_back
from donations.gateway.subscriptions import (
    cancel_subscription,
    change_amount,
    fetch_subscription,
    open_payment_page,
    pause_subscription,
    pay_with,
    payment_page_is_set_up,
    resume_subscription,
    void_invoice,
)

__all__ = [
    "BadEvent",
    "Checkout",
    "CheckoutState",
    "Contest",
    "Contested",
    "Endpoint",
    "Event",
    "GivenBack",
    "Interval",
    "Invoice",
    "InvoiceStanding",
    "Movement",
    "MovementKind",
    "Order",
    "Owner",
    "Payment",
    "Refused",
    "Reversals",
    "Standing",
    "Subscription",
    "SubscriptionStatus",
    "Unavailable",
    "Warned",
    "Why",
    "api_version",
    "cancel_subscription",
    "capture",
    "change_amount",
    "change_customer_email",
    "endpoints",
    "expire_checkout",
    "fetch_checkout",
    "fetch_invoice",
    "fetch_mandate",
    "fetch_owner",
    "fetch_reversals",
    "fetch_subscription",
    "fetch_warning",
    "find_invoice",
    "forget_customer",
    "give_back",
    "is_live",
    "let_go",
    "movements",
    "open_checkout",
    "open_payment_page",
    "pause_subscription",
    "pay_with",
    "payment_page_is_set_up",
    "read_event",
    "resume_subscription",
    "void_invoice",
    "why",
]
