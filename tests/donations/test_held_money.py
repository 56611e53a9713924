"""Gifts held for review that are contested, given back, refused or decided twice."""

from typing import Any

import pytest
from django.db import transaction

from donations import checkout, payments, reconcile, reversals, review
from donations.forms import GiftForm
from donations.gateway.asking import client
from donations.models import Dispute, DisputeStatus, Donation, Refund, RefundReason, RefundStatus, Status
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox.resources import balance_transactions, refunds
from tests import staff
from tests.donations.odd_money import change, held, kinds, letters, notices, raised
from tests.donations.reversal_gifts import at_stripe, begun, charge_of, in_dashboard, listen, of_kind
from tests.giving import form_data, pay
from tests.planning import begin, hear, pass_days

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def test_a_held_gift_that_is_contested_is_told_to_staff_at_once_and_cannot_be_taken(program: Program) -> None:
    donation = held()
    at_stripe(charge_of(donation), "dispute")

    listen()

    donation.refresh_from_db()
    assert (donation.status, Dispute.objects.get().status) == (Status.HELD, DisputeStatus.OPEN)
    assert notices() == ["held", "dispute_open"]
    assert all(letter.facts["due_on"] for letter in Letter.objects.filter(key__contains="dispute_open"))
    assert (raised(program), kinds()) == (0, [])
    with pytest.raises(review.NotPossible):
        review.release(donation, by=staff.member("Treasurer"))

    at_stripe(of_kind("dispute"), "lose")
    listen()

    donation.refresh_from_db()
    assert donation.status == Status.LOST
    assert (raised(program), kinds()) == (0, ["dispute", "dispute_fee", "gift"])
    assert letters() == ["gift_disputed"]
    assert reversals.compare(charge_of(donation)) == "nothing new"


def test_a_held_gift_whose_dispute_is_won_can_be_taken(program: Program) -> None:
    donation = held()
    at_stripe(charge_of(donation), "dispute")
    at_stripe(of_kind("dispute"), "win")
    listen()

    review.release(donation, by=staff.member("Treasurer"))

    assert donation.status == Status.PAID
    assert (raised(program), kinds()) == (5000, ["dispute", "dispute_fee", "dispute_reversed", "gift"])


def test_what_was_paid_in_another_currency_can_be_given_back_and_counts_nowhere(program: Program) -> None:
    donation = held(currency="usd")

    review.reject(donation, by=staff.member("Treasurer"), note="dollars")
    listen()

    donation.refresh_from_db()
    refund = Refund.objects.get()
    assert (refund.status, refund.currency) == (RefundStatus.SUCCEEDED, "USD")
    assert donation.status == Status.REFUNDED
    assert (raised(program), kinds()) == (0, [])
    assert reconcile.refresh(donation) == "nothing new"
    assert letters() == ["gift_not_taken"]


def test_refused_after_a_part_went_back_in_the_dashboard_the_rest_goes_back(program: Program) -> None:
    donation = held()
    in_dashboard(donation, 2000)
    listen()
    assert donation.status == Status.HELD

    review.reject(donation, by=staff.member("Treasurer"), note="")

    assert donation.status == Status.REFUNDED
    assert sorted(Refund.objects.values_list("amount_cents", flat=True)) == [2000, 3000]
    assert (raised(program), kinds()) == (0, ["gift", "refund", "refund"])


def test_a_held_gift_whose_refund_came_back_goes_on_waiting(program: Program) -> None:
    donation = held()
    made = in_dashboard(donation)
    at_stripe(made.id, "come_back")

    listen()

    donation.refresh_from_db()
    assert (donation.status, Refund.objects.get().status) == (Status.HELD, RefundStatus.FAILED)
    assert (raised(program), kinds()) == (0, [])


def test_of_two_who_decide_differently_at_once_the_first_decides() -> None:
    donation = held()
    with transaction.atomic():  # who refused it died before Stripe was asked
        Refund.objects.create(donation=donation, amount_cents=5000, reason=RefundReason.MISTAKE)

    with pytest.raises(review.NotPossible):
        review.release(donation, by=staff.member("Treasurer"))

    donation.refresh_from_db()
    assert donation.reviewed_at is None


def test_a_gift_whose_refund_waits_at_stripe_cannot_be_taken_all_the_same(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, blank = held(), refunds.blank
    # The balance does not cover it yet: no money has moved.
    # https://docs.stripe.com/refunds#handle-pending-refunds
    monkeypatch.setattr(balance_transactions, "record", lambda *_a, **_k: {"id": None})
    monkeypatch.setattr(refunds, "blank", lambda *a, **k: blank(*a, **k | {"pending": True}))
    review.reject(donation, by=staff.member("Treasurer"), note="")
    assert (donation.status, Refund.objects.get().status) == (Status.HELD, RefundStatus.PENDING)

    with pytest.raises(review.NotPossible):
        review.release(donation, by=staff.member("Administrator"))

    assert letters() == []
    assert raised(program) == 0


def test_a_payment_of_a_plan_that_is_held_can_be_refused(program: Program) -> None:
    begun_plan = begin()
    pass_days(32)
    change("charge", currency="usd")

    hear()

    renewal = Donation.objects.order_by("pk")[1]
    assert (renewal.status, renewal.plan) == (Status.HELD, begun_plan)
    assert raised(program) == 5000

    review.reject(renewal, by=staff.member("Treasurer"), note="")

    assert renewal.status == Status.REFUNDED
    assert raised(program) == 5000


def test_money_once_set_aside_is_an_older_answer_than_that_it_is_gone() -> None:
    donation = begun()
    Donation.objects.update(status=Status.FAILED)

    assert payments.hold(donation, reason="odd") is False
    assert Donation.objects.get().status == Status.FAILED


def test_money_in_another_currency_that_comes_back_is_told_and_counts_nowhere(program: Program) -> None:
    held(currency="usd")
    review.reject(
        Donation.objects.select_related("donor", "program", "designation").get(),
        by=staff.member("Treasurer"),
        note="",
    )

    at_stripe(of_kind("refund"), "come_back")
    listen()
    listen()

    assert Refund.objects.get().status == RefundStatus.FAILED
    assert Donation.objects.get().status == Status.REFUNDED
    assert notices().count("refund_failed") == 1
    assert letters() == ["gift_not_taken", "refund_returned"]
    words = rendering.render(Letter.objects.get(kind="refund_returned")).text
    assert "give back $50 of your gift" in words
    assert Letter.objects.get(facts__what="refund_failed").facts["currency"] == "USD"
    assert raised(program) == 0


def test_a_card_that_was_let_go_before_we_heard_of_it_was_no_debit(program: Program) -> None:
    form = GiftForm(form_data(), program=program)
    assert form.is_valid()
    donation = checkout.start(program, form.answers(), token="", review_because="odd")
    pay(donation)
    client().v1.payment_intents.cancel(of_kind("payment_intent"))

    hear()

    donation.refresh_from_db()
    assert donation.status == Status.FAILED
    assert letters() == ["gift_not_taken"]


def test_a_lost_gift_in_another_currency_that_is_told_of_again_is_nothing_new() -> None:
    donation = held(currency="usd")
    at_stripe(charge_of(donation), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "lose")
    listen()
    donation.refresh_from_db()
    assert donation.status == Status.LOST

    assert reversals.compare(charge_of(donation)) == "nothing new"
    assert reconcile.refresh(donation) == "nothing new"


def test_a_held_gift_whose_dispute_is_won_is_not_said_to_count() -> None:
    donation = held()
    at_stripe(charge_of(donation), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "win")
    listen()

    donation.refresh_from_db()
    assert donation.status == Status.HELD
    assert letters() == ["gift_disputed"]
    assert notices() == ["held", "dispute_open", "dispute_won"]
