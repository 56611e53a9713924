"""Cards grow old: their date comes near, passes, or is moved on by the bank that issues them.

Stripe announces no card that is about to expire (`customer.source.expiring` is for its older
sources only): whoever wants to warn a donor reads `card.exp_month` and `card.exp_year`.
"""

import copy
from datetime import UTC, datetime
from typing import Any

from sandbox import changes, store
from sandbox.models import StripeObject

_YEARS = 3


def expired(card: dict[str, Any]) -> bool:
    """Whether its last month is over."""
    today = _today()
    return bool((card["exp_year"], card["exp_month"]) < (today.year, today.month))


def expire_soon(method: StripeObject) -> None:
    """Let this month be its last, as if it had been so from the start: Stripe tells nobody."""
    today = _today()
    method.data["card"] |= {"exp_month": today.month, "exp_year": today.year}
    store.save(method)


def reissue(method: StripeObject) -> None:
    """The bank sends its holder a new card with a later date, and the network tells Stripe."""
    before = copy.deepcopy(method.data)
    method.data["card"]["exp_year"] = max(method.data["card"]["exp_year"], _today().year) + _YEARS
    changes.save(method, before, "payment_method.automatically_updated")


def _today() -> datetime:
    return datetime.fromtimestamp(store.now(), tz=UTC)
