"""Our ledger beside Stripe's books: whatever differs is found, repaired or shown to a person."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from donations import comparison, gateway, ledger, reconcile, reversals
from donations.comparison import finding, standing
from donations.models import (
    Comparison,
    Difference,
    Discrepancy,
    DiscrepancyState,
    Donation,
    EntryKind,
    LedgerEntry,
    Status,
)
from programs.models import Program
from sandbox import disputes as sandbox_disputes
from sandbox.models import StripeObject
from tests.donations.books import compare, in_stripes_books, paid_gift, post_by_hand, settled_gift
from tests.donations.odd_money import change
from tests.donations.reversal_gifts import at_stripe, in_dashboard
from tests.giving import REFUSED_IBAN, banks_answer, debit, give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_books_that_agree_leave_nothing() -> None:
    settled_gift()

    outcome = compare()

    assert (outcome.comparison.movements, outcome.left, outcome.repaired) == (1, [], [])
    assert outcome.comparison.finished_at


def test_a_gift_nobody_told_us_about_is_settled_by_the_comparison() -> None:
    donation = paid_gift()

    outcome = compare()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert outcome.repaired == [f"gift {donation.stripe_charge_id}: settled"]
    assert Discrepancy.objects.count() == 0
    assert compare().repaired == []


def test_a_gift_of_a_moment_ago_is_not_missing_yet() -> None:
    paid_gift()

    outcome = comparison.compare()

    assert (outcome.left, outcome.repaired) == ([], [])
    assert not LedgerEntry.objects.exists()


def test_a_debit_that_the_bank_refuses_is_in_neither_book() -> None:
    """Stripe books it when it is handed to the bank, and takes it back with a movement of its own."""
    donation = give()
    credited = timezone.now() + dt.timedelta(days=7)
    debit(donation, REFUSED_IBAN)
    under_way = comparison.compare(until=credited)
    banks_answer()
    reconcile.refresh(donation)

    assert (under_way.left, comparison.compare(until=credited).left) == ([], [])
    donation.refresh_from_db()
    assert (donation.status, LedgerEntry.objects.count()) == (Status.FAILED, 0)


def test_a_debit_that_was_booked_before_what_is_compared_is_no_difference() -> None:
    donation = give()
    debit(donation)
    banks_answer()
    reconcile.refresh(donation)
    credited, hour = LedgerEntry.objects.get().occurred_at, dt.timedelta(hours=1)
    booked = StripeObject.objects.of_kind("balance_transaction").get()
    booked.created -= 5 * 86_400
    booked.data["created"] = booked.created
    booked.save()

    outcome = comparison.compare(since=credited - hour, until=credited + hour)

    assert (outcome.comparison.movements, outcome.left) == (1, [])


def test_a_payment_that_is_not_ours_is_shown_and_counts_nowhere(program: Program) -> None:
    donation = paid_gift()
    for each in StripeObject.objects.filter(kind__in=["charge", "payment_intent"]):
        each.data["metadata"] = {}
        each.save()

    outcome = compare()

    (row,) = outcome.left
    assert (row.difference, row.stripe_cents, row.ledger_cents) == (Difference.MISSING_HERE, 5000, None)
    assert "no gift of this site" in row.detail
    donation.refresh_from_db()
    assert (donation.status, ledger.read_total(program).entries) == (Status.PENDING, 0)


def test_an_entry_that_stripe_does_not_know_is_shown_once_however_often_it_is_found(
    program: Program,
) -> None:
    post_by_hand(program, "re_nobody")

    first, second = compare(), compare()

    (row,) = second.left
    assert (row.difference, row.ledger_cents) == (Difference.MISSING_THERE, 700)
    assert [each.pk for each in first.left] == [row.pk]
    assert Discrepancy.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"amount": 4900}, Difference.AMOUNT),
        ({"currency": "usd"}, Difference.AMOUNT),
        ({"fee": 1}, Difference.FEE),
    ],
)
def test_another_amount_currency_or_fee_is_shown_and_changes_nothing(
    changes: dict[str, Any], difference: Difference, program: Program
) -> None:
    donation = settled_gift()
    movement = in_stripes_books(str(donation.stripe_charge_id))
    movement.data |= changes
    movement.save()

    (row,) = compare().left

    assert (row.difference, row.donation_id) == (difference, donation.pk)
    assert ledger.read_total(program).raised_cents == 5000


def test_another_fee_of_a_dispute_is_shown_and_its_own_is_no_difference() -> None:
    donation = settled_gift()
    dispute = sandbox_disputes.open_for(StripeObject.objects.get(object_id=donation.stripe_charge_id))
    reversals.compare(str(donation.stripe_charge_id))
    assert compare().left == []
    movement = in_stripes_books(dispute.object_id)
    charged = movement.data["fee"]
    movement.data["fee"] += 500
    movement.save()

    (row,) = compare().left

    assert (row.difference, row.kind) == (Difference.FEE, EntryKind.DISPUTE)
    assert (row.stripe_cents, row.ledger_cents) == (charged + 500, charged)


def test_another_fee_of_a_refund_is_shown() -> None:
    made = in_dashboard(donation := settled_gift())
    reversals.compare(str(donation.stripe_charge_id))
    movement = in_stripes_books(made.id)
    movement.data["fee"] = 30
    movement.save()

    (row,) = compare().left

    assert (row.difference, row.kind, row.stripe_cents) == (Difference.FEE, EntryKind.REFUND, 30)


def test_another_day_in_paris_is_shown() -> None:
    donation = settled_gift()
    charge = StripeObject.objects.get(object_id=donation.stripe_charge_id)
    for each in (charge, in_stripes_books(charge.object_id)):
        each.data["created"] -= 2 * 86_400
        each.save()

    (row,) = compare().left

    assert row.difference == Difference.DATE


def test_a_difference_that_is_gone_is_closed_and_one_that_comes_back_is_new(program: Program) -> None:
    donation = settled_gift()
    movement = in_stripes_books(str(donation.stripe_charge_id))
    for fee in (1, movement.data["fee"], 1):
        movement.data["fee"] = fee
        movement.save()
        compare()

    assert sorted(Discrepancy.objects.values_list("state", flat=True)) == ["open", "settled"]


def test_a_difference_from_before_what_is_compared_stays_open(program: Program) -> None:
    post_by_hand(program, "re_old", days_ago=100)
    (row,) = compare(days=120).left

    assert compare().left == []

    row.refresh_from_db()
    assert row.state == DiscrepancyState.OPEN


def test_what_a_person_explained_is_no_difference_any_more(program: Program) -> None:
    post_by_hand(program, "re_nobody")
    (row,) = compare().left
    treasurer = User.objects.create_user("treasurer")

    assert comparison.explain(row, words="Moved by Stripe’s support.", by=treasurer)
    assert not comparison.explain(row, words="Again.", by=treasurer)

    assert compare().left == []
    row.refresh_from_db()
    assert (row.state, row.explanation, row.closed_by) == (
        DiscrepancyState.EXPLAINED,
        "Moved by Stripe’s support.",
        treasurer,
    )


def test_stripe_down_is_said_and_closes_nothing(program: Program, settings: Any) -> None:
    post_by_hand(program, "re_nobody")
    compare()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9/sandbox"

    with pytest.raises(gateway.Unavailable):
        compare()

    assert Comparison.objects.first().error  # type: ignore[union-attr]
    assert Discrepancy.objects.get().state == DiscrepancyState.OPEN


def test_one_movement_that_stripe_cannot_explain_hides_no_other() -> None:
    odd, lost = settled_gift(), paid_gift(email="other@example.org")
    sandbox_disputes.open_for(StripeObject.objects.get(object_id=odd.stripe_charge_id))
    dispute = StripeObject.objects.get(kind="dispute")
    dispute.data["status"] = "of_a_new_kind"
    dispute.save()

    outcome = compare()

    lost.refresh_from_db()
    (row,) = outcome.left
    assert (row.kind, row.source_ref) == (EntryKind.DISPUTE, dispute.object_id)
    assert "unknown status" in row.detail
    assert (lost.status, outcome.comparison.error) == (Status.PAID, "")


def test_of_many_that_stripe_cannot_explain_it_is_stripe_that_is_away() -> None:
    for number in range(6):
        donation = settled_gift(email=f"d{number}@example.org")
        sandbox_disputes.open_for(StripeObject.objects.get(object_id=donation.stripe_charge_id))
    change("dispute", status="of_a_new_kind")

    with pytest.raises(gateway.Unavailable):
        compare()

    assert "unknown status" in Comparison.objects.get().error


def test_a_dispute_that_was_appealed_and_lost_again_agrees_movement_by_movement() -> None:
    donation = settled_gift()
    dispute = sandbox_disputes.open_for(StripeObject.objects.get(object_id=donation.stripe_charge_id))
    sandbox_disputes.win(dispute)
    sandbox_disputes.escalate(dispute)  # the bank comes back to it
    for days, each in enumerate(dispute.data["balance_transactions"]):
        each["created"] -= (3 - days) * 86_400
        StripeObject.objects.filter(object_id=each["id"]).update(data=each)
    dispute.save()

    repaired = compare().repaired
    again = compare()

    names = [f"{kind} {dispute.object_id}{number}" for kind, number in APPEALED]
    assert sorted(each.split(":")[0] for each in repaired) == sorted(names)
    assert (again.repaired, again.left) == ([], [])


def test_what_stripe_has_booked_twice_is_shown(program: Program) -> None:
    donation = settled_gift()
    booked = in_stripes_books(str(donation.stripe_charge_id))
    again = {**booked.data, "id": "txn_again"}
    StripeObject.objects.create(object_id="txn_again", kind=booked.kind, created=booked.created, data=again)

    (row,) = compare().left

    assert (row.difference, row.stripe_cents, row.ledger_cents) == (Difference.AMOUNT, 5000, 0)
    assert ledger.read_total(program).raised_cents == 5000


APPEALED = [("dispute", ""), ("dispute", "-2"), ("dispute_reversed", "")]


def test_an_error_of_ours_in_one_repair_hides_no_other() -> None:
    odd, lost = paid_gift(), paid_gift(email="other@example.org")
    charge = gateway.fetch_checkout(odd.stripe_session_id or "").payment
    assert charge
    # Nothing stops two gifts from naming one PaymentIntent at Stripe; here the second cannot be written.
    Donation.objects.filter(pk=give(email="third@example.org").pk).update(
        stripe_payment_intent_id=charge.payment_intent_id
    )

    outcome = compare()

    lost.refresh_from_db()
    (row,) = outcome.left
    assert (row.source_ref, "IntegrityError" in row.detail) == (charge.charge_id, True)
    assert lost.status == Status.PAID


def test_an_explained_difference_that_becomes_another_is_open_again() -> None:
    gift = settled_gift()
    row = in_stripes_books(gift.stripe_charge_id or "")
    row.data["amount"] = 4000
    row.save()
    by = User.objects.create_user("treasurer")
    comparison.explain(compare().left[0], words="Known to both", by=by)
    assert compare().left == []

    row.data["amount"] = 100
    row.save()

    assert [each.stripe_cents for each in compare().left] == [100]
    assert compare().left[0].state == DiscrepancyState.OPEN
    assert Discrepancy.objects.get(state=DiscrepancyState.SETTLED).explanation == "Known to both"


def test_a_dispute_that_was_appealed_is_missing_once_and_its_first_movement_is_no_difference(
    program: Program,
) -> None:
    now = timezone.now()
    first, again = now - dt.timedelta(days=10), now - dt.timedelta(days=2)
    ledger.post(
        LedgerEntry(
            program=program,
            kind=EntryKind.DISPUTE,
            amount_cents=-5000,
            occurred_at=first,
            source="stripe",
            source_ref="du_1",
        )
    )
    # Newest first, as Stripe's books are read.
    moved = [
        gateway.Movement(f"txn_{at:%d}", "dispute", "du_1", "ch_1", -5000, 0, "EUR", at)
        for at in (again, first)
    ]

    found = finding._of_batch(moved, finding.Reading(), now - dt.timedelta(days=45), now)

    assert [(each.difference, each.source_ref) for each in found] == [(Difference.MISSING_HERE, "du_1-2")]


def test_a_difference_that_somebody_closes_at_this_moment_stops_no_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = timezone.now()
    missing = finding.Finding(Difference.MISSING_HERE, "gift", "ch_1", "ch_1", now, stripe_cents=5000)
    real = transaction.atomic

    @contextmanager
    def closed_right_after() -> Iterator[None]:
        with real():
            yield
        Discrepancy.objects.update(state=DiscrepancyState.SETTLED, closed_at=now)

    monkeypatch.setattr("donations.comparison.standing.transaction.atomic", closed_right_after)

    assert standing.keep(missing, "").stripe_cents == 5000


def a_debit_given_back() -> tuple[Donation, str]:
    """And we have heard of it. The account is closed: its bank will send the money back."""
    donation = give()
    debit(donation)
    banks_answer()
    reconcile.refresh(donation)
    donation.refresh_from_db()
    refund = in_dashboard(donation).id
    at_stripe(refund, "arrive")
    reversals.compare(donation.stripe_charge_id or "")
    return donation, refund


def test_a_debit_whose_refund_came_back_is_in_both_books_alike() -> None:
    """Stripe calls both movements `payment_refund`: only what they did to the balance tells them apart."""
    donation, refund = a_debit_given_back()
    at_stripe(refund, "come_back")
    reversals.compare(donation.stripe_charge_id or "")

    outcome = compare(days=60)

    assert (outcome.comparison.movements, outcome.left, outcome.repaired) == (3, [], [])


def test_a_debits_refund_that_came_back_unheard_counts_again(program: Program) -> None:
    donation, refund = a_debit_given_back()
    at_stripe(refund, "come_back")

    outcome = compare(days=60)

    assert (outcome.left, outcome.repaired) == ([], [f"refund_reversed {refund}: caught up with Stripe"])
    donation.refresh_from_db()
    assert (donation.status, ledger.read_total(program).raised_cents) == (Status.PAID, 5000)


def test_a_debit_that_stripe_says_was_reversed_is_looked_into_and_shown(program: Program) -> None:
    """Stripe may book what a bank takes back under the payment's name, and not under the dispute's."""
    donation = give()
    debit(donation)
    banks_answer()
    reconcile.refresh(donation)
    donation.refresh_from_db()
    at_stripe(donation.stripe_charge_id or "", "dispute")
    taken = StripeObject.objects.get(kind="balance_transaction", data__type="adjustment")
    taken.data |= {"type": "payment_reversal", "source": donation.stripe_charge_id}
    taken.save()

    outcome = compare(days=60)

    donation.refresh_from_db()
    assert (donation.status, ledger.read_total(program).raised_cents) == (Status.LOST, 0)
    assert [(row.kind, row.stripe_cents) for row in outcome.left if row.stripe_cents] == [("dispute", -5000)]


def test_a_cards_refund_that_came_back_as_an_adjustment_is_no_difference() -> None:
    """Stripe books some so, and says in words only which refund it was."""
    donation = settled_gift()
    at_stripe(in_dashboard(donation).id, "come_back")
    reversals.compare(donation.stripe_charge_id or "")
    back = StripeObject.objects.get(kind="balance_transaction", data__type="refund_failure")
    back.data |= {"type": "adjustment", "source": None}
    back.save()

    outcome = compare()

    assert (outcome.comparison.movements, outcome.left) == (3, [])
