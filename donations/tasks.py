"""Celery's door. A message only wakes a worker: what there is to do lies in the database."""

from contextlib import suppress
from typing import Any

from celery import Task, shared_task
from django.db import transaction

from donations import (
    checkout,
    comparison,
    gateway,
    guard,
    receipts,
    reconcile,
    refunds,
    reversals,
    review,
    webhooks,
)
from donations.donors import (
    email_change,
    erasure,
    sessions,
    sign_in,
)
from donations.models import Donation
from donations.plans import announcing, readdressing, watching


@shared_task
def process_event(event_pk: int) -> None:
    webhooks.process(event_pk)


@shared_task
def process_events() -> None:
    """Handle what is due, whoever should have been woken for it."""
    for event_pk in webhooks.waiting():
        webhooks.process(event_pk)


@shared_task
def reconcile_pending() -> None:
    reconcile.sweep()


@shared_task
def compare_with_stripe() -> None:
    """When a person asks for it. What came of it, or what stopped it, lies in its row."""
    with suppress(gateway.Unavailable, gateway.Refused):
        comparison.compare()


@shared_task
def compare_nightly() -> None:
    """Asked again and again until the morning: no message waits for it, so none is lost or doubled."""
    if comparison.is_due():
        compare_with_stripe()


@shared_task
def review_held() -> None:
    """Finish what was decided about held gifts, and see which of them run out."""
    review.sweep()


@shared_task
def send_refunds() -> None:
    """Ask Stripe for what it could not be asked for when it was decided: refunds, the end of a plan."""
    refunds.sweep()
    reversals.sweep()
    reversals.stop_contested_plans()


@shared_task
def make_documents() -> None:
    """Those of receipts whose letter did not leave."""
    receipts.make_missing()


@shared_task
def close_checkout(donation_pk: int) -> None:
    checkout.close(Donation.objects.get(pk=donation_pk))


@shared_task
def answer_sign_ins() -> None:
    sign_in.answer_waiting()


@shared_task
def tidy_sign_ins() -> None:
    sign_in.tidy()
    sessions.tidy()
    email_change.tidy()


@shared_task
def finish_erasures() -> None:
    erasure.finish()
    erasure.finish_at_stripe()


@shared_task
def watch_plans() -> None:
    watching.sweep()


@shared_task
def tell_new_addresses() -> None:
    """Tell Stripe the new e-mail of donors whose gifts repeat. Watching the plans does it too."""
    readdressing.sweep()


@shared_task
def announce_plans() -> None:
    """Tell of yearly payments and of cards that are near their end."""
    announcing.sweep()


@shared_task
def tidy_guard() -> None:
    guard.tidy()


def wake(task: Task[Any, Any], *args: object) -> None:
    """Send a message once the transaction, if there is one, has been committed.

    A broker that is down is logged and costs nothing but time: beat looks for the same work.
    """

    def send() -> None:  # not a partial: Django names the function whose error it logs
        task.delay(*args)

    transaction.on_commit(send, robust=True)
