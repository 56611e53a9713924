"""Transactions that meet: they wait for one another in no ring, and none undoes what another has written."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from donations import gateway, ledger, offline, payments
from donations.donors import contact, email_change, erasure, sign_in
from donations.guard import attacks
from donations.models import Attack, Donation, Donor, OfflineGift, PlanStatus, RecurringDonation
from donations.plans import starting, telling
from outreach import broadcasts, delivery, forgetting, subscriptions
from outreach.models import Letter
from programs.models import ProgressUpdate
from tests import staff
from tests.donations.offline_gifts import record
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.test_my_gifts_about_me import plan
from tests.donations.test_my_gifts_email import NEW
from tests.donations.test_my_gifts_gifts import EMAIL, settled

pytestmark = pytest.mark.django_db(transaction=True)

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one write at a time"
)


def at_once(*work: Callable[[], object]) -> list[BaseException]:
    """Do all of it at once, each in a thread and connection of its own. What was raised."""
    raised: list[BaseException] = []

    def run(piece: Callable[[], object]) -> None:
        try:
            piece()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(piece,)) for piece in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def given() -> Donor:
    with transaction.atomic():
        settled(gift())
    return Donor.objects.get()


def half_agreed() -> str:
    """A change to `NEW` that lacks one yes only: the key to it."""
    change = email_change.ask(old=EMAIL, new=NEW, language="en")
    old, new = (email_change._signer.sign(f"{change.reference.hex}-{side}") for side in ("old", "new"))
    assert not email_change.agree(old)
    return new


def told_of(running: RecurringDonation) -> gateway.Subscription:
    return gateway.Subscription(
        subscription_id=running.stripe_subscription_id or "",
        customer_id="cus_1",
        reference=str(running.public_id),
        status="active",
        amount_cents=4000,
        currency="EUR",
        next_charge_at=timezone.now() + dt.timedelta(days=20),
        ends_at=None,
        latest_invoice_id="",
        end_reason="",
        method="card",
        card_last4="4242",
        card_expires_on=None,
        livemode=False,
    )


@needs_postgresql
def test_an_address_changes_while_stripe_tells_of_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    running = plan(given())
    running.refresh_from_db()
    key, told = half_agreed(), told_of(running)
    written, held = threading.Event(), threading.Event()
    tell, join = telling._tell, ledger.join_donors

    def slowly(*args: Any) -> None:
        tell(*args)
        written.set()
        held.wait(1)

    def joined(*args: Any) -> None:
        join(*args)
        held.set()

    def agree() -> None:
        written.wait(10)
        email_change.agree(key)

    monkeypatch.setattr(telling, "_tell", slowly)
    monkeypatch.setattr(ledger, "join_donors", joined)
    assert at_once(lambda: telling.record(running, told), agree) == []

    assert Donor.objects.get().email == NEW
    assert RecurringDonation.objects.get().amount_cents == 4000


@needs_postgresql
def test_a_gift_is_given_back_while_its_donor_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    given()
    settled_gift, key, now = Donation.objects.get(), half_agreed(), timezone.now()
    refund = gateway.GivenBack(
        refund_id="re_1",
        charge_id="ch_1",
        amount_cents=5000,
        currency="EUR",
        fee_cents=0,
        status="succeeded",
        created_at=now,
        taken_at=now,
        returned_at=None,
        reference="",
    )
    held, join = threading.Event(), ledger.join_donors

    def slowly(*args: Any) -> None:
        join(*args)
        held.set()
        threading.Event().wait(0.5)  # the other waits for the programme by then

    def give_back() -> None:
        held.wait(10)
        payments.catch_up(settled_gift, gateway.Reversals("ch_1", None, "", (refund,), ()))

    monkeypatch.setattr(ledger, "join_donors", slowly)
    assert at_once(lambda: email_change.agree(key), give_back) == []

    assert Letter.objects.get(kind="gift_refunded").to == NEW


@needs_postgresql
def test_a_gift_is_undone_while_its_donor_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    by, kept = staff.member("Treasurer"), record(program(), email=EMAIL)
    asked = erasure.ask(EMAIL, "en")
    written, undo = threading.Event(), payments.undo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        written.set()
        threading.Event().wait(0.5)  # the other has the gifts by then, or waits for them
        return undo(*args, **kwargs)

    def erase() -> None:
        written.wait(10)
        erasure.erase(asked, by=by)

    monkeypatch.setattr(payments, "undo", slowly)
    assert at_once(lambda: offline.correct(kept, by=by, reason="twice"), erase) == []

    assert OfflineGift.objects.get().undone_at
    assert not Donor.objects.filter(email=EMAIL).exists()


@needs_postgresql
def test_an_address_that_waits_for_an_erasure_is_not_written_down_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, by = given(), staff.member("Treasurer")
    asked, holds, forget = erasure.ask(EMAIL, "en"), threading.Event(), erasure._forget_givers

    def slowly(*args: Any) -> None:
        holds.set()
        threading.Event().wait(0.5)
        forget(*args)

    def save() -> None:
        holds.wait(10)
        contact.change(known, contact.Contact("1 rue Neuve", "75015", "Paris", "FR", "fr"))

    monkeypatch.setattr(erasure, "_forget_givers", slowly)
    assert at_once(lambda: erasure.erase(asked, by=by), save) == []

    assert not Donor.objects.filter(address="1 rue Neuve").exists()


@needs_postgresql
@pytest.mark.parametrize("what", ["moves", "is forgotten"])
def test_news_that_are_being_owed_to_somebody_who_moves_or_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    known, by = given(), staff.member("Treasurer")
    subscriptions.confirm(
        email=known.email,
        program=program(),
        language="en",
        consent_text="Yes",
        source="donation",
        consented_at=timezone.now(),
    )
    texts = dict.fromkeys(("title_en", "title_fr", "slug_en", "slug_fr", "body_en", "body_fr"), "news")
    ProgressUpdate.objects.create(program=program(), status="published", published_at=timezone.now(), **texts)
    key, asked = half_agreed(), erasure.ask(EMAIL, "en")
    read, done, letter = threading.Event(), threading.Event(), broadcasts._letter

    def slowly(*args: Any) -> Letter:
        read.set()
        done.wait(1)
        return letter(*args)

    def leave() -> None:
        read.wait(10)
        if what == "moves":
            email_change.agree(key)
        else:
            erasure.erase(asked, by=by)
        done.set()

    monkeypatch.setattr(broadcasts, "_letter", slowly)
    assert at_once(broadcasts.owe_published, leave) == []
    delivery.deliver(0)
    erasure.finish()

    assert Letter.objects.get(kind="progress_update").to != EMAIL


@needs_postgresql
def test_a_link_asked_for_just_before_an_erasure_is_not_sent_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given()
    asked, by = erasure.ask(EMAIL, "en"), staff.member("Treasurer")
    sign_in.ask(email=EMAIL, language="en", network="")
    emptied, forget = threading.Event(), forgetting.forget

    def then_wait(*args: Any, **kwargs: Any) -> None:
        forget(*args, **kwargs)
        emptied.set()
        threading.Event().wait(0.5)  # the other has answered by then, or waits

    def answer() -> None:
        emptied.wait(10)
        sign_in.answer_waiting()

    monkeypatch.setattr(forgetting, "forget", then_wait)
    assert at_once(lambda: erasure.erase(asked, by=by), answer) == []

    assert not Letter.objects.filter(kind="sign_in").exists()


@needs_postgresql
def test_a_lesser_sign_does_not_lower_the_guard_that_another_has_just_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attacked, now = program(), attacks._now
    attacks.sign(attacked)
    read, raised, slow = threading.Event(), threading.Event(), threading.local()

    def slowly(attack: Attack) -> int:
        level = now(attack)
        if getattr(slow, "here", False):
            read.set()
            raised.wait(1)
        return level

    def renew() -> None:
        slow.here = True
        attacks.sign(attacked)

    def raise_it() -> None:
        read.wait(10)
        attacks.sign(attacked, level=attacks.REVIEW)
        raised.set()

    monkeypatch.setattr(attacks, "_now", slowly)
    assert at_once(renew, raise_it) == []

    assert attacks.level(attacked) == attacks.REVIEW


def test_a_plan_given_up_in_the_moment_it_begins_is_not_charged_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = plan(donor(), status=PlanStatus.PENDING, stripe_subscription_id=None)
    seen, update = RecurringDonation.objects.get(), type(RecurringDonation.objects.all()).update

    def given_up_before(rows: Any, **changes: Any) -> int:
        if "stripe_subscription_id" in changes:
            monkeypatch.undo()
            starting.abandon(seen)
        return update(rows, **changes)

    monkeypatch.setattr(type(RecurringDonation.objects.all()), "update", given_up_before)
    starting.start(begun, subscription_id="sub_9")

    row = RecurringDonation.objects.get()
    assert (row.status, row.stripe_subscription_id) == (PlanStatus.PENDING, "sub_9")
