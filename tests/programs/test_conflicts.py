"""Two people write at once: the second is told what the first did, and neither loses a word."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from programs.models import Page, Program, ProgressUpdate
from tests.programs.forms import address, filled, picture, with_picture

MakeUpdate = Callable[..., ProgressUpdate]
TOLD = "Nothing is saved yet."


@pytest.fixture
def other(db: None) -> Client:
    """A colleague, signed in elsewhere."""
    client = Client()
    client.force_login(
        User.objects.create(
            username="anne", first_name="Anne", last_name="Martin", is_staff=True, is_superuser=True
        )
    )
    return client


def form_of(client: Client, row: Any) -> dict[str, Any]:
    return filled(client.get(address(row)))


def save(client: Client, row: Any, form: dict[str, Any], **changes: Any) -> Any:
    return client.post(address(row), form | changes)


def test_the_second_is_told_who_saved_what_and_nothing_is_overwritten(
    staff: Client, other: Client, hematology: Program
) -> None:
    mine, theirs = form_of(staff, hematology), form_of(other, hematology)
    save(other, hematology, theirs, tagline_en="Theirs, first.")

    response = save(staff, hematology, mine, tagline_en="Mine, second.")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Anne Martin saved this while you were writing" in page
    assert "You both changed this" in page
    assert "Please correct" not in page
    assert "<ins>Theirs, first.</ins>" in page
    assert filled(response)["tagline_en"] == "Mine, second."
    assert Program.objects.get().tagline_en == "Theirs, first."  # type: ignore[attr-defined]


def test_saving_again_overwrites_on_purpose_and_keeps_what_only_the_other_changed(
    staff: Client, other: Client, hematology: Program
) -> None:
    mine, theirs = form_of(staff, hematology), form_of(other, hematology)
    save(
        other, hematology, theirs,
        tagline_en="Theirs.", summary_en="Their summary.", **{"sections-0-heading_fr": "Leur titre"},
    )  # fmt: skip

    told = save(staff, hematology, mine, tagline_en="Mine.", **{"sections-0-heading_en": "My heading"})
    response = save(staff, hematology, filled(told))

    assert response.status_code == 302
    program = Program.objects.get()
    section = program.sections.all()[0]
    assert (program.tagline_en, program.summary_en) == ("Mine.", "Their summary.")  # type: ignore[attr-defined]
    assert (section.heading_en, section.heading_fr) == ("My heading", "Leur titre")  # type: ignore[attr-defined]


def test_a_row_that_the_other_removed_is_gone_or_comes_back_with_what_i_wrote_in_it(
    staff: Client, other: Client, hematology: Program
) -> None:
    mine, theirs = form_of(staff, hematology), form_of(other, hematology)
    before = hematology.questions.count()
    removed = {"questions-0-DELETE": "on", "questions-1-DELETE": "on"}
    save(other, hematology, theirs, **removed)

    told = save(staff, hematology, mine, **{"questions-0-question_en": "Why me?"})
    response = save(staff, hematology, filled(told))

    assert "(removed)" in told.content.decode()
    assert response.status_code == 302
    assert hematology.questions.count() == before - 1
    assert [row.question_en for row in hematology.questions.all()].count("Why me?") == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000])
def test_a_row_with_a_number_that_is_none_is_no_error(
    staff: Client, other: Client, hematology: Program, number: str
) -> None:
    mine, theirs = form_of(staff, hematology), form_of(other, hematology)
    save(other, hematology, theirs, tagline_en="Theirs.")

    told = save(staff, hematology, mine, **{"questions-0-id": number})

    assert told.status_code == 200
    assert TOLD in told.content.decode()


def test_a_row_that_the_other_added_is_in_my_form_beside_the_one_i_added(
    staff: Client, other: Client, hematology: Program
) -> None:
    mine, theirs = form_of(staff, hematology), form_of(other, hematology)
    count = hematology.fundingneeds.count()

    def adding(label: str) -> dict[str, Any]:
        new = {
            "TOTAL_FORMS": str(count + 1), f"{count}-order": "9", f"{count}-label_en": label,
            f"{count}-label_fr": label,
        }  # fmt: skip
        return {f"fundingneeds-{name}": value for name, value in new.items()}

    save(other, hematology, theirs, **adding("Their need"))
    told = save(staff, hematology, mine, **adding("My need"))
    response = save(staff, hematology, filled(told))

    assert "(added)" in told.content.decode()
    assert response.status_code == 302
    labels = [need.label for need in hematology.fundingneeds.all()]
    assert labels[-2:] == ["Their need", "My need"]
    assert len(labels) == count + 2


def test_a_third_save_in_between_is_told_again(staff: Client, other: Client, hematology: Program) -> None:
    mine = form_of(staff, hematology)
    save(other, hematology, form_of(other, hematology), tagline_en="First.")
    told = save(staff, hematology, mine, title_en="Mine")
    save(other, hematology, form_of(other, hematology), tagline_en="Second.")

    again = save(staff, hematology, filled(told))

    assert TOLD in again.content.decode()
    assert filled(again)["title_en"] == "Mine"
    assert filled(again)["tagline_en"] == "Second."


def test_a_mistake_first_does_not_hide_what_the_other_saves_meanwhile(
    staff: Client, other: Client, hematology: Program
) -> None:
    mistaken = save(staff, hematology, form_of(staff, hematology), years="0")
    save(other, hematology, form_of(other, hematology), tagline_en="Theirs.")

    response = save(staff, hematology, filled(mistaken), years="4")

    assert TOLD in response.content.decode()
    assert filled(response)["years"] == "4"


def test_money_that_arrives_is_no_conflict(staff: Client, hematology: Program) -> None:
    form = form_of(staff, hematology)
    Program.objects.filter(pk=hematology.pk).touch()

    assert save(staff, hematology, form, tagline_en="Mine.").status_code == 302


def test_a_save_without_a_change_is_no_conflict(staff: Client, other: Client, hematology: Program) -> None:
    form = form_of(staff, hematology)
    save(other, hematology, form_of(other, hematology))

    assert save(staff, hematology, form, tagline_en="Mine.").status_code == 302


def test_publishing_while_somebody_writes_is_told(
    staff: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    update = make_update(hematology, status="approved")
    form = form_of(staff, update)
    update.publish()

    response = save(staff, update, form, title_en="Mine")

    assert "the system saved this while you were writing" in response.content.decode()
    assert save(staff, update, filled(response)).status_code == 302
    update.refresh_from_db()
    assert (update.status, update.title_en) == ("published", "Mine")  # type: ignore[attr-defined]


def test_a_part_on_its_own_is_guarded_too(staff: Client, other: Client, hematology: Program) -> None:
    section = hematology.sections.all()[0]
    mine = form_of(staff, section)
    save(other, hematology, form_of(other, hematology), **{"sections-0-heading_en": "Theirs"})

    assert TOLD in save(staff, section, mine, heading_en="Mine").content.decode()


@pytest.mark.parametrize("token", ["", "x", "1-2", "-".join(["9" * 30] * 10), "0-0-0-0-0-0-0-0-0-é"])
def test_a_form_that_does_not_say_what_was_seen_is_saved_at_the_second_try(
    staff: Client, hematology: Program, token: str
) -> None:
    form = form_of(staff, hematology) | {"_seen": token, "tagline_en": "Mine."}

    told = save(staff, hematology, form)

    if told.status_code == 200:
        assert TOLD in told.content.decode()
        told = save(staff, hematology, filled(told))
    assert told.status_code == 302
    assert Program.objects.get().tagline_en == "Mine."  # type: ignore[attr-defined]


def test_pictures_must_be_chosen_again_and_this_is_said(
    staff: Client, other: Client, hematology: Program
) -> None:
    form = with_picture(form_of(staff, hematology), picture())
    save(other, hematology, form_of(other, hematology), tagline_en="Theirs.")

    response = save(staff, hematology, form)

    assert "Choose your pictures again" in response.content.decode()
    assert filled(response)["pictures-0-alternative_text_fr"] == "Un laboratoire"


@pytest.mark.parametrize("kind", ["page", "update", "program"])
def test_what_was_removed_while_i_wrote_is_saved_as_a_new_one(
    staff: Client, other: Client, hematology: Program, make_update: MakeUpdate, kind: str
) -> None:
    rows: dict[str, Any] = {
        "page": Page.objects.all()[0],
        "update": make_update(hematology, status="draft"),
        "program": hematology,
    }
    row = rows[kind]
    key = row.pk
    form = form_of(staff, row) | {"title_en": "Still mine"}
    where = address(row)
    other.post(address(row, "delete"), {"post": "yes"})

    told = staff.post(where, form)
    response = staff.post(where, filled(told))

    assert "Anne Martin removed this while you were writing" in told.content.decode()
    assert response.status_code == 302, response.context["errors"]
    new = type(row)._default_manager.get(title_en="Still mine")
    assert new.pk != key
    if kind == "program":
        assert new.sections.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_told(
    staff: Client, other: Client, make_program: Callable[..., Program]
) -> None:
    program = make_program(
        resources_heading_en="a", resources_heading_fr="a", needs_heading_en="b", needs_heading_fr="b"
    )
    forms = [(client, form_of(client, program)) for client in (staff, other)]
    start = threading.Barrier(2)
    answers: list[int] = []

    def send(client: Client, form: dict[str, Any], words: str) -> None:
        start.wait()
        answers.append(save(client, program, form, tagline_en=words).status_code)
        connection.close()

    threads = [
        threading.Thread(target=send, args=[client, form, f"Words {place}"])
        for place, (client, form) in enumerate(forms)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 302]
    assert program.history.count() == 2  # type: ignore[attr-defined]
