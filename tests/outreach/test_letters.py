from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from outreach import letters
from outreach.models import Letter
from outreach.tasks import deliver_letters
from tests.processes import messages_waiting

pytestmark = pytest.mark.django_db


def owe(key: str = "k", **facts: object) -> bool:
    return letters.owe(key=key, kind="gift_thanks", to="a@example.org", language="en", facts=facts)


def test_a_letter_is_owed_once_however_often_it_is_asked() -> None:
    first, second = owe(donor_name="Ada"), owe(donor_name="Eve")

    assert (first, second) == (True, False)
    assert Letter.objects.get().facts == {"donor_name": "Ada"}


def test_owing_twice_leaves_the_callers_transaction_sound() -> None:
    with transaction.atomic():
        owe()
        Letter.objects.bulk_create(
            [Letter(key="k", kind="gift_thanks", to="b@example.org", language="en")], ignore_conflicts=True
        )
        owe("another")

    assert set(Letter.objects.values_list("key", flat=True)) == {"k", "another"}


def test_a_letter_stands_or_falls_with_the_transaction_that_decides_it() -> None:
    with transaction.atomic():
        owe()
        transaction.set_rollback(True)

    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_message_that_waits_is_enough_for_every_letter() -> None:
    for key in "abc":
        owe(key)
    assert messages_waiting() == 1

    deliver_letters()  # as by a worker who has taken the message
    owe("a")
    assert messages_waiting() == 1
    owe("d")
    assert messages_waiting() == 2


@pytest.mark.django_db(transaction=True)
def test_letters_leave_although_nothing_can_say_that_a_message_waits(
    thank: Callable[..., Letter], settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk or a Redis that takes nothing: here a file lies where a folder must be."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    folder = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": in_the_way}
    settings.CACHES = settings.CACHES | {"shared": folder}

    thank(reference="")
    assert "the letters wait for the beat" in caplog.text
    deliver_letters()

    assert len(mail.outbox) == 1


def test_what_postgresql_refuses_in_json_does_not_undo_the_gift() -> None:
    owe(donor_name="A\x00da \ud83d", more=["\x00", {"deep": "\x00x"}])

    letter = Letter.objects.get()
    assert letter.facts == {"donor_name": "Ada ?", "more": ["", {"deep": "x"}]}


def test_an_unknown_kind_is_the_callers_mistake_and_writes_nothing() -> None:
    with pytest.raises(ValueError, match="love_letter"):
        letters.owe(key="k", kind="love_letter", to="a@example.org", language="en", facts={})

    assert not Letter.objects.exists()


def test_an_unknown_language_falls_back_to_the_sites_own() -> None:
    letters.owe(key="k", kind="gift_thanks", to="a@example.org", language="xx", facts={})

    assert Letter.objects.get().language == "en"


def test_the_claim_is_served_by_an_index() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a table this small is read whole by PostgreSQL")
    plan = Letter.objects.due().explain()

    assert "letter_queued" in plan
    assert "TEMP B-TREE" not in plan
