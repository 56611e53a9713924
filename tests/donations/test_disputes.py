"""A donor's bank contests a gift: told in any order, each step is in the books once."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from donations import gateway, payments, reconcile, reversals
from donations.models import (
    Dispute,
    DisputeStatus,
    Donation,
    EndReason,
    EntryKind,
    LedgerEntry,
    PlanStatus,
    Receipt,
    ReceiptState,
    Status,
    StripeEvent,
)
from donations.plans import watching
from outreach.models import Letter
from programs.models import Program
from sandbox import disputes, sweep
from sandbox.models import StripeObject
from sandbox.resources.disputes import blank
from tests import staff
from tests.donations.asked_refunds import letters, raised
from tests.donations.reversal_gifts import at_stripe, begun, charge_of, in_dashboard, listen, of_kind, paid
from tests.giving import banks_answer, debit, give
from tests.planning import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

INQUIRY_CARD = "4000000000001976"


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def kinds() -> list[str]:
    return sorted(LedgerEntry.objects.values_list("kind", flat=True))


def test_opened_it_lowers_the_total_voids_the_receipt_and_tells_staff_until_when(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")

    listen()

    gift.refresh_from_db()
    dispute = Dispute.objects.get()
    fee = LedgerEntry.objects.get(kind=EntryKind.DISPUTE_FEE)
    notice = Letter.objects.get(kind="staff_notice")
    assert (gift.status, dispute.status) == (Status.DISPUTED, DisputeStatus.OPEN)
    assert dispute.due_by
    assert raised(program) == 0
    assert LedgerEntry.objects.get(kind=EntryKind.DISPUTE).source_ref == dispute.stripe_dispute_id
    assert (fee.amount_cents, fee.fee_cents) == (0, 2000)
    assert Receipt.objects.get().state == ReceiptState.VOIDED
    assert (notice.facts["what"], notice.facts["due_on"] > "2026") == ("dispute_open", True)
    assert notice.facts["reason"] == "Le titulaire de la carte n’y a pas consenti"
    assert letters("gift_disputed") == 1
    assert not StripeEvent.objects.filter(processed_at=None).exists()


@pytest.mark.parametrize(
    ("reason", "said"), [("duplicate", "Le paiement a été fait deux fois"), ("of_tomorrow", "of_tomorrow")]
)
def test_staff_read_why_the_bank_contests_in_words_or_as_it_came(reason: str, said: str) -> None:
    gift = paid()
    Dispute.objects.create(
        donation=gift,
        stripe_dispute_id="du_1",
        amount_cents=5000,
        reason=reason,
        opened_at=timezone.now(),
        status=DisputeStatus.OPEN,
    )

    listed = staff.signed_in("Treasurer").get(
        reverse("admin:donations_dispute_changelist"), headers={"accept-language": "fr"}
    )

    assert f">{said}</td>" in listed.content.decode()


def test_won_it_counts_again_under_a_new_receipt(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()

    at_stripe(of_kind("dispute"), "win")
    listen()

    gift.refresh_from_db()
    first, second = Receipt.objects.order_by("number")
    assert gift.status == Status.PAID
    assert Dispute.objects.get().status == DisputeStatus.WON
    assert raised(program) == 5000
    assert kinds() == ["dispute", "dispute_fee", "dispute_reversed", "gift"]
    assert first.replaced_by == second
    assert second.facts["amount_cents"] == 5000
    assert letters("gift_restored") == 1


def test_lost_it_stays_away(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()

    at_stripe(of_kind("dispute"), "lose")
    listen()

    gift.refresh_from_db()
    assert gift.status == Status.LOST
    assert Dispute.objects.get().closed_at
    assert raised(program) == 0
    assert kinds() == ["dispute", "dispute_fee", "gift"]
    assert letters("gift_disputed") == 1
    assert letters("staff_notice") == 2


def test_a_question_of_the_bank_moves_nothing_and_may_become_a_dispute(program: Program) -> None:
    gift = paid(INQUIRY_CARD)
    sweep.settle_due(timezone.now() + dt.timedelta(minutes=1))
    listen()
    gift.refresh_from_db()
    assert (gift.status, Dispute.objects.get().status) == (Status.PAID, DisputeStatus.INQUIRY)
    assert raised(program) == 5000
    assert Receipt.objects.get().state == ReceiptState.ISSUED
    assert (letters("gift_disputed"), letters("staff_notice")) == (0, 1)

    at_stripe(of_kind("dispute"), "escalate")
    listen()

    gift.refresh_from_db()
    assert (gift.status, Dispute.objects.get().status) == (Status.DISPUTED, DisputeStatus.OPEN)
    assert raised(program) == 0
    assert letters("gift_disputed") == 1


def test_opened_and_won_before_we_heard_is_no_news_to_the_donor(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    at_stripe(of_kind("dispute"), "win")

    listen()

    gift.refresh_from_db()
    assert gift.status == Status.PAID
    assert raised(program) == 5000
    assert kinds() == ["dispute", "dispute_fee", "dispute_reversed", "gift"]
    assert Receipt.objects.get().state == ReceiptState.ISSUED
    assert letters("gift_disputed") == letters("gift_restored") == 0


def test_told_again_and_out_of_order_changes_nothing(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    older = gateway.fetch_reversals(charge_of(gift))
    at_stripe(of_kind("dispute"), "win")
    listen()
    for event in StripeEvent.objects.order_by("?"):
        event.processed_at, event.not_before, event.attempts = None, None, 0
        event.save()
    listen()

    assert payments.catch_up(gift, older) is False
    assert reversals.compare(charge_of(gift)) == "nothing new"

    gift.refresh_from_db()
    assert (gift.status, Dispute.objects.get().status) == (Status.PAID, DisputeStatus.WON)
    assert raised(program) == 5000


def test_contested_before_we_ever_settled_it_is_settled_then_contested(program: Program) -> None:
    gift = begun()
    at_stripe(charge_of(gift), "dispute")

    assert reconcile.refresh(gift) == "settled"

    gift.refresh_from_db()
    assert gift.status == Status.DISPUTED
    assert raised(program) == 0
    assert kinds() == ["dispute", "dispute_fee", "gift"]
    assert letters("gift_thanks") == 1


def test_a_plan_whose_payment_is_contested_ends_and_stays_ended(program: Program) -> None:
    plan = begin()
    gift = Donation.objects.get()
    at_stripe(charge_of(gift), "dispute")
    listen()

    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == (PlanStatus.ENDED, EndReason.DISPUTED)
    assert Letter.objects.get(kind="gift_disputed").facts["plan_stopped"] is True

    at_stripe(of_kind("dispute"), "win")
    listen()

    plan.refresh_from_db()
    gift.refresh_from_db()
    assert gift.status == Status.PAID
    assert plan.status == PlanStatus.ENDED


def test_a_plan_ends_whose_payment_was_contested_and_won_before_we_heard(program: Program) -> None:
    plan = begin()
    at_stripe(charge_of(Donation.objects.get()), "dispute")
    at_stripe(of_kind("dispute"), "win")

    listen()

    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == (PlanStatus.ENDED, EndReason.DISPUTED)
    assert raised(program) == 5000


def test_a_plan_that_stripe_was_not_there_to_end_is_ended_by_the_sweep(
    program: Program, settings: Any
) -> None:
    plan, base = begin(), settings.STRIPE_API_BASE
    gift = Donation.objects.get()
    at_stripe(charge_of(gift), "dispute")
    payments.catch_up(gift, gateway.fetch_reversals(charge_of(gift)))
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    assert reversals.stop_contested_plans() == 1
    assert reversals.stop_contested_plans() == 0
    settings.STRIPE_API_BASE = base

    watching.sweep()

    plan.refresh_from_db()
    assert plan.status == PlanStatus.ENDED


def test_contested_after_a_part_was_given_back_the_rest_is_contested(program: Program) -> None:
    gift = paid()
    in_dashboard(gift, 2000)
    at_stripe(charge_of(gift), "dispute")
    listen()

    at_stripe(of_kind("dispute"), "win")
    listen()

    gift.refresh_from_db()
    current = Receipt.objects.get(state=ReceiptState.ISSUED)
    assert gift.status == Status.PAID
    assert raised(program) == 3000
    assert current.facts["amount_cents"] == raised(program)


def test_a_debit_is_claimed_back_after_all_of_it_was_given_back(program: Program) -> None:
    other, gift = paid(), give()
    debit(gift)
    banks_answer()
    assert reconcile.refresh(gift) == "settled"
    in_dashboard(gift)
    listen()

    at_stripe(charge_of(gift), "dispute")
    listen()

    gift.refresh_from_db()
    assert gift.status == Status.LOST
    assert payments.left_of(gift) == -5000  # the donor has it twice
    assert raised(program) == other.amount_cents - 5000
    assert not StripeEvent.objects.filter(processed_at=None).exists()


def test_a_gift_of_which_one_part_is_lost_and_another_contested_is_contested(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = paid()
    monkeypatch.setattr("sandbox.disputes.blank", lambda *asked: {**blank(*asked), "amount": 2000})
    at_stripe(charge_of(gift), "dispute")
    at_stripe(of_kind("dispute"), "lose")
    disputes.open_for(StripeObject.objects.get(object_id=charge_of(gift)))

    listen()

    gift.refresh_from_db()
    assert gift.status == Status.DISPUTED
    assert sorted(Dispute.objects.values_list("status", flat=True)) == ["lost", "open"]
    assert raised(program) == 1000
    assert not Receipt.objects.filter(state=ReceiptState.ISSUED).exists()
