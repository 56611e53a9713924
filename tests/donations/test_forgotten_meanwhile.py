"""Somebody moves, is forgotten or comes back while others have their name on the screen or in their hands."""

import datetime as dt
import threading
from contextlib import suppress
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from donations import checkout, thanks
from donations.donors import contact, email_change, erasure, sessions, sign_in
from donations.forms import Answers
from donations.models import Donation, Donor, ErasureRequest, PlanStatus, Pledge, Status
from donations.notices import staff as notices
from outreach import claims, delivery, letters, subscriptions
from outreach.models import Letter, Suppression
from outreach.postman import Postman
from tests import staff
from tests.donations.offline_gifts import ADD, CAMILLE, draft_in, typed
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.test_my_gifts_about_me import plan
from tests.donations.test_my_gifts_email import NEW, change_to
from tests.donations.test_my_gifts_gifts import EMAIL, settled
from tests.donations.test_news_of_donors import publish, subscribe

pytestmark = pytest.mark.django_db

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one write at a time"
)


def erase(email: str = EMAIL) -> None:
    erasure.erase(erasure.ask(email, "en"), by=staff.member("Treasurer"))


@pytest.fixture
def drafted() -> tuple[Client, str]:
    """A treasurer who has read what recording a cheque will do, and the draft that waits for their yes."""
    given_by = Donor.objects.as_said(**CAMILLE | {"email": EMAIL})
    pledge = Pledge.objects.create(program=program(), donor=given_by, way="cheque", language="fr")
    form = typed(program(), reference=pledge.reference)
    form |= dict.fromkeys(("email", "first_name", "last_name", "address", "postal_code", "city"), "")
    treasurer = staff.signed_in("Treasurer")
    return treasurer, draft_in(treasurer.post(ADD, form))


def test_a_gift_confirmed_after_its_donor_moved_is_thanked_for_at_the_new_address(
    drafted: tuple[Client, str],
) -> None:
    treasurer, draft = drafted
    change_to(NEW)

    told = treasurer.post(ADD, {"draft": draft, "record": "1"})
    assert (told.status_code, Donation.objects.count()) == (409, 0)
    assert "who gives has changed" in told.content.decode()
    treasurer.post(ADD, {"draft": draft_in(told), "record": "1"})

    assert Letter.objects.get(kind="gift_thanks").to == NEW


def test_nobody_who_was_forgotten_is_written_down_again_by_a_draft(drafted: tuple[Client, str]) -> None:
    treasurer, draft = drafted
    erase()

    treasurer.post(ADD, {"draft": draft, "record": "1"})

    assert not Donor.objects.filter(email=EMAIL).exists()


def test_nobody_known_before_is_written_down_under_an_address_that_they_left_since() -> None:
    """Who gives was proposed for a bank's line, or typed as it was known: no reference leads to them."""
    Donor.objects.as_said(**CAMILLE | {"email": EMAIL})
    treasurer = staff.signed_in("Treasurer")
    draft = draft_in(treasurer.post(ADD, typed(program(), email=EMAIL)))
    change_to(NEW)

    told = treasurer.post(ADD, {"draft": draft, "record": "1"})

    assert (told.status_code, Donation.objects.count()) == (409, 0)
    assert "who gives has changed" in told.content.decode()
    treasurer.post(ADD, {"draft": draft_in(told), "record": "1"})
    assert Donation.objects.count() == 1  # another person may read there now: staff have the last word


def test_who_changed_their_address_while_staff_looked_is_not_told_of_an_erasure_that_was_none() -> None:
    settled(gift())
    asked = erasure.ask(EMAIL, "en")  # as the page of the treasurer has read it
    change_to(NEW)

    with pytest.raises(erasure.Answered):
        erasure.erase(asked, by=staff.member("Treasurer"))

    assert Donor.objects.filter(email=NEW).exists()
    assert not Letter.objects.filter(kind="erasure").exists()


def test_who_gives_again_before_the_last_trace_has_gone_is_thanked_and_told() -> None:
    settled(gift())
    erase()
    delivery.deliver(0)  # the letter that says so has left
    again = gift(donor(), updates_consent="Yes", status=Status.PROCESSING)
    subscribe()
    letters.owe(key="thanks-again", kind="gift_thanks", to=EMAIL, language="en", facts={"donor_name": "M"})

    assert erasure.finish() == 1

    assert again.donor.email == EMAIL
    assert Letter.objects.get(key="thanks-again").state == "queued"
    assert subscriptions.told(EMAIL).exists()


@pytest.mark.parametrize("refusing", [True, False])
def test_who_moves_to_an_address_that_is_being_forgotten_keeps_what_is_theirs(refusing: bool) -> None:
    """What was written to them and what they said is older than the letter that is waited for."""
    settled(gift())
    subscribe()
    settled(gift(donor(email=NEW)))
    subscribe(NEW)
    letters.owe(key="thanks", kind="gift_thanks", to=NEW, language="en", facts={"donor_name": "M"})
    if refusing:
        Suppression.objects.create(email=NEW, reason="request")
    erase()
    change = email_change.ask(old=NEW, new=EMAIL, language="en")
    for side in (email_change.address_for_old, email_change.address_for_new):
        email_change.agree(side(str(change.reference)).rstrip("/").rpartition("/")[2])
    Letter.objects.filter(kind="erasure").update(state="sent", sent_at=timezone.now())

    assert erasure.finish() == 1

    assert subscriptions.told(EMAIL).exists()
    assert subscriptions.stopped(EMAIL) is refusing
    assert Letter.objects.get(key="thanks").to == EMAIL
    assert EMAIL not in Letter.objects.get(kind="erasure").to


def test_of_refusals_those_of_somebody_who_came_back_stand_and_no_dead_mailbox_is_kept() -> None:
    settled(gift())
    erase()
    delivery.deliver(0)
    Suppression.objects.create(email=EMAIL, reason="request")
    erasure.finish()
    assert subscriptions.stopped(EMAIL)

    Suppression.objects.all().delete()
    erase()
    delivery.deliver(0)
    Suppression.objects.create(email=EMAIL, reason="hard_bounce")  # the last letter came back
    erasure.finish()
    assert not Suppression.objects.exists()


def test_staff_notices_name_nobody_who_was_forgotten(settings: Any) -> None:
    settings.STAFF_EMAIL = ["staff@example.org"]
    failed = gift(donor(last_name="Quelconque"), status=Status.FAILED)
    notices.tell("held", str(failed.public_id), failed, cents=5000)
    delivery.deliver(0)
    assert "Quelconque" in Letter.objects.get().text

    erase()
    delivery.deliver(0)
    erasure.finish()

    assert "Quelconque" not in str(list(Letter.objects.values()))


def test_staff_notices_of_before_the_site_moved_name_nobody_either(settings: Any) -> None:
    settings.STAFF_EMAIL = ["staff@example.org"]
    settings.SITE_URL = "https://don.example.org"
    failed = gift(donor(last_name="Quelconque"), status=Status.FAILED)
    notices.tell("held", str(failed.public_id), failed, cents=5000)
    settings.SITE_URL = "https://soutenir.example.org"

    erase()

    assert "Quelconque" not in str(list(Letter.objects.values()))


def test_a_request_refused_before_keeps_no_address_either() -> None:
    settled(gift())
    erasure.refuse(erasure.ask(EMAIL, "en"), by=staff.member("Treasurer"), reason="A debit is on its way.")
    erase()
    delivery.deliver(0)
    erasure.finish()

    assert EMAIL not in str(list(ErasureRequest.objects.values()))


def test_a_recurring_gift_that_never_began_is_not_said_to_go_on(client: Client) -> None:
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    plan(gift().donor, status=PlanStatus.PENDING)

    page = client.get("/en/my-gifts/erasure/").content.decode()

    assert "Your recurring gift goes on" not in page


def held_by_a_slow_worker() -> list[Letter]:
    """The thanks for a gift, in the hands of a worker whose mail server takes its time."""
    given = gift()
    thanks.owe(given, settled(given), updates=False)
    return claims.claim(50)


def test_what_a_worker_holds_for_somebody_who_is_forgotten_meanwhile_is_not_sent() -> None:
    in_hand = held_by_a_slow_worker()
    erase()
    delivery.deliver(0)  # by another worker: the letter that says so
    assert erasure.finish() == 1

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        delivery._send_batch(Postman(), in_hand)

    assert [message.subject for message in mail.outbox] == ["What we kept about you has been erased"]
    assert Letter.objects.get(kind="gift_thanks").state == "suppressed"


def test_of_a_letter_that_was_being_handed_over_to_somebody_forgotten_no_words_are_kept() -> None:
    (letter,) = held_by_a_slow_worker()
    erase()
    delivery.deliver(0)
    erasure.finish()

    assert claims.sent(letter, message_id="<a@example.org>", subject="Thank you", text="Marie", html="Marie")

    letter.refresh_from_db()
    assert (letter.state, letter.subject, letter.text, letter.html) == ("sent", "", "", "")


def test_what_a_worker_holds_for_somebody_who_moves_meanwhile_goes_to_the_new_address() -> None:
    in_hand = held_by_a_slow_worker()
    change_to(NEW)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        delivery._send_batch(Postman(), in_hand)

    assert mail.outbox[-1].to == [NEW]


def test_a_link_that_a_worker_holds_for_somebody_who_moves_meanwhile_is_not_sent() -> None:
    """It was asked for by whoever reads mail there, and opens nothing any more."""
    settled(gift())
    sign_in.ask(email=EMAIL, language="en", network="")
    sign_in.answer_waiting()
    in_hand = claims.claim(50)
    change_to(NEW)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        delivery._send_batch(Postman(), in_hand)

    assert mail.outbox == []
    assert Letter.objects.get(kind="sign_in").state == "suppressed"


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_address_saved_while_staff_erase_is_erased_too() -> None:
    with transaction.atomic():
        settled(gift())
    by, known = staff.member("Treasurer"), Donor.objects.get()
    asked = erasure.ask(EMAIL, "en")
    written, go_on = threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            contact.change(known, contact.Contact("1 rue Neuve", "75015", "Paris", "FR", "fr"))
            written.set()
            go_on.wait(1)
        connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    written.wait(10)
    erasure.erase(asked, by=by)
    go_on.set()
    saving.join()

    assert not Donor.objects.filter(email=EMAIL).exists()
    assert not Donor.objects.filter(address="1 rue Neuve").exists()


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_gift_begun_while_staff_erase_has_a_donor_who_can_be_written_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction.atomic():
        settled(gift())
    by, known = staff.member("Treasurer"), Donor.objects.get()
    asked = erasure.ask(EMAIL, "en")
    found, go_on, inner = threading.Event(), threading.Event(), checkout._plan

    def slowly(*args: Any) -> Any:
        found.set()
        go_on.wait(3)
        return inner(*args)

    monkeypatch.setattr(checkout, "_plan", slowly)
    answers = Answers(
        amount_cents=5000,
        frequency="once",
        designation_id=None,
        donor_kind=known.kind,
        email=known.email,
        first_name=known.first_name,
        last_name=known.last_name,
        company_name=known.company_name,
        siren=known.siren,
        address=known.address,
        postal_code=known.postal_code,
        city=known.city,
        country=known.country,
        display="anonymous",
        public_name="",
        updates_consent="",
        language="fr",
    )

    def give() -> None:
        checkout._record(program(), answers, submission_key=None, review_because="")
        connection.close()

    giving = threading.Thread(target=give)
    giving.start()
    found.wait(10)
    with suppress(erasure.NotYet):
        erasure.erase(asked, by=by)
    go_on.set()
    giving.join()

    assert Donation.objects.get(status="pending").donor.email == EMAIL


def test_who_is_forgotten_after_a_move_is_in_no_letter_under_the_address_before_either() -> None:
    settled(gift())
    subscribe()
    publish()
    delivery.deliver(0)
    change_to(NEW)

    erase(NEW)
    delivery.deliver(0)
    assert erasure.finish() == 1

    assert EMAIL not in str(list(Letter.objects.values()))


def test_the_letter_about_an_erasure_is_not_sent_to_a_mailbox_that_does_not_exist() -> None:
    settled(gift())
    Suppression.objects.create(email=EMAIL, reason="hard_bounce")

    erase()
    delivery.deliver(0)

    assert mail.outbox == []
