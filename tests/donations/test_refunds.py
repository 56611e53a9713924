"""Money given back by staff: never more than came, each step in the books once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from donations import gateway, ledger, refunds
from donations.models import (
    Donation,
    EntryKind,
    LedgerEntry,
    Receipt,
    ReceiptState,
    Refund,
    RefundStatus,
    Status,
)
from outreach.models import Letter
from programs.models import Program
from sandbox import faults
from sandbox.models import StripeObject
from tests.donations.asked_refunds import ask, letters, raised
from tests.donations.reversal_gifts import of_kind, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_a_gift_given_back_leaves_the_meter_the_receipt_and_a_letter(program: Program) -> None:
    donation = paid()

    refund = ask(donation, 5000)

    donation.refresh_from_db()
    receipt = Receipt.objects.get()
    entry = LedgerEntry.objects.get(kind=EntryKind.REFUND)
    letter = Letter.objects.get(kind="gift_refunded")
    assert refund.status == RefundStatus.SUCCEEDED
    assert refund.refunded_at == entry.occurred_at
    assert donation.status == Status.REFUNDED
    assert (entry.amount_cents, entry.source_ref) == (-5000, refund.stripe_refund_id)
    assert raised(program) == 0
    assert receipt.state == ReceiptState.VOIDED
    assert receipt.replaced_by is None
    assert letter.facts["voided_reference"] == receipt.reference
    assert letter.attachments == []


def test_a_part_given_back_leaves_the_gift_paid_and_a_new_receipt_states_the_rest(program: Program) -> None:
    donation = paid()

    ask(donation, 2000)

    donation.refresh_from_db()
    first, second = Receipt.objects.order_by("number")
    assert donation.status == Status.PAID
    assert raised(program) == 3000
    assert (first.state, second.state) == (ReceiptState.VOIDED, ReceiptState.ISSUED)
    assert first.replaced_by == second
    assert (second.facts["amount_cents"], second.facts["replaces"]) == (3000, first.reference)
    assert second.facts["amount_words"]["fr"] == "trente euros"
    assert Letter.objects.get(kind="gift_refunded").attachments == [
        {"kind": "receipt", "reference": str(second.pk)}
    ]


@pytest.mark.embedded
def test_parts_add_up_to_the_whole(program: Program) -> None:
    donation = paid()

    ask(donation, 2000)
    ask(donation, 3000)

    donation.refresh_from_db()
    assert donation.status == Status.REFUNDED
    assert raised(program) == 0
    assert not Receipt.objects.filter(state=ReceiptState.ISSUED).exists()
    assert [each.number for each in Receipt.objects.order_by("number")] == [1, 2]
    assert letters("gift_refunded") == 2


@pytest.mark.embedded
@pytest.mark.parametrize("cents", [5001, 0, -1])
def test_never_more_than_is_left(program: Program, cents: int) -> None:
    donation = paid()

    with pytest.raises(refunds.NotPossible):
        ask(donation, cents)

    assert not Refund.objects.exists()
    assert raised(program) == 5000


@pytest.mark.embedded
def test_never_more_than_is_left_after_a_part(program: Program) -> None:
    donation = paid()
    ask(donation, 3000)

    with pytest.raises(refunds.NotPossible):
        ask(donation, 2001)

    assert refunds.left(donation) == 2000


def test_two_treasurers_at_once_give_back_once(program: Program) -> None:
    donation = paid()

    def give_back(_number: int) -> bool:
        try:
            return ask(Donation.objects.get(pk=donation.pk), 5000).status == RefundStatus.SUCCEEDED
        except refunds.NotPossible:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(give_back, range(4)))

    assert answers.count(True) == 1
    assert Refund.objects.count() == 1
    assert raised(program) == 0


def test_the_same_form_sent_twice_gives_back_once(program: Program) -> None:
    donation, key = paid(), uuid4()

    first = ask(donation, 2000, key=key)
    again = ask(donation, 2000, key=key)

    assert first == again
    assert raised(program) == 3000


def test_stripe_down_leaves_it_asked_for_and_the_sweep_asks_again(program: Program, settings: Any) -> None:
    donation, base = paid(), settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"

    refund = ask(donation, 5000)
    assert refund.status == RefundStatus.REQUESTED
    assert raised(program) == 5000
    with pytest.raises(refunds.NotPossible):
        ask(donation, 1000)
    settings.STRIPE_API_BASE = base
    Refund.objects.update(created_at=donation.created_at.replace(year=2020))
    assert refunds.sweep() == 1
    assert refunds.sweep() == 0

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert raised(program) == 0


@pytest.mark.embedded
def test_the_sweep_leaves_a_refund_to_whoever_has_just_asked_for_it(settings: Any) -> None:
    donation, base = paid(), settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    refund = ask(donation, 5000)
    settings.STRIPE_API_BASE = base

    assert refunds.sweep() == 0

    refund.refresh_from_db()
    assert refund.status == RefundStatus.REQUESTED


@pytest.mark.embedded
def test_killed_after_stripe_made_it_finds_it_and_makes_no_other(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = paid()

    def die(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr("donations.refunds.replace", die)
        with pytest.raises(RuntimeError):
            ask(donation, 2000)
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.REQUESTED

    assert refunds.send(refund).status == RefundStatus.SUCCEEDED

    assert Refund.objects.count() == 1
    assert raised(program) == 3000


@pytest.mark.embedded
def test_what_stripe_refuses_is_said_and_moves_nothing(program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]
    donation = paid()
    Donation.objects.update(stripe_charge_id="ch_unknown")
    donation.refresh_from_db()

    refund = ask(donation, 5000)

    assert refund.status == RefundStatus.REFUSED
    assert "ch_unknown" in refund.error
    assert raised(program) == 5000
    assert Letter.objects.get(kind="staff_notice").to == "treasurer@example.org"


@pytest.mark.embedded
def test_a_gift_that_was_given_back_still_counts_as_a_gift(program: Program) -> None:
    ask(paid(), 5000)

    total = ledger.read_total(program)

    assert (total.raised_cents, total.gifts, total.donors) == (0, 1, 1)
    assert of_kind("refund")


def test_a_refund_that_met_a_failure_of_stripes_is_made_when_it_is_asked_again(program: Program) -> None:
    """Stripe repeats what it answered to an idempotency key for a day, its own failures too."""
    donation = paid()
    faults.inject("error", match="POST refunds", count=1)
    refund = ask(donation, 2000)
    assert refund.status == RefundStatus.REQUESTED

    for _ in range(2):
        Refund.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
        refunds.sweep()

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert raised(program) == 3000


def test_a_refund_that_stripe_made_although_it_failed_is_found_and_not_made_again(program: Program) -> None:
    donation = paid()
    faults.inject("error", match="POST refunds", count=1, done=True)
    refund = ask(donation, 2000)
    assert refund.status == RefundStatus.REQUESTED

    Refund.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    refunds.sweep()

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert StripeObject.objects.of_kind("refund").count() == 1
    assert raised(program) == 3000


def test_of_two_who_ask_at_once_the_second_finds_what_a_failure_of_stripes_has_made(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = paid()
    seen_before = gateway.fetch_reversals(donation.stripe_charge_id or "")
    faults.inject("error", match="POST refunds", count=1, done=True)
    refund = ask(donation, 2000)

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "fetch_reversals", lambda _charge: seen_before)
        refunds.send(refund)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert StripeObject.objects.of_kind("refund").count() == 1
    assert raised(program) == 3000
