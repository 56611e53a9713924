"""News follows what a person has said last, wherever they said it, and the person to a new address."""

import datetime as dt
import html
from collections.abc import Iterable, Mapping

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from donations import transfers
from donations.donors import export, sessions
from donations.forms import PledgeAnswers
from donations.models import Donor, Pledge, Status
from outreach import broadcasts, claims, delivery, refusals, subscriptions
from outreach.models import Letter, State, Subscription, Suppression
from outreach.postman import Postman
from programs.models import Program, ProgressUpdate, UpdateStatus
from tests.donations.offline_gifts import CAMILLE, record
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.test_my_gifts_email import NEW, change_to
from tests.donations.test_my_gifts_gifts import EMAIL, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client: Client) -> Client:
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


def subscribe(email: str = EMAIL) -> None:
    now = timezone.now()
    subscriptions.confirm(
        email=email,
        program=program(),
        language="en",
        consent_text="Yes",
        source="form",
        consented_at=now,
    )


def publish() -> None:
    update = ProgressUpdate(program=program(), status=UpdateStatus.PUBLISHED, published_at=timezone.now())
    for name, value in {"title_en": "News", "slug_en": "news", "body_en": "<p>Good</p>"}.items():
        setattr(update, name, value)
    update.save()
    broadcasts.owe_published()


def told_news() -> list[str]:
    """Who was sent it, by the letters that have left."""
    return [message.to[0] for message in mail.outbox if message.subject == "News"]


def announced(**changes: str) -> Pledge:
    donor = Donor.objects.as_said(**CAMILLE | changes)
    return Pledge.objects.create(
        program=program(), donor=donor, way="cheque", language="fr", updates_consent="Yes"
    )


@pytest.mark.parametrize("reason", ["request", "complaint"])
def test_who_asked_for_no_news_is_sent_none_at_their_new_address_either(reason: str) -> None:
    settled(gift())
    subscribe()
    Suppression.objects.create(email=EMAIL, reason=reason)
    change_to(NEW)

    publish()
    delivery.deliver(0)

    assert told_news() == []
    assert subscriptions.stopped(NEW)


def test_a_mailbox_that_bounced_says_nothing_of_the_next_one() -> None:
    settled(gift())
    Suppression.objects.create(email=EMAIL, reason="hard_bounce")

    change_to(NEW)

    assert not subscriptions.stopped(NEW)


def test_news_that_waits_goes_to_the_new_address_and_not_to_the_old_one() -> None:
    settled(gift())
    subscribe()
    publish()
    change_to(NEW)

    delivery.deliver(0)

    assert told_news() == [NEW]


def test_news_withdrawn_and_published_again_goes_to_the_new_address_and_not_to_the_old_one() -> None:
    settled(gift())
    subscribe()
    publish()
    update = ProgressUpdate.objects.get()
    update.unpublish()
    delivery.deliver(0)
    assert Letter.objects.get().state == State.SUPPRESSED
    change_to(NEW)

    update.approve()
    update.publish()
    broadcasts.owe_published()
    delivery.deliver(0)

    assert told_news() == [NEW]


@pytest.mark.parametrize("refused", [EMAIL, NEW])
def test_news_in_a_workers_hands_is_not_sent_where_none_is_wanted_once_its_reader_moves(
    monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    settled(gift())
    subscribe()
    Suppression.objects.create(email=refused, reason="request")
    publish()
    in_hand, known = claims.claim(50), refusals.for_batch

    def who_moves_then(letters: Iterable[Letter]) -> Mapping[str, str]:
        monkeypatch.undo()
        told = known(letters)
        change_to(NEW)
        return told

    monkeypatch.setattr(refusals, "for_batch", who_moves_then)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):  # a mail server that takes its time
        delivery._send_batch(Postman(), in_hand)

    assert told_news() == []


def test_news_that_could_not_leave_is_sent_again_to_the_new_address() -> None:
    settled(gift())
    subscribe()
    publish()
    Letter.objects.update(state=State.FAILED)
    change_to(NEW)

    claims.send_again(Letter.objects.filter(state=State.FAILED).values_list("pk", flat=True))
    delivery.deliver(0)

    assert told_news() == [NEW]


def test_news_asked_for_at_the_new_address_outlasts_an_older_refusal_at_the_old_one() -> None:
    settled(gift())
    long_ago = timezone.now() - dt.timedelta(days=400)
    Suppression.objects.create(email=EMAIL, reason="complaint", at=long_ago)
    subscribe(NEW)

    change_to(NEW)
    publish()
    delivery.deliver(0)

    assert told_news() == [NEW]


def test_news_asked_for_at_the_new_address_begins_no_other_that_was_refused_at_the_old_one() -> None:
    settled(gift())
    subscribe()
    long_ago = timezone.now() - dt.timedelta(days=400)
    Subscription.objects.update(consented_at=long_ago)
    Suppression.objects.create(email=EMAIL, reason="request", at=long_ago + dt.timedelta(days=1))
    other = Program.objects.create(
        slug_en="cardiology",
        slug_fr="cardiologie",
        title_en="Cardiology",
        title_fr="Cardiologie",
        target_cents=100_000,
        starts_on=dt.date(2026, 1, 1),
        years=1,
    )
    subscriptions.confirm(
        email=NEW,
        program=other,
        language="en",
        consent_text="Yes",
        source="form",
        consented_at=timezone.now(),
    )

    change_to(NEW)

    assert list(subscriptions.told(NEW)) == [other]


def test_a_copy_names_no_consent_of_somebody_who_only_refused(own: Client) -> None:
    program()
    own.post("/en/my-gifts/news/", {})

    (said,) = export.everything(EMAIL)["news"]

    assert (said["consented_at"], said["confirmed_at"]) == (None, None)


def test_no_news_chosen_on_the_page_outlasts_a_gift_that_was_on_its_way(own: Client) -> None:
    given = gift(updates_consent="Yes, write to me", status=Status.PROCESSING)
    assert own.post("/en/my-gifts/news/", {}).status_code == 303

    subscriptions.keep_consent(
        email=EMAIL,
        program=program(),
        language="en",
        consent_text=given.updates_consent,
        source="form",
        consented_at=given.created_at,
    )

    assert not subscriptions.told(EMAIL).exists()


def test_no_news_chosen_on_the_page_outlasts_a_gift_announced_before(own: Client) -> None:
    pledge = announced(email=EMAIL)
    assert own.post("/en/my-gifts/news/", {}).status_code == 303

    record(program(), pledge=pledge)

    assert not subscriptions.told(EMAIL).exists()


def test_news_chosen_after_it_was_refused_is_sent(own: Client) -> None:
    program()
    own.post("/en/my-gifts/news/", {})

    own.post("/en/my-gifts/news/", {"programs": ["hematology"]})

    assert subscriptions.told(EMAIL).exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_words_kept_as_agreed_to_are_words_that_the_page_showed(own: Client, language: str) -> None:
    program()
    path = f"/{language}/my-gifts/news/"
    page = html.unescape(own.get(path).content.decode())
    own.post(path, {"programs": ["hematology"]})

    assert Subscription.objects.get().consent_text in page


def test_news_comes_in_the_language_chosen_for_letters(own: Client) -> None:
    given = gift()
    subscribe()
    data = {"address": "1 rue", "postal_code": "75015", "city": "Paris", "country": "FR", "language": "fr"}
    assert own.post(f"/en/my-gifts/address/{given.public_id}/", data).status_code == 303

    assert Subscription.objects.get().language == "fr"


def test_a_box_unticked_in_the_second_form_is_no_consent() -> None:
    said = {name: value for name, value in CAMILLE.items() if name != "language"}
    for words in ("Send me news", ""):
        answers = PledgeAnswers(
            way="cheque", amount_cents=5000, donor=said, updates_consent=words, language="fr"
        )
        transfers.announce(program(), answers)

    assert Pledge.objects.get().updates_consent == ""


@pytest.mark.parametrize("first", ["", "Send me news"])
def test_a_box_ticked_in_the_second_form_outlasts_what_was_refused_between(own: Client, first: str) -> None:
    said = {name: value for name, value in CAMILLE.items() if name != "language"} | {"email": EMAIL}
    for words in (first, "Send me news"):
        own.post("/en/my-gifts/news/", {})
        answers = PledgeAnswers(
            way="cheque", amount_cents=12_050, donor=said, updates_consent=words, language="fr"
        )
        transfers.announce(program(), answers)

    record(program(), pledge=Pledge.objects.get(), email=EMAIL)

    assert subscriptions.told(EMAIL).exists()


def test_no_letter_promises_news_to_an_address_that_is_sent_none() -> None:
    Suppression.objects.create(email=CAMILLE["email"], reason="request")
    record(program(), pledge=announced())

    assert Letter.objects.get(kind="gift_thanks").facts["updates"] is False


@pytest.mark.parametrize("said", ["none wanted", "both told"])
def test_nothing_of_news_is_left_under_an_address_that_its_reader_has_left(said: str) -> None:
    settled(gift())
    subscribe()
    if said == "none wanted":
        Suppression.objects.create(email=EMAIL, reason="request")
    else:
        settled(gift(donor(email=NEW)))
        subscribe(NEW)

    change_to(NEW)

    assert not Suppression.objects.filter(email=EMAIL).exists()
    assert not Subscription.objects.filter(email=EMAIL).exists()
    assert subscriptions.told(NEW).exists() is (said == "both told") or subscriptions.stopped(NEW)
