"""Recurring gifts: what Stripe says of them, what becomes of each payment, and what is asked of Stripe.

Stripe's subscription is the truth about a plan; only this package moves a plan's status. Nothing here
uses the network within a transaction.
"""

from donations.plans.asking import (
    Refused,
    Unanswered,
    Unavailable,
    cancel,
    change_amount,
    pause,
    payment_page,
    resume,
)
from donations.plans.starting import abandon, find, start
from donations.plans.stopping import carry_out, stop
from donations.plans.telling import refresh

__all__ = [
    "Refused",
    "Unanswered",
    "Unavailable",
    "abandon",
    "cancel",
    "carry_out",
    "change_amount",
    "find",
    "pause",
    "payment_page",
    "refresh",
    "resume",
    "start",
    "stop",
]
