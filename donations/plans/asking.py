"""What a donor or staff may ask of a plan. Each is asked of Stripe, and then read back from it.

Each verb raises `Unavailable` (Stripe did not answer: the plan is as it was, or will be shown as it is
within minutes; asking again is safe) or `Refused` (the plan cannot do that).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from donations import gateway
from donations.models import EndReason, PlanStatus, RecurringDonation
from donations.plans import stopping, telling

logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """Stripe did not answer. Asking again is safe."""


class Refused(Exception):
    """Stripe will not do it, or the plan is not one that it can be done to."""


def change_amount(plan: RecurringDonation, amount_cents: int) -> None:
    """Give another amount from the next payment on; nothing is charged or given back now."""
    subscription_id = _running(plan)
    if amount_cents <= 0:
        raise ValueError("a gift is more than nothing")
    if amount_cents == plan.amount_cents:
        return
    with _asked(plan):
        gateway.change_amount(subscription_id, amount_cents, key=_key(plan, f"amount-{amount_cents}"))


def pause(plan: RecurringDonation) -> None:
    """Charge nothing until it is resumed. A payment that is due meanwhile is not made up for."""
    subscription_id = _running(plan)
    if plan.status != PlanStatus.PAUSED:
        with _asked(plan):
            gateway.pause_subscription(subscription_id, key=_key(plan, "pause"))


def resume(plan: RecurringDonation) -> None:
    """Charge again, from the next payment that was planned on."""
    subscription_id = _running(plan)
    if plan.status == PlanStatus.PAUSED:
        with _asked(plan):
            gateway.resume_subscription(subscription_id, key=_key(plan, "resume"))


def cancel(plan: RecurringDonation, *, reason: EndReason, comment: str = "") -> bool:
    """End the plan now: nothing more is charged, and nothing given back.

    The wish is kept whatever happens: True when Stripe has ended it, False when Stripe did not answer and
    will be asked again within minutes. Raises nothing for Stripe's sake.
    """
    stopping.stop(plan, reason, comment)
    try:
        stopping.carry_out(plan)
    except (gateway.Unavailable, gateway.Refused) as error:
        logger.warning("plan %s is to end, but not yet: %s", plan.public_id, error)
    return plan.status == PlanStatus.ENDED


def payment_page(plan: RecurringDonation, *, return_url: str) -> str:
    """The address of Stripe's page where the card or the account is changed, good for some minutes."""
    _running(plan)
    with _translated():
        return gateway.open_payment_page(
            plan.stripe_customer_id, language=plan.language, return_url=return_url
        )


def _running(plan: RecurringDonation) -> str:
    """The subscription of a plan that has begun and is not to end. Raises `Refused`."""
    plan.refresh_from_db()
    if plan.status in (PlanStatus.PENDING, PlanStatus.ENDED) or plan.stop_requested_at is not None:
        raise Refused(f"the plan {plan.public_id} has not begun, or has ended")
    return plan.stripe_subscription_id or ""


def _key(plan: RecurringDonation, what: str) -> str:
    """The same for a double click; another one once the plan has been seen to have changed."""
    seen = plan.checked_at.isoformat() if plan.checked_at else ""
    return f"plan-{plan.public_id}-{what}-{seen}"


@contextmanager
def _asked(plan: RecurringDonation) -> Iterator[None]:
    """Ask, then read back what has become of it. Where only that fails, a sweep reads it within minutes."""
    with _translated():
        yield
    try:
        telling.refresh(plan)
    except (gateway.Unavailable, gateway.Refused) as error:
        logger.warning("plan %s was changed, and could not be read back: %s", plan.public_id, error)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except gateway.Unavailable as error:
        raise Unavailable(str(error)) from error
    except gateway.Refused as error:
        raise Refused(str(error)) from error
