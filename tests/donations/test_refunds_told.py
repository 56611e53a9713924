"""Refunds that Stripe tells of: from its dashboard, told again, late or come back; each in the books once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from donations import gateway, payments, reconcile, refunds, reversals
from donations.models import (
    EntryKind,
    LedgerEntry,
    Receipt,
    ReceiptState,
    Refund,
    RefundReason,
    RefundStatus,
    Status,
    StripeEvent,
)
from programs.models import Program
from sandbox.models import StripeObject
from tests import staff
from tests.donations.asked_refunds import ask, letters, raised
from tests.donations.books import in_stripes_books
from tests.donations.odd_money import change
from tests.donations.reversal_gifts import at_stripe, begun, charge_of, in_dashboard, listen, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


@pytest.mark.embedded
def test_a_refund_made_in_the_dashboard_arrives_as_ours(program: Program) -> None:
    donation = paid()
    in_dashboard(donation, 2000)

    listen()

    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_cents, refund.requested_by) == (RefundReason.STRIPE, 2000, None)
    assert raised(program) == 3000
    assert letters("gift_refunded") == 1
    assert not StripeEvent.objects.filter(processed_at=None).exists()


@pytest.mark.embedded
def test_told_again_and_out_of_order_changes_nothing(program: Program) -> None:
    donation = paid()
    in_dashboard(donation, 2000)
    in_dashboard(donation)
    listen()

    for event in StripeEvent.objects.order_by("?"):
        event.processed_at, event.not_before, event.attempts = None, None, 0
        event.save()
    listen()
    assert reversals.compare(donation.stripe_charge_id or "") == "nothing new"

    donation.refresh_from_db()
    assert donation.status == Status.REFUNDED
    assert raised(program) == 0
    assert (letters("gift_refunded"), letters("gift_thanks")) == (2, 1)


@pytest.mark.embedded
def test_given_back_before_we_ever_settled_it_is_settled_then_given_back(program: Program) -> None:
    donation = begun()
    in_dashboard(donation)
    StripeEvent.objects.all().delete()

    assert reconcile.refresh(donation) == "settled"

    donation.refresh_from_db()
    assert donation.status == Status.REFUNDED
    assert donation.settled_at
    assert raised(program) == 0
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["gift", "refund"]
    assert (letters("gift_thanks"), letters("gift_refunded")) == (1, 1)


@pytest.mark.embedded
def test_the_refund_told_of_before_the_payment_settles_both(program: Program) -> None:
    donation = begun()
    refund = in_dashboard(donation, 2000)

    assert reversals.compare(str(refund.charge)) == "nothing new"

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert raised(program) == 3000


def test_a_refund_that_comes_back_counts_again_and_both_are_told(program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]
    donation = paid()
    refund = ask(donation, 5000)

    at_stripe(refund.stripe_refund_id or "", "come_back")
    listen()
    listen()

    donation.refresh_from_db()
    refund.refresh_from_db()
    first, second = Receipt.objects.order_by("number")
    assert refund.status == RefundStatus.FAILED
    assert refund.failed_at
    assert donation.status == Status.PAID
    assert raised(program) == 5000
    assert LedgerEntry.objects.get(kind=EntryKind.REFUND_REVERSED).amount_cents == 5000
    assert (first.state, second.state) == (ReceiptState.VOIDED, ReceiptState.ISSUED)
    assert first.replaced_by == second
    assert (letters("refund_returned"), letters("staff_notice")) == (1, 1)
    assert refunds.left(donation) == 5000


@pytest.mark.embedded
def test_one_that_came_back_stays_on_the_treasurers_home_until_it_is_marked_as_seen(program: Program) -> None:
    refund, fine = ask(paid(), 5000), ask(paid(email="someone@example.org"), 2000)
    at_stripe(refund.stripe_refund_id or "", "come_back")
    listen()
    client = staff.signed_in("Treasurer")
    listed = reverse("admin:donations_refund_changelist")
    assert "1 refund came back." in client.get("/admin/").content.decode()
    assert "refund came back" not in staff.signed_in("Fundraiser").get("/admin/").content.decode()

    client.post(listed, {"action": "mark_seen", "_selected_action": [refund.pk, fine.pk]})
    first = Refund.objects.get(pk=refund.pk).seen_at
    client.post(listed, {"action": "mark_seen", "_selected_action": [refund.pk, fine.pk]})

    refund.refresh_from_db()
    fine.refresh_from_db()
    assert (refund.seen_by, refund.seen_at) == (staff.member("Treasurer"), first)
    assert fine.seen_at is None  # nothing was to be done about it
    assert "refund came back" not in client.get("/admin/").content.decode()


@pytest.mark.embedded
def test_made_and_come_back_before_we_heard_is_no_news_to_the_donor(program: Program) -> None:
    donation = paid()
    made = in_dashboard(donation)
    at_stripe(made.id, "come_back")

    listen()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert raised(program) == 5000
    assert Refund.objects.get().status == RefundStatus.FAILED
    assert letters("gift_refunded") == letters("refund_returned") == 0
    assert Receipt.objects.get().state == ReceiptState.ISSUED


@pytest.mark.embedded
def test_an_answer_older_than_what_is_known_takes_nothing_back(program: Program) -> None:
    donation = paid()
    refund = ask(donation, 5000)
    older = gateway.fetch_reversals(donation.stripe_charge_id or "")
    at_stripe(refund.stripe_refund_id or "", "come_back")
    listen()

    assert payments.catch_up(donation, older) is False

    refund.refresh_from_db()
    donation.refresh_from_db()
    assert (refund.status, donation.status) == (RefundStatus.FAILED, Status.PAID)


def test_four_at_once_post_a_refund_once(program: Program) -> None:
    donation = paid()
    in_dashboard(donation)

    def compare(_number: int) -> str:
        try:
            return reversals.compare(donation.stripe_charge_id or "")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(compare, range(4)))

    assert answers.count("caught up with Stripe") == 1
    assert raised(program) == 0
    assert Refund.objects.count() == letters("gift_refunded") == 1


@pytest.mark.embedded
def test_a_debit_that_the_bank_took_back_is_not_given_back_too(program: Program) -> None:
    donation = paid()
    at_stripe(donation.stripe_charge_id or "", "dispute")

    refund = ask(donation, 5000)

    donation.refresh_from_db()
    assert refund.status == RefundStatus.REFUSED
    assert refund.error
    assert donation.status == Status.DISPUTED
    assert not LedgerEntry.objects.filter(kind=EntryKind.REFUND).exists()
    with pytest.raises(refunds.NotPossible):
        ask(donation, 5000)


@pytest.mark.embedded
def test_a_contested_gift_is_not_given_back_although_stripe_would(program: Program) -> None:
    donation = paid()
    at_stripe(charge_of(donation), "dispute")
    change("charge", disputed=False)

    refund = ask(donation, 5000)

    assert refund.status == RefundStatus.REFUSED
    assert not StripeObject.objects.of_kind("refund").exists()
    assert raised(program) == 0


@pytest.mark.embedded
def test_what_stripe_takes_for_a_refund_is_in_the_ledger() -> None:
    made = in_dashboard(paid())
    booked = in_stripes_books(made.id)
    booked.data["fee"] = 25
    booked.save()

    listen()

    assert LedgerEntry.objects.get(kind=EntryKind.REFUND).fee_cents == 25


@pytest.mark.embedded
def test_a_refund_that_stripe_has_not_booked_yet_is_asked_about_again(program: Program) -> None:
    donation = paid()
    in_dashboard(donation)
    booked = StripeObject.objects.of_kind("refund").get().data["balance_transaction"]
    change("refund", balance_transaction=None)
    with pytest.raises(gateway.Unavailable):
        reversals.compare(charge_of(donation))
    assert raised(program) == 5000
    change("refund", balance_transaction=booked)

    assert reversals.compare(charge_of(donation)) == "caught up with Stripe"

    assert raised(program) == 0


def test_the_page_of_a_gift_given_back_in_part_says_what_counts(client: Client) -> None:
    gift = paid()
    in_dashboard(gift, 2000)
    listen()

    page = client.get(reverse("donations:gift", args=[gift.public_id])).content.decode()

    assert "<strong>€30</strong> of your gift of <strong>€50</strong> is counted" in page
