"""What is told of a dispute that goes an unusual way: a part, an appeal, a second round, late money."""

import datetime as dt
from dataclasses import replace
from typing import Any, Literal

import pytest
from django.test import Client
from django.utils import timezone

from donations import gateway, payments, reversals
from donations.models import (
    Donation,
    Receipt,
    ReceiptState,
    Status,
)
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import disputes
from sandbox.models import StripeObject
from sandbox.resources.disputes import blank
from tests.donations.asked_refunds import letters, raised
from tests.donations.reversal_gifts import at_stripe, charge_of, in_dashboard, listen, of_kind, paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


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


@pytest.mark.parametrize("reason", ["insufficient_funds", "bank_cannot_process", "incorrect_account_details"])
def test_a_donor_whose_account_was_short_is_not_said_to_have_disagreed(reason: str) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "dispute")
    row = StripeObject.objects.get(kind="dispute")
    row.data |= {"reason": reason, "status": "lost"}
    row.save()

    listen()

    assert "you did not agree" not in rendering.render(Letter.objects.get(kind="gift_disputed")).text


def test_the_donor_hears_when_an_appeal_makes_the_document_of_the_rest_void(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gift = paid()
    monkeypatch.setattr("sandbox.disputes.blank", lambda *asked: {**blank(*asked), "amount": 2000})
    at_stripe(charge_of(gift), "dispute")
    listen()
    at_stripe(of_kind("dispute"), "lose")
    listen()
    stated = Receipt.objects.get(state=ReceiptState.ISSUED)

    stripe_has(gift, status="appeal_under_review")

    stated.refresh_from_db()
    last = Letter.objects.filter(kind="gift_disputed").order_by("-pk")[0]
    assert stated.state == ReceiptState.VOIDED
    assert f"{stated.reference} is void" in rendering.render(last).text
