"""Money given back, by staff or in Stripe's dashboard: never more than came, each step in the books once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from donations import gateway, ledger, payments, reconcile, refunds, reversals
from donations.models import (
    Donation,
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
from outreach.models import Letter
from programs.models import Program
from tests.donations.reversal_gifts import at_stripe, begun, in_dashboard, listen, of_kind, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def ask(donation: Donation, cents: int, **changes: Any) -> Refund:
    values = {"reason": RefundReason.DONOR, "note": "asked by telephone", "by": None, **changes}
    return refunds.ask(donation, cents=cents, **values)


def raised(program: Program) -> int:
    """What the meter shows; it is proved to be the ledger's sum."""
    call_command("check_totals", verbosity=0)
    return ledger.read_total(program).raised_cents


def letters(kind: str) -> int:
    return Letter.objects.filter(kind=kind).count()


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
    assert second.facts["amount_cents"] == 3000
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
def test_a_gift_that_was_given_back_still_counts_as_a_gift(program: Program) -> None:
    ask(paid(), 5000)

    total = ledger.read_total(program)

    assert (total.raised_cents, total.gifts, total.donors) == (0, 1, 1)
    assert of_kind("refund")
