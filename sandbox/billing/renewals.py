"""Time passing: everything that is due by then happens, one after the other, each at its moment."""

import logging
from functools import partial

from django import db

from sandbox import store
from sandbox.billing import collecting, cycles, invoicing
from sandbox.models import StripeObject, StripeObjectQuerySet
from sandbox.resources import invoices, subscriptions

_KINDS = [subscriptions.KIND, invoices.KIND]
_FOREVER = 2**40
_AFTER_TROUBLE = 60 * 60

logger = logging.getLogger(__name__)


def run_due(until: int | None = None, subscription_id: str | None = None) -> int:
    """Do what is due by `until` (Unix time; the present, if None) outside test clocks; how many steps.

    Repeating it is safe. A moment to come is played as though it had: what is made bears its time.
    With `subscription_id`, only that subscription moves.
    """
    rows = _clockless()
    if subscription_id:
        rows = _of_subscription(rows, subscription_id)
    return play(rows, store.now() if until is None else until, patient=True)


def bring_next(subscription: StripeObject) -> None:
    """Let its next payment come at once: the next attempt on an open invoice, or else the renewal."""
    open_ones = _of_subscription(_rows(subscription), subscription.object_id).of_kind(invoices.KIND)
    retried = _due(open_ones).first()
    until = retried.private["due"] if retried else cycles.period_end(subscription.data) + invoicing.DRAFT_FOR
    play(_of_subscription(_rows(subscription), subscription.object_id), max(until, store.now()))


def _rows(subscription: StripeObject) -> StripeObjectQuerySet:
    clock = subscription.data["test_clock"]
    return of_clock(clock) if clock else _clockless()


def play(rows: StripeObjectQuerySet, until: int, *, patient: bool = False) -> int:
    """Play all that is due among `rows` by `until`, the earliest first.

    What fails ends it; with `patient`, it is logged and tried again an hour later, and the others go on.
    """
    steps = 0
    while (found := _due(rows, until).first()) is not None:
        try:
            with store.at(found.private["due"]):
                store.retrying(partial(_step, found.object_id))
        except store.Changed:
            break  # others are at it: the next sweep looks again
        except db.Error:
            raise
        except Exception:
            if not patient:
                raise
            logger.exception("%s could not be billed", found.object_id)
            found.private["due"] = until + _AFTER_TROUBLE
            store.save(found)
        steps += 1
    return steps


def _due(rows: StripeObjectQuerySet, until: int = _FOREVER) -> StripeObjectQuerySet:
    """What is due by then, the earliest first.

    Both bounds are needed to leave out what is never due: among JSON, PostgreSQL has null below
    every number, and SQLite above.
    """
    return rows.filter(private__due__gt=0, private__due__lte=until).order_by("private__due", "pk")


def of_clock(clock_id: str) -> StripeObjectQuerySet:
    return StripeObject.objects.filter(kind__in=_KINDS, data__test_clock=clock_id)


def _clockless() -> StripeObjectQuerySet:
    return StripeObject.objects.filter(kind__in=_KINDS, data__test_clock=None)


def _of_subscription(rows: StripeObjectQuerySet, subscription_id: str) -> StripeObjectQuerySet:
    own = rows.filter(object_id=subscription_id)
    return own | rows.filter(data__parent__subscription_details__subscription=subscription_id)


def _step(object_id: str) -> None:
    row = StripeObject.objects.get(object_id=object_id)
    due = row.private["due"]
    if due is None or due > store.now():
        return  # somebody else was faster
    if row.kind == subscriptions.KIND:
        cycles.step(row)
    elif row.data["status"] == "draft":
        invoicing.finalize(row)
        collecting.attempt(row)
    else:
        collecting.attempt(row)
