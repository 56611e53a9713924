"""A donor's bank contests a gift: told in any order, each step is in the books once."""

import datetime as dt
from dataclasses import replace
from typing import Any, Literal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import gateway, ledger, payments, reconcile, reversals
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
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import disputes, sweep
from sandbox.models import StripeObject
from sandbox.resources.disputes import blank
from tests import staff
from tests.donations.reversal_gifts import at_stripe, begun, charge_of, in_dashboard, listen, of_kind, paid
from tests.giving import banks_answer, debit, give
from tests.planning import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

INQUIRY_CARD = "4000000000001976"


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def raised(program: Program) -> int:
    """What the meter shows; it is proved to be the ledger's sum."""
    call_command("check_totals", verbosity=0)
    return ledger.read_total(program).raised_cents


def letters(kind: str) -> int:
    return Letter.objects.filter(kind=kind).count()


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


def stripe_has(gift: Donation, **values: Any) -> StripeObject:
    """Have the only dispute be so at Stripe, and look at what it is here."""
    row = StripeObject.objects.get(kind="dispute")
    row.data |= values
    row.save()
    reversals.compare(charge_of(gift))
    gift.refresh_from_db()
    return row


def test_won_before_the_money_is_back_it_is_still_contested() -> None:
    """Stripe closes a dispute first and books the money after."""
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()

    row = stripe_has(gift, status="won")

    assert gift.status == Status.DISPUTED
    assert letters("gift_restored") == 0

    disputes._reinstate(row)
    row.save()
    reversals.compare(charge_of(gift))

    gift.refresh_from_db()
    current = Receipt.objects.get(state=ReceiptState.ISSUED)
    assert gift.status == Status.PAID
    assert Letter.objects.get(kind="gift_restored").attachments == [
        {"kind": "receipt", "reference": str(current.pk)}
    ]


def test_a_part_that_is_contested_and_lost_leaves_the_rest_with_its_document(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = paid()
    monkeypatch.setattr("sandbox.disputes.blank", lambda *asked: {**blank(*asked), "amount": 2000})
    at_stripe(charge_of(gift), "dispute")
    listen()
    told = rendering.render(Letter.objects.get(kind="gift_disputed")).text
    assert "you did not agree to €20 of your gift of €50" in told
    assert "€30 is still counted" in told
    assert raised(program) == 3000

    at_stripe(of_kind("dispute"), "lose")
    listen()
    listen()

    current = Receipt.objects.get(state=ReceiptState.ISSUED)
    _, last = Letter.objects.filter(kind="gift_disputed").order_by("pk")
    assert current.facts["amount_cents"] == 3000
    assert last.attachments == [{"kind": "receipt", "reference": str(current.pk)}]
    assert "€30 remains a gift" in rendering.render(last).text


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


def test_what_comes_back_of_a_gift_that_was_given_back_in_part() -> None:
    gift = paid()
    in_dashboard(gift, 2000)
    at_stripe(charge_of(gift), "dispute")
    listen()

    at_stripe(of_kind("dispute"), "win")
    listen()

    restored = rendering.render(Letter.objects.get(kind="gift_restored")).text
    assert "given back €30 of your gift of €50" in restored


def test_staff_hear_of_an_appeals_deadline_and_of_its_end() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "lose")
    listen()
    details = StripeObject.objects.get(kind="dispute").data["evidence_details"]
    later = details | {"due_by": details["due_by"] + 30 * 24 * 3600}

    stripe_has(gift, status="appeal_needs_response", evidence_details=later)
    reversals.compare(charge_of(gift))
    stripe_has(gift, status="lost")

    told = Letter.objects.filter(kind="staff_notice").order_by("pk")
    assert [letter.facts["what"] for letter in told] == ["dispute_open", "dispute_lost"] * 2
    assert told[2].facts["due_on"] > told[0].facts["due_on"]
    assert letters("gift_disputed") == 1


def test_the_page_of_a_gift_that_its_bank_took_back_says_so(client: Client) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    at_stripe(of_kind("dispute"), "lose")
    listen()

    page = client.get(f"/en/gifts/{gift.public_id}/").content.decode()

    assert "Your bank took this gift back" in page
    assert "for now" not in page


def told(
    gift: Donation, status: Literal["open", "won", "lost"], *moved: int, cents: int = 5000
) -> gateway.Reversals:
    """The gift's charge, contested as Stripe says: with what the bank has taken (and given) until now."""
    found, now = gateway.fetch_reversals(charge_of(gift)), timezone.now()
    contested = gateway.Contested(
        dispute_id="du_1",
        charge_id=found.charge_id,
        amount_cents=cents,
        currency="EUR",
        reason="fraudulent",
        status=status,
        appealed=False,
        due_by=now,
        opened_at=now,
        movements=tuple(
            gateway.Contest(amount_cents=each, fee_cents=0, moved_at=now + dt.timedelta(seconds=number))
            for number, each in enumerate(moved)
        ),
    )
    return replace(found, disputes=(contested,))


def test_taken_again_after_it_was_won_it_is_contested_until_the_money_is_back_once_more() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "win")
    listen()
    row = StripeObject.objects.get(kind="dispute")
    disputes._withdraw(row, StripeObject.objects.get(kind="charge"))
    booked = [
        each | {"created": each["created"] + n} for n, each in enumerate(row.data["balance_transactions"])
    ]
    stripe_has(gift, status="appeal_needs_response", balance_transactions=booked)

    stripe_has(gift, status="won")

    assert gift.status == Status.DISPUTED


def test_won_where_only_a_fee_had_been_taken_it_counts() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    (fee,) = StripeObject.objects.get(kind="dispute").data["balance_transactions"]

    stripe_has(gift, status="won", balance_transactions=[fee | {"amount": 0}])

    assert gift.status == Status.PAID


def test_opened_before_the_money_is_taken_the_letter_says_nothing_of_a_part() -> None:
    gift = paid()

    payments.catch_up(gift, told(gift, "open"))

    words = rendering.render(Letter.objects.get(kind="gift_disputed")).text
    assert "you did not agree to the payment of €50" in words


def test_lost_in_part_when_first_heard_of_is_told_once_with_its_document() -> None:
    gift = paid()

    payments.catch_up(gift, told(gift, "lost", -2000, cents=2000))

    letter = Letter.objects.get(kind="gift_disputed")
    words = rendering.render(letter).text
    assert "€30 remains a gift" in words
    assert "once the matter is settled" not in words
    assert len(letter.attachments) == 1


def test_each_time_that_it_is_lost_and_won_the_donor_has_the_document_of_now() -> None:
    gift = paid()
    taken, back = (-5000,), (-5000, 5000)
    payments.catch_up(gift, told(gift, "open", *taken))
    payments.catch_up(gift, told(gift, "lost", *taken))
    payments.catch_up(gift, told(gift, "won", *back))
    payments.catch_up(gift, told(gift, "lost", *back, *taken))
    payments.catch_up(gift, told(gift, "won", *back, *back))

    gift.refresh_from_db()
    sent = [letter.attachments for letter in Letter.objects.filter(kind="gift_restored").order_by("pk")]
    issued = Receipt.objects.order_by("number")[1:]
    assert gift.status == Status.PAID
    assert [each[0]["reference"] for each in sent] == [str(receipt.pk) for receipt in issued]


def test_an_appeal_that_is_lost_with_the_same_deadline_is_told_to_staff() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "lose")
    listen()
    for status in ("appeal_under_review", "lost"):
        stripe_has(gift, status=status)

    notices = Letter.objects.filter(kind="staff_notice").order_by("pk")
    assert [letter.facts["what"] for letter in notices] == ["dispute_open", "dispute_lost"] * 2
