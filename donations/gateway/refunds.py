"""Money given back: asked for, and read with what it moved."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal
from uuid import UUID

import stripe
from stripe.params import RefundCreateParams

from donations.gateway.asking import Unavailable, asking, beyond_old_failures, client, id_of, noted
from donations.gateway.records import GivenBack

_PAGE = 100  # the most that Stripe gives at once
_STATUSES: dict[str, Literal["pending", "succeeded", "failed"]] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
_MOVED = ["balance_transaction", "failure_balance_transaction"]

Why = Literal["duplicate", "fraudulent", "requested_by_customer"]


def give_back(
    *, charge_id: str, amount_cents: int, reference: UUID, donation: UUID, reason: Why
) -> GivenBack:
    """Give so much of a charge back. Repeating it with the same reference gives back once.

    Raises `Unavailable` (it may have been made: look for it with `fetch_reversals`, and only then ask
    again with the same reference) or `Refused`.
    """
    params: RefundCreateParams = {
        "charge": charge_id,
        "amount": amount_cents,
        "reason": reason,
        "metadata": {"refund": str(reference), "donation": str(donation)},
        "expand": _MOVED,
    }
    first = f"refund-{reference}"

    def made(key: str) -> stripe.Refund:
        # A failure of Stripe's may have made it all the same, after whoever asks now had looked for it.
        known = None if key == first else _made_before(charge_id, reference)
        return known or client().v1.refunds.create(params, {"idempotency_key": key, "max_network_retries": 0})

    with asking():
        # Tried again at once, a failure would look like one of long ago and be passed by: so the library
        # tries once, and the next try is the caller's.
        return read(beyond_old_failures(made, first))


def of_charge(charge_id: str) -> tuple[GivenBack, ...]:
    """Every refund of a charge, oldest first. Called within `asking`."""
    found = (read(each) for each in _listed(charge_id) if not was_only_held(each.balance_transaction))
    return tuple(sorted(found, key=lambda made: made.created_at))


def _made_before(charge_id: str, reference: UUID) -> stripe.Refund | None:
    return next((each for each in _listed(charge_id) if _reference(each) == str(reference)), None)


def _listed(charge_id: str) -> Iterator[stripe.Refund]:
    pages = client().v1.refunds.list(
        {"charge": charge_id, "limit": _PAGE, "expand": [f"data.{name}" for name in _MOVED]}
    )
    yield from pages.auto_paging_iter()


def _reference(refund: stripe.Refund) -> str:
    """Which of our refunds it names; empty for one that was made in the dashboard."""
    return noted(refund.metadata, "refund")


def was_only_held(balance: object) -> bool:
    """Whether it takes back what a capture left of the money that was held: nobody had given that.

    docs.stripe.com/reports/reporting-categories
    """
    return getattr(balance, "reporting_category", "") == "partial_capture_reversal"


def read(refund: stripe.Refund) -> GivenBack:
    """The record of a refund that came with its balance transactions. Raises `Unavailable`."""
    status = _STATUSES.get(refund.status or "")
    if status is None:
        raise Unavailable(f"{refund.id} has the unknown status {refund.status!r}")
    taken = _moved_at(refund, refund.balance_transaction)
    returned = _moved_at(refund, getattr(refund, "failure_balance_transaction", None))
    if (status == "succeeded" and taken is None) or (status == "failed" and taken and returned is None):
        # Stripe writes its books within moments of the change; until then the day is not known.
        raise Unavailable(f"{refund.id} has no balance transaction yet")
    return GivenBack(
        refund_id=refund.id,
        charge_id=id_of(refund.charge),
        amount_cents=refund.amount,
        currency=refund.currency.upper(),
        fee_cents=getattr(refund.balance_transaction, "fee", 0),
        status=status,
        created_at=dt.datetime.fromtimestamp(refund.created, tz=dt.UTC),
        taken_at=taken,
        returned_at=returned,
        reference=_reference(refund),
    )


def _moved_at(refund: stripe.Refund, balance: object) -> dt.datetime | None:
    if balance is None:
        return None
    if not isinstance(balance, stripe.BalanceTransaction):
        raise Unavailable(f"{refund.id} came without its balance transaction")
    return dt.datetime.fromtimestamp(balance.created, tz=dt.UTC)
