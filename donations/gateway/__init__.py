"""Stripe, as the rest of the project sees it: the only package that imports its library.

Answers are turned into small frozen records, errors into two: `Unavailable` (nothing is known to
have happened; try again) and `Refused` (Stripe understood and said no: asking again is useless).
"""

from donations.gateway.asking import Refused, Unavailable, is_live
from donations.gateway.books import fetch_owner, movements
from donations.gateway.checkouts import expire_checkout, fetch_checkout, open_checkout
from donations.gateway.endpoints import Endpoint, api_version, endpoints
from donations.gateway.events import BadEvent, Event, read_event
from donations.gateway.records import (
    Checkout,
    CheckoutState,
    Movement,
    MovementKind,
    Owner,
    Payment,
    Standing,
)

__all__ = [
    "BadEvent",
    "Checkout",
    "CheckoutState",
    "Endpoint",
    "Event",
    "Movement",
    "MovementKind",
    "Owner",
    "Payment",
    "Refused",
    "Standing",
    "Unavailable",
    "api_version",
    "endpoints",
    "expire_checkout",
    "fetch_checkout",
    "fetch_owner",
    "is_live",
    "movements",
    "open_checkout",
    "read_event",
]
