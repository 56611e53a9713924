"""What a donor or staff may ask of a plan. Each is asked of Stripe, and then read back from it.

Each verb raises `Unavailable` (Stripe did not answer: nothing has changed), `Unanswered` (it was asked, and
may have done it: the plan will be shown as it is within minutes) or `Refused` (the plan cannot do that).
Asking again, or for something else, is safe: the last wish is the one that stands.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from donations import gateway, payments
from donations.models import EndReason, PlanStatus, RecurringDonation
from donations.plans import renewals, stopping, telling

logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """Stripe did not answer. Asking again is safe."""


class Unanswered(Unavailable):
    """Stripe was asked for a change and did not answer: nobody knows yet whether it was made."""


class Refused(Exception):
    """Stripe will not do it, or the plan is not one that it can be done to."""


def change_amount(plan: RecurringDonation, amount_cents: int) -> None:
    """Give another amount from the next payment on; nothing is charged or given back now."""
    if amount_cents <= 0:
        raise ValueError("a gift is more than nothing")
    subscription_id = _compared(plan)
    _asking_more(plan)
    if amount_cents == plan.amount_cents:
        return
    with _asked(plan):
        gateway.change_amount(subscription_id, amount_cents, key=_key(plan, f"amount-{amount_cents}"))


def pause(plan: RecurringDonation) -> None:
    """Charge nothing until it is resumed. A payment that is due meanwhile is not made up for."""
    subscription_id = _compared(plan)
    _asking_more(plan)
    if plan.status != PlanStatus.PAUSED:
        renewals.hear_of_debit(plan)
        with _asked(plan):
            gateway.pause_subscription(subscription_id, key=_key(plan, "pause"))


def resume(plan: RecurringDonation) -> None:
    """Charge again, from the next payment that was planned on."""
    subscription_id = _compared(plan)
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
    except (gateway.Unavailable, gateway.Refused, payments.Impossible) as error:
        logger.warning("plan %s is to end, but not yet: %s", plan.public_id, error)
    return plan.status == PlanStatus.ENDED


def payment_page(plan: RecurringDonation, *, return_url: str) -> str:
    """The address of Stripe's page where the card or the account is changed, good for some minutes."""
    plan.refresh_from_db()
    _running(plan)
    with _translated():
        return gateway.open_payment_page(
            plan.stripe_customer_id, language=plan.language, return_url=return_url
        )


def _compared(plan: RecurringDonation) -> str:
    """The subscription of a plan that is going on, as Stripe says of it now. Raises as the verbs do.

    Our row may be older than the last wish, whose answer was lost. What it says is no reason not to ask.
    """
    plan.refresh_from_db()
    _running(plan)
    with _translated():
        telling.refresh(plan)
    return _running(plan)


def _running(plan: RecurringDonation) -> str:
    """The subscription of a plan that has begun and is not to end. Raises `Refused`."""
    if plan.status in (PlanStatus.PENDING, PlanStatus.ENDED) or plan.stop_requested_at is not None:
        raise Refused(f"the plan {plan.public_id} has not begun, or has ended")
    return plan.stripe_subscription_id or ""


def _asking_more(plan: RecurringDonation) -> None:
    """Raises `Refused` for a plan that is set to end with the period that is paid for."""
    if plan.asks_no_more:
        raise Refused(f"the plan {plan.public_id} ends before another payment")


def _key(plan: RecurringDonation, what: str) -> str:
    """Of one wish alone: comparing the plan has just given it a time that no other call has.

    Stripe would answer an older key with what it once answered, and do nothing.
    """
    return f"plan-{plan.public_id}-{what}-{plan.checked_at:%Y%m%dT%H%M%S.%f}"


@contextmanager
def _asked(plan: RecurringDonation) -> Iterator[None]:
    """Ask, then read back what has become of it. Where that fails, Stripe's own event has it read."""
    try:
        with _translated():
            yield
    except Unavailable as error:
        raise Unanswered(str(error)) from error
    try:
        telling.refresh(plan)
    except (gateway.Unavailable, gateway.Refused, payments.Impossible) as error:
        logger.warning("plan %s was changed, and could not be read back: %s", plan.public_id, error)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except gateway.Unavailable as error:
        raise Unavailable(str(error)) from error
    except (gateway.Refused, payments.Impossible) as error:
        raise Refused(str(error)) from error
