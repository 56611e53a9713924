"""What nobody told us of money that may go back, and what Stripe tells of it before it books it."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from donations import gateway, payments, reversals, tasks
from donations.donors import erasure
from donations.models import (
    Dispute,
    DisputeStatus,
    Donation,
    Receipt,
    ReceiptState,
    Refund,
    RefundStatus,
    Status,
)
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import disputes
from sandbox.models import StripeObject
from sandbox.resources.disputes import blank
from tests.donations.books import compare
from tests.donations.odd_money import held, letters, notices, raised
from tests.donations.reversal_gifts import at_stripe, charge_of, in_dashboard, listen, of_kind, paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def a_day_later() -> None:
    """Everything that runs by itself, and no event."""
    Donation.objects.update(checked_at=timezone.now() - dt.timedelta(days=2))
    tasks.reconcile_pending()
    tasks.review_held()
    tasks.send_refunds()
    tasks.watch_plans()
    compare()


def contested(gift: Donation, monkeypatch: pytest.MonkeyPatch, cents: int) -> None:
    monkeypatch.setattr("sandbox.disputes.blank", lambda *asked: {**blank(*asked), "amount": cents})
    disputes.open_for(StripeObject.objects.get(object_id=charge_of(gift)))
    listen()


def test_a_dispute_whose_end_nobody_told_us_of_is_found_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = paid()
    contested(gift, monkeypatch, 2000)
    at_stripe(of_kind("dispute"), "lose")

    a_day_later()

    gift.refresh_from_db()
    assert (gift.status, Dispute.objects.get().status) == (Status.LOST, DisputeStatus.LOST)
    assert Receipt.objects.get(state=ReceiptState.ISSUED).facts["amount_cents"] == 3000
    assert not erasure.unsettled(gift.donor.email)


def test_a_refund_that_never_left_is_found_although_nobody_told_us() -> None:
    gift = paid()
    made = in_dashboard(gift)
    row = StripeObject.objects.get(object_id=made.id)
    row.data |= {"status": "pending", "balance_transaction": None}
    row.save()
    StripeObject.objects.filter(kind="balance_transaction", data__source=made.id).delete()
    listen()
    assert Refund.objects.get().status == RefundStatus.PENDING
    row.data |= {"status": "failed"}
    row.save()

    a_day_later()

    assert Refund.objects.get().status == RefundStatus.FAILED
    assert notices() == ["refund_refused"]


def test_lost_before_the_money_is_taken_the_letter_says_nothing_of_a_part() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    row = StripeObject.objects.get(kind="dispute")
    booked = row.data["balance_transactions"]
    row.data |= {"status": "lost", "balance_transactions": []}
    row.save()

    reversals.compare(charge_of(gift))
    row.data |= {"balance_transactions": booked}
    row.save()
    reversals.compare(charge_of(gift))

    words = rendering.render(Letter.objects.get(kind="gift_disputed")).text
    assert "still counted" not in words
    assert "is void" in words
    assert not Receipt.objects.filter(state=ReceiptState.ISSUED).exists()


def test_won_it_is_not_said_to_count_when_it_had_been_given_back(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank contests what was charged: usually all of it (docs.stripe.com/api/disputes/object#amount)."""
    gift = paid()
    in_dashboard(gift, 2000)
    contested(gift, monkeypatch, 5000)

    at_stripe(of_kind("dispute"), "win")
    listen()

    assert raised(program) == 3000
    words = rendering.render(Letter.objects.get(kind="gift_restored")).text
    assert "given back your gift of €50" not in words
    assert "€30 of your gift of €50" in words


def test_won_nothing_counts_again_of_a_gift_that_had_gone_back(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = paid()
    in_dashboard(gift)
    contested(gift, monkeypatch, 5000)

    at_stripe(of_kind("dispute"), "win")
    listen()

    gift.refresh_from_db()
    assert (gift.status, raised(program)) == (Status.REFUNDED, 0)
    assert "gift_restored" not in letters()


@pytest.mark.parametrize("end", ["win", "lose"])
def test_staff_are_asked_for_no_answer_once_a_dispute_is_over(end: str) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()

    at_stripe(of_kind("dispute"), end)
    listen()

    last = Letter.objects.filter(kind="staff_notice").order_by("pk").last()
    assert last
    assert "Répondre au plus tard" not in rendering.render(last).text


def test_staff_are_not_told_that_a_held_gift_counts_again() -> None:
    donation = held()
    at_stripe(charge_of(donation), "dispute")
    listen()

    at_stripe(of_kind("dispute"), "win")
    listen()

    said = rendering.render(Letter.objects.get(facts__what="dispute_won")).text
    assert Donation.objects.get().status == Status.HELD
    assert "le don compte à nouveau" not in said


def test_a_dispute_that_was_prevented_by_giving_the_money_back_is_told() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    row = StripeObject.objects.get(kind="dispute")
    row.data |= {"status": "prevented"}
    row.save()

    listen()

    assert not Receipt.objects.filter(state=ReceiptState.ISSUED).exists()
    assert "gift_disputed" in letters()
    said = rendering.render(Letter.objects.get(kind="staff_notice")).text
    assert "Aucune somme n’a bougé" not in said


def test_an_answer_from_before_a_dispute_was_won_leaves_the_document(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    before = gateway.fetch_reversals(charge_of(gift))
    at_stripe(of_kind("dispute"), "win")
    listen()

    payments.catch_up(gift, before)

    assert raised(program) == 5000
    assert Receipt.objects.get(state=ReceiptState.ISSUED).facts["amount_cents"] == 5000
