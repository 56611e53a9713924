"""What staff set a time for goes on the site by itself: once, at its time, and only if it may."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from outreach import broadcasts
from outreach.models import Broadcast
from programs import schedule
from programs.models import Page, Program, ProgressUpdate
from programs.models.publishing import BY_SCHEDULE
from programs.tasks import publish_due

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]

SOON = timezone.now() + dt.timedelta(hours=2)
BEFORE, AFTER = SOON - dt.timedelta(minutes=1), SOON + dt.timedelta(minutes=1)


def test_everything_due_goes_on_the_site_at_its_time_and_not_before(
    client: Client, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    program = make_program(status="draft", publish_at=SOON)
    make_update(program, status="approved", published_at=None, publish_at=SOON)
    Page.objects.create(
        title_en="Team", title_fr="Équipe", slug_en="team", slug_fr="equipe", body_en="<p>We.</p>",
        body_fr="<p>Nous.</p>", status="draft", publish_at=SOON,
    )  # fmt: skip
    addresses = ("/en/cardiology/", "/en/cardiology/updates/first-news/", "/fr/pages/equipe/")

    with time_machine.travel(BEFORE):
        publish_due()
        early = [client.get(address).status_code for address in addresses]
    with time_machine.travel(AFTER):
        publish_due()
        late = [client.get(address).status_code for address in addresses]

    assert (early, late) == ([404, 404, 404], [200, 200, 200])


def test_publishing_by_itself_spends_the_time_and_leaves_a_line_of_history(
    make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program(), status="approved", published_at=None, publish_at=SOON)

    with time_machine.travel(AFTER, tick=False):
        done = [schedule.publish_due() for _twice in range(2)]
        update.refresh_from_db()

        assert done == [1, 0]
        assert (update.status, update.publish_at, update.published_at) == ("published", None, timezone.now())
        lines = update.history.all()  # type: ignore[attr-defined]
        assert [line.history_change_reason for line in lines] == [BY_SCHEDULE, None]


def test_an_update_that_nobody_approved_waits_and_says_so(
    make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program(), status="draft", publish_at=SOON)

    with time_machine.travel(AFTER):
        waited = schedule.publish_due()
        late = update.is_late()
        update.approve()
        published = schedule.publish_due()

    assert (waited, late, published) == (0, True, 1)


def test_an_update_waits_for_its_programme(make_program: MakeProgram, make_update: MakeUpdate) -> None:
    program = make_program(status="draft")
    update = make_update(program, status="approved", published_at=None, publish_at=SOON)

    with time_machine.travel(AFTER):
        waited = schedule.publish_due()
        program.publish()
        published = schedule.publish_due()

    update.refresh_from_db()
    assert (waited, published, update.status) == (0, 1, "published")


def test_letters_are_owed_as_when_a_person_publishes(
    make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program(), status="approved", published_at=None, publish_at=SOON)

    with time_machine.travel(AFTER):
        schedule.publish_due()
        broadcasts.owe_published()

    assert Broadcast.objects.get().update_id == update.pk


def test_taking_back_calls_the_time_off(make_program: MakeProgram, make_update: MakeUpdate) -> None:
    program = make_program()
    update = make_update(program, status="approved", published_at=None, publish_at=SOON)

    update.unpublish()

    update.refresh_from_db()
    assert (update.status, update.publish_at) == ("draft", None)


@pytest.mark.parametrize("change", [{"publish_at": None}, {"publish_at": AFTER}, {"status": "draft"}])
def test_what_is_called_off_between_the_look_and_the_step_stays(
    make_program: MakeProgram, make_update: MakeUpdate, change: dict[str, object]
) -> None:
    update = make_update(make_program(), status="approved", published_at=None, publish_at=SOON)
    seen = ProgressUpdate.objects.get(pk=update.pk)
    ProgressUpdate.objects.filter(pk=update.pk).update(**change)

    moved = seen.publish(due_by=SOON)

    update.refresh_from_db()
    assert not moved
    assert update.status != "published"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_once(make_program: MakeProgram, make_update: MakeUpdate) -> None:
    update = make_update(make_program(), status="approved", published_at=None, publish_at=timezone.now())
    seen = [ProgressUpdate.objects.select_related("program").get(pk=update.pk) for _each in range(4)]
    start = threading.Barrier(len(seen))
    moved: list[bool] = []

    def publish(row: ProgressUpdate) -> None:
        start.wait()
        moved.append(row.publish())
        connection.close()

    threads = [threading.Thread(target=publish, args=[row]) for row in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(moved) == [False, False, False, True]
    assert update.history.filter(status="published").count() == 1  # type: ignore[attr-defined]
