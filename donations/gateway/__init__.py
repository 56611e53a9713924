"""Stripe, as the rest of the project sees it: the only package that imports its library.

Answers are turned into small frozen records, errors into two: `Unavailable` (nothing is known to
have happened; try again) and `Refused` (Stripe understood and said no: asking again is useless).
"""

from donations.gateway.asking import Refused, Unavailable, is_live
from donations.gateway.books import fetch_owner, movements
from donations.gateway.checkouts import expire_checkout, fetch_checkout, open_checkout
from donations.gateway.disputes import fetch_reversals, fetch_warning
from donations.gateway.endpoints import Endpoint, api_version, endpoints
from donations.gateway.events import BadEvent, Event, read_event
from donations.gateway.records import (
    Checkout,
    CheckoutState,
    Contest,
    Contested,
    GivenBack,
    Movement,
    MovementKind,
    Owner,
    Payment,
    Reversals,
    Standing,
    Warned,
)
from donations.gateway.refunds import Why, give_back

__all__ = [
    "BadEvent",
    "Checkout",
    "CheckoutState",
    "Contest",
    "Contested",
    "Endpoint",
    "Event",
    "GivenBack",
    "Movement",
    "MovementKind",
    "Owner",
    "Payment",
    "Refused",
    "Reversals",
    "Standing",
    "Unavailable",
    "Warned",
    "Why",
    "api_version",
    "endpoints",
    "expire_checkout",
    "fetch_checkout",
    "fetch_owner",
    "fetch_reversals",
    "fetch_warning",
    "give_back",
    "is_live",
    "movements",
    "open_checkout",
    "read_event",
]
