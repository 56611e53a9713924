"""What nobody told us of recurring gifts is found, and whatever is wrong with one keeps no other waiting."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.utils import timezone

from donations import gateway, ledger, plans, reconcile
from donations.models import (
    Donation,
    EndReason,
    LedgerEntry,
    PlanStatus,
    RecurringDonation,
    Status,
)
from donations.plans import readdressing, renewals, watching
from programs.models import Program
from sandbox import actions, faults
from sandbox.models import StripeObject
from tests.donations.reversal_gifts import begun
from tests.giving import GOOD_CARD
from tests.planning import FAILING_CARD, begin, hear, letter_kinds, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_the_sweep_finds_a_renewal_that_nobody_told_us_of(program: Program) -> None:
    begin()
    pass_days(32)
    RecurringDonation.objects.update(checked_at=None)

    assert watching.sweep() == 1
    assert watching.sweep() == 0

    assert ledger.read_total(program).raised_cents == 10000


def test_an_overdue_payment_is_looked_for_before_a_day_has_passed(program: Program) -> None:
    begin()
    pass_days(32)
    now = timezone.now()
    RecurringDonation.objects.update(
        next_charge_at=now - dt.timedelta(hours=3), checked_at=now - dt.timedelta(hours=2)
    )

    assert watching.sweep() == 1
    assert watching.sweep() == 0

    assert ledger.read_total(program).raised_cents == 10000


def test_a_renewal_that_was_given_back_before_we_heard_of_it_is_in_the_books_twice(program: Program) -> None:
    begin()
    pass_days(32)
    charge = StripeObject.objects.of_kind("charge").newest_first()[0]
    actions.perform(charge.object_id, "refund")

    assert reconcile.catch_up(charge.object_id) == "settled"

    assert [gift.status for gift in Donation.objects.order_by("pk")] == [Status.PAID, Status.REFUNDED]
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["gift", "gift", "refund"]
    assert ledger.read_total(program).raised_cents == 5000


def test_the_books_find_a_renewal_that_nobody_told_us_of(program: Program) -> None:
    begin()
    pass_days(32)
    charge = StripeObject.objects.of_kind("charge").newest_first()[0]

    assert reconcile.catch_up(charge.object_id) == "settled"
    assert reconcile.catch_up(charge.object_id) == "nothing new"

    assert ledger.read_total(program).raised_cents == 10000


def left_for_a_day(card: str = GOOD_CARD) -> Donation:
    """A renewal whose row a worker had made when it died, and that nobody looked at for a day."""
    begin(card)
    pass_days(32)
    invoice = StripeObject.objects.of_kind("invoice").order_by("-pk")[0].object_id
    renewal = renewals._donation(plan(), gateway.fetch_invoice(invoice))
    Donation.objects.filter(pk=renewal.pk).update(created_at=timezone.now() - dt.timedelta(hours=25))
    return renewal


def test_a_renewal_that_was_left_for_a_day_is_asked_about_and_settled(program: Program) -> None:
    renewal = left_for_a_day()

    reconcile.sweep()

    renewal.refresh_from_db()
    assert renewal.status == Status.PAID
    assert ledger.read_total(program).gifts == 2


def test_a_renewal_that_failed_and_was_left_for_a_day_is_told() -> None:
    renewal = left_for_a_day(FAILING_CARD)

    reconcile.sweep()
    hear()

    renewal.refresh_from_db()
    assert renewal.status == Status.FAILED
    assert "renewal_failed" in letter_kinds()


def test_a_plan_that_stripe_does_not_know_keeps_no_other_waiting() -> None:
    broken, other = begin(), begun(frequency="monthly", email="other@example.org")
    reconcile.refresh(other)
    sound = RecurringDonation.objects.exclude(pk=broken.pk).get()
    old = timezone.now() - dt.timedelta(days=3)
    RecurringDonation.objects.filter(pk=broken.pk).update(stripe_subscription_id="sub_nobody", checked_at=old)
    RecurringDonation.objects.filter(pk=sound.pk).update(checked_at=old + dt.timedelta(days=1))

    watching.sweep(limit=1)
    watching.sweep(limit=1)

    sound.refresh_from_db()
    assert sound.checked_at
    assert sound.checked_at > timezone.now() - dt.timedelta(hours=1)


def test_a_plan_that_stripe_was_away_for_is_looked_at_as_soon_as_it_is_back() -> None:
    begin()
    old = timezone.now() - dt.timedelta(days=3)
    RecurringDonation.objects.update(checked_at=old)
    with faults_at_stripe():
        watching.sweep()

    assert plan().checked_at == old


@contextmanager
def faults_at_stripe() -> Iterator[None]:
    faults.inject("error", lasting=dt.timedelta(minutes=5))
    yield
    faults.clear()


def test_a_wish_that_stripe_refuses_does_not_keep_the_plan_from_being_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans.stop(begin(), EndReason.DONOR)

    def refuse(_subscription_id: str) -> None:
        raise gateway.Refused("no")

    monkeypatch.setattr("donations.gateway.cancel_subscription", refuse)
    subscription = StripeObject.objects.of_kind("subscription").get()
    subscription.data["status"] = "canceled"
    subscription.save()

    watching.sweep()

    assert plan().status == PlanStatus.ENDED


def test_a_plan_that_expired_before_it_began_ends_as_it_was_wished() -> None:
    plans.stop(begin(), EndReason.DONOR)
    subscription = StripeObject.objects.of_kind("subscription").get()
    subscription.data["status"] = "incomplete_expired"
    subscription.save()

    watching.sweep()

    assert plan().status == PlanStatus.ENDED


def test_an_address_that_cannot_be_told_keeps_no_other_waiting() -> None:
    told = begin()
    refused = plan()
    refused.pk, refused.public_id, refused._state.adding = None, uuid4(), True
    refused.stripe_subscription_id, refused.stripe_customer_id = "sub_other", "cus_gone"
    refused.customer_email_due_at = timezone.now() - dt.timedelta(days=1)
    refused.save()
    RecurringDonation.objects.filter(pk=told.pk).update(customer_email_due_at=timezone.now())

    readdressing.sweep(limit=1)
    readdressing.sweep(limit=1)

    told.refresh_from_db()
    assert told.customer_email_due_at is None
