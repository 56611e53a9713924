"""A published update owes one letter to each subscriber, once."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from outreach import broadcasts, claims, delivery, subscriptions
from outreach.delivery import deliver
from outreach.models import Broadcast, Letter, Reason, State, Subscription, Suppression
from outreach.postman import Postman
from outreach.tasks import owe_updates
from programs.models import Program, ProgressUpdate, UpdateStatus
from tests.outreach.smtp_server import MailServer

pytestmark = pytest.mark.django_db

Publish = Callable[..., ProgressUpdate]
Subscribe = Callable[..., Subscription]


def test_a_published_update_reaches_each_subscriber_in_their_language_once(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe("ada@example.org", "en")
    subscribe("zoe@example.org", "fr")
    publish()

    for _ in range(3):
        owe_updates()
        deliver()

    english, french = sorted(mail_server.letters, key=lambda message: str(message["To"]))
    assert (english["Subject"], french["Subject"]) == (
        "A first platform opens",
        "Une première plateforme ouvre",
    )
    html = english.get_body(("html",))
    assert html is not None
    assert 'href="http://127.0.0.1:8000/en/hematology/"' in html.get_content()
    assert "http://127.0.0.1:8000/en/hematology/updates/first-news/" in html.get_content()
    text = french.get_body(("plain",))
    assert text is not None
    assert "http://127.0.0.1:8000/fr/hematologie/updates/first-news-fr/" in text.get_content()


def test_its_letters_carry_the_one_click_headers_and_a_link_one_can_see(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    publish()
    owe_updates()

    deliver()

    (message,) = mail_server.letters
    address = f"http://127.0.0.1:8000/en/unsubscribe/{subscription.token}/"
    assert str(message["List-Unsubscribe"]).replace(" ", "") == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert address in part.get_content()


def test_the_body_is_kept_once_and_not_for_each_reader(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe()
    publish()
    owe_updates()

    deliver()

    letter = Letter.objects.get()
    assert (letter.state, letter.subject) == (State.SENT, "A first platform opens")
    assert (letter.text, letter.html, letter.facts) == ("", "", {})
    assert "open" in Broadcast.objects.get().facts["en"]["body"]


def test_who_subscribes_after_it_began_is_not_told_old_news(publish: Publish, subscribe: Subscribe) -> None:
    publish()
    owe_updates()
    subscribe()

    owe_updates()

    assert not Letter.objects.exists()
    assert Broadcast.objects.get().finished_at is not None


def test_only_the_confirmed_of_the_same_programme_are_told(
    publish: Publish, subscribe: Subscribe, program: Program
) -> None:
    other = Program.objects.create(
        title_en="Other",
        title_fr="Autre",
        slug_en="other",
        slug_fr="autre",
        target_cents=100,
        starts_on="2026-01-01",
    )
    Subscription.objects.filter(pk=subscribe("elsewhere@example.org").pk).update(program=other)
    Subscription.objects.filter(pk=subscribe("unconfirmed@example.org").pk).update(confirmed_at=None)
    subscriptions.unsubscribe(subscribe("left@example.org").token)
    subscribe("told@example.org")
    publish()

    owe_updates()

    assert [letter.to for letter in Letter.objects.all()] == ["told@example.org"]


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"status": "approved"}, {"published_at": "later"}])
def test_what_is_not_published_yet_is_told_to_nobody(
    publish: Publish, subscribe: Subscribe, fields: dict[str, object]
) -> None:
    subscribe()
    if fields.get("published_at"):
        fields = {"published_at": timezone.now() + dt.timedelta(hours=1)}
    publish(**fields)

    owe_updates()

    assert not Broadcast.objects.exists()
    assert not Letter.objects.exists()


def test_later_edits_change_neither_the_letters_nor_their_number(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe()
    update = publish()
    owe_updates()
    update.title = "Edited"
    update.save()
    owe_updates()

    deliver()

    (message,) = mail_server.letters
    assert message["Subject"] == "A first platform opens"


def test_who_leaves_between_owing_and_sending_is_not_written_to(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    leaving, staying = subscribe("leaving@example.org"), subscribe("staying@example.org")
    publish()
    owe_updates()
    subscriptions.unsubscribe(leaving.token)

    deliver()

    assert mail_server.recipients == [staying.email]
    assert Letter.objects.get(subscription=leaving).state == State.SUPPRESSED


def test_an_erased_subscription_is_not_written_to(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    publish()
    owe_updates()
    subscription.delete()

    deliver()

    assert mail_server.accepted == []
    assert Letter.objects.get().state == State.SUPPRESSED


@pytest.mark.parametrize("reason", Reason.values)
def test_suppressed_addresses_get_no_news(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe, reason: str
) -> None:
    Suppression.objects.create(email="reader@example.org", reason=reason)
    subscribe("Reader@Example.org")
    publish()
    owe_updates()

    deliver()

    assert mail_server.accepted == []
    assert reason in Letter.objects.get().error


def test_a_withdrawn_update_is_not_sent(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe()
    update = publish()
    owe_updates()
    update.status = UpdateStatus.DRAFT
    update.save()

    deliver()

    assert mail_server.accepted == []
    assert Letter.objects.get().state == State.SUPPRESSED


def test_a_deleted_update_leaves_the_record_of_what_was_told(publish: Publish, subscribe: Subscribe) -> None:
    subscribe()
    update = publish()
    owe_updates()

    update.delete()
    owe_updates()

    assert str(Broadcast.objects.get()) == "A first platform opens"
    assert Letter.objects.count() == 1


def test_hostile_rich_text_reaches_no_reader(publish: Publish) -> None:
    update = publish(
        body_en='<p onclick="x()">a<script>y()</script><img src=x> <a href="javascript:z()">b</a></p>'
    )

    broadcasts.begin(update)

    assert Broadcast.objects.get().facts["en"]["body"] == "<p>a b</p>"


def test_a_run_that_dies_between_chunks_goes_on_where_it_was(
    publish: Publish, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "CHUNK", 2)
    for number in range(5):
        subscribe(f"reader{number}@example.org")
    broadcasts.begin(publish())
    broadcasts._owe_chunk(Broadcast.objects.select_related("update").get())
    assert Letter.objects.count() == 2

    owe_updates()

    assert Letter.objects.values("subscription").distinct().count() == Letter.objects.count() == 5
    assert Broadcast.objects.get().finished_at is not None


def test_a_chunk_and_its_cursor_stand_or_fall_together(publish: Publish, subscribe: Subscribe) -> None:
    subscribe()
    broadcasts.begin(publish())
    with transaction.atomic():
        broadcasts._owe_chunk(Broadcast.objects.select_related("update").get())
        transaction.set_rollback(True)

    owe_updates()

    assert Letter.objects.count() == 1


def test_a_run_that_lags_behind_another_stops(
    publish: Publish, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "CHUNK", 2)
    for number in range(5):
        subscribe(f"reader{number}@example.org")
    broadcasts.begin(publish())
    lagging = Broadcast.objects.select_related("update").get()
    owe_updates()

    finished = broadcasts.fan_out(lagging)

    assert finished is False
    assert Letter.objects.count() == 5


def test_many_subscribers_cost_a_few_queries_a_chunk(
    publish: Publish, program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    Subscription.objects.bulk_create(
        Subscription(
            email=f"reader{number}@example.org",
            program=program,
            language="en",
            consent_text="yes",
            source="test",
            consented_at=now,
            confirmed_at=now,
        )
        for number in range(300)
    )
    publish()

    # SQLite takes a bulk insert in several statements.
    with django_assert_max_num_queries(40):
        owe_updates()

    assert Letter.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_once_owe_each_letter_once(
    publish: Publish, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "CHUNK", 7)
    for number in range(60):
        subscribe(f"reader{number}@example.org")
    publish()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            broadcasts.owe_published()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Broadcast.objects.get().finished_at is not None
    assert Letter.objects.values("subscription").distinct().count() == Letter.objects.count() == 60


def test_an_update_published_again_reaches_those_whose_turn_came_meanwhile(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe("ada@example.org")
    publish()
    owe_updates()
    ProgressUpdate.objects.update(status=UpdateStatus.DRAFT)
    deliver()
    assert not mail_server.letters

    ProgressUpdate.objects.update(status=UpdateStatus.PUBLISHED)
    owe_updates()
    deliver()

    assert [message["To"] for message in mail_server.letters] == ["ada@example.org"]


def test_an_update_withdrawn_for_a_mistake_reaches_nobody_with_it_once_it_is_mended(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe("ada@example.org")
    publish()
    owe_updates()
    ProgressUpdate.objects.update(status=UpdateStatus.DRAFT)
    deliver()

    ProgressUpdate.objects.update(status=UpdateStatus.PUBLISHED, title_en="As it should have been")
    owe_updates()
    deliver()

    assert [message["Subject"] for message in mail_server.letters] == ["As it should have been"]


def test_a_mistake_that_is_mended_before_anybodys_turn_came_reaches_nobody_either(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    """Their mail servers asked to come again in a while; the update was withdrawn in between."""
    subscribe("ada@example.org")
    publish()
    owe_updates()
    Letter.objects.update(not_before=timezone.now() + dt.timedelta(minutes=5))  # as `postpone` does
    ProgressUpdate.objects.update(status=UpdateStatus.DRAFT)
    owe_updates()
    deliver()

    ProgressUpdate.objects.update(status=UpdateStatus.PUBLISHED, title_en="As it should have been")
    owe_updates()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        deliver()

    assert [message["Subject"] for message in mail_server.letters] == ["As it should have been"]
    (before,) = Broadcast.objects.get().facts["before"]
    assert before["en"]["title"] == "A first platform opens"


def test_an_update_withdrawn_while_a_worker_holds_its_letters_goes_to_nobody_more(
    mail_server: MailServer, publish: Publish, subscribe: Subscribe
) -> None:
    subscribe("ada@example.org")
    publish()
    owe_updates()
    in_hand = claims.claim(50)
    ProgressUpdate.objects.update(status=UpdateStatus.DRAFT)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):  # a mail server that takes its time
        delivery._send_batch(Postman(), in_hand)

    assert not mail_server.letters
    assert Letter.objects.get().state == State.SUPPRESSED
