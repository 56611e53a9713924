"""Our ledger beside Stripe's books: whatever differs is found, repaired or shown to a person."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from donations import comparison, gateway, ledger, reconcile, tasks
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
from tests.giving import banks_answer, debit, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def compare(days: int = 45) -> comparison.Outcome:
    """With everything that has happened until now."""
    now = timezone.now() + dt.timedelta(seconds=2)
    return comparison.compare(since=now - dt.timedelta(days=days), until=now)


def paid_gift(**changes: Any) -> Donation:
    donation = give(**changes)
    pay(donation)
    return donation


def settled_gift() -> Donation:
    donation = paid_gift()
    reconcile.refresh(donation)
    donation.refresh_from_db()
    return donation


def in_stripes_books(charge_id: str) -> StripeObject:
    return StripeObject.objects.get(kind="balance_transaction", data__source=charge_id)


def post_by_hand(program: Program, ref: str, cents: int = 700) -> LedgerEntry:
    entry = LedgerEntry(
        program=program,
        kind=EntryKind.REFUND_REVERSED,
        amount_cents=cents,
        occurred_at=timezone.now(),
        source="stripe",
        source_ref=ref,
    )
    return ledger.post(entry)


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


def test_a_debit_that_the_bank_refuses_is_in_neither_book() -> None:
    """Stripe books it when it is handed to the bank, and takes it back with a movement of its own."""
    donation = give()
    debit(donation, "FR8420041010050500013M02607")
    under_way = compare()
    banks_answer()
    reconcile.refresh(donation)

    assert (under_way.left, compare().left) == ([], [])
    donation.refresh_from_db()
    assert (donation.status, LedgerEntry.objects.count()) == (Status.FAILED, 0)


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


def test_another_day_in_paris_is_shown() -> None:
    donation = settled_gift()
    charge = StripeObject.objects.get(object_id=donation.stripe_charge_id)
    charge.data["created"] -= 2 * 86_400
    charge.save()

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


MORNING = dt.datetime(2026, 11, 27, 4, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("runs", "due"),
    [
        ([], True),
        ([{"started_at": MORNING - dt.timedelta(hours=1)}], True),
        ([{}], False),
        ([{"error": "Stripe was away"}], True),
        ([{"error": "Stripe was away"}] * 6, False),
        ([{"since": MORNING - dt.timedelta(days=3)}], True),
        ([{"finished_at": None}], False),
    ],
)
def test_a_night_is_compared_once_and_tried_again_where_it_was_not(
    runs: list[dict[str, Any]], due: bool
) -> None:
    for run in runs:
        whole = {"since": MORNING - dt.timedelta(days=45), "until": MORNING, "finished_at": MORNING}
        made = Comparison.objects.create(**whole | {k: v for k, v in run.items() if k != "started_at"})
        Comparison.objects.filter(pk=made.pk).update(started_at=run.get("started_at", MORNING))

    with time_machine.travel(MORNING + dt.timedelta(minutes=15), tick=False):
        assert comparison.is_due() is due
    with time_machine.travel(MORNING - dt.timedelta(minutes=30), tick=False):
        assert not comparison.is_due()


def test_one_that_died_is_taken_up_again_by_the_night_task() -> None:
    settled_gift()
    with time_machine.travel(MORNING, tick=False):
        Comparison.objects.create(since=MORNING, until=MORNING)
        tasks.compare_nightly()
        assert Comparison.objects.count() == 1
    with time_machine.travel(MORNING + dt.timedelta(hours=2), tick=False):
        tasks.compare_nightly()
        tasks.compare_nightly()

    assert Comparison.objects.filter(finished_at__isnull=False).count() == 1
    assert Comparison.objects.count() == 2


def test_the_command_refuses_a_day_that_has_not_begun() -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    with pytest.raises(CommandError, match="--since"):
        call_command("reconcile", "--since", f"{tomorrow:%Y-%m-%d}")


def test_the_command_prints_what_is_left_and_exits_1(program: Program) -> None:
    out = StringIO()
    old = LedgerEntry(
        program=program,
        kind=EntryKind.REFUND_REVERSED,
        amount_cents=700,
        occurred_at=timezone.now() - dt.timedelta(days=3),
        source="stripe",
        source_ref="re_old",
    )
    ledger.post(old)

    since = timezone.now() - dt.timedelta(days=9)

    with pytest.raises(CommandError) as failed:
        call_command("reconcile", "--since", f"{since:%Y-%m-%d}", stdout=out)

    assert failed.value.returncode == 1
    assert "missing_there: refund_reversed re_old (Stripe / ledger: – / €7)" in out.getvalue()


@pytest.fixture
def treasurer(client: Client) -> Client:
    user = User.objects.create_user("treasurer", is_staff=True)
    user.groups.add(Group.objects.get(name="Treasurer"))
    client.force_login(user)
    return client


def test_a_treasurer_has_a_difference_repaired_by_a_button(treasurer: Client) -> None:
    donation = paid_gift()
    charge_id = StripeObject.objects.get(kind="charge").object_id
    row = Discrepancy.objects.create(
        difference=Difference.MISSING_HERE,
        kind=EntryKind.GIFT,
        source_ref=charge_id,
        charge_id=charge_id,
        stripe_cents=5000,
        occurred_at=timezone.now(),
        seen_at=timezone.now(),
    )
    page = f"/admin/donations/discrepancy/{row.pk}/"

    assert "Ask Stripe again and repair" in treasurer.get(f"{page}change/").content.decode()
    french = treasurer.get(f"{page}change/", headers={"accept-language": "fr"}).content.decode()
    assert ">Ouvert<" in french  # the state, not the verb of a button
    answer = treasurer.post(f"{page}look/", follow=True)

    row.refresh_from_db()
    donation.refresh_from_db()
    assert "Repaired: our ledger has it now." in answer.content.decode()
    assert (row.state, donation.status) == (DiscrepancyState.SETTLED, Status.PAID)
    assert treasurer.get(f"{page}look/").status_code == 405


def test_a_treasurer_explains_a_difference_in_words_and_never_without(
    treasurer: Client, program: Program
) -> None:
    post_by_hand(program, "re_nobody")
    (row,) = compare().left
    address = f"/admin/donations/discrepancy/{row.pk}/explain/"

    refused = treasurer.post(address, {"words": " "}, follow=True)
    accepted = treasurer.post(address, {"words": "Moved by Stripe’s support."}, follow=True)

    assert "Say what it is" in refused.content.decode()
    assert "Closed, with your explanation." in accepted.content.decode()
    row.refresh_from_db()
    assert row.state == DiscrepancyState.EXPLAINED


def test_a_fundraiser_sees_no_comparison(client: Client, program: Program) -> None:
    post_by_hand(program, "re_nobody")
    (row,) = compare().left
    user = User.objects.create_user("fundraiser", is_staff=True)
    user.groups.add(Group.objects.get(name="Fundraiser"))
    client.force_login(user)

    addresses = ["comparison/", "discrepancy/", f"discrepancy/{row.pk}/change/"]
    assert [client.get(f"/admin/donations/{each}").status_code for each in addresses] == [403] * 3
    posts = [f"discrepancy/{row.pk}/look/", f"discrepancy/{row.pk}/explain/", "comparison/run/"]
    assert [client.post(f"/admin/donations/{each}").status_code for each in posts] == [403] * 3


def test_a_comparison_that_died_is_not_shown_as_being_read(treasurer: Client) -> None:
    run = Comparison.objects.create(since=MORNING, until=MORNING)
    assert "Reading" in treasurer.get("/admin/donations/comparison/").content.decode()

    Comparison.objects.filter(pk=run.pk).update(started_at=timezone.now() - dt.timedelta(hours=2))

    assert "Cut off" in treasurer.get("/admin/donations/comparison/").content.decode()


def test_comparing_now_is_asked_of_a_worker(treasurer: Client) -> None:
    answer = treasurer.post("/admin/donations/comparison/run/", follow=True)

    assert "The comparison has begun." in answer.content.decode()
