"""A programme: its addresses, its revision and its history."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from programs.models import Page, Program, ProgressUpdate, Section
from programs.models.program import RESERVED_SLUGS
from programs.models.update import ProgramIsDraft

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]


def revision(program: Program) -> int:
    return Program.objects.values_list("revision", flat=True).get(pk=program.pk)


@pytest.mark.parametrize("word", sorted(RESERVED_SLUGS))
def test_an_address_of_the_site_itself_is_refused(make_program: MakeProgram, word: str) -> None:
    program = make_program()
    program.slug_fr = word

    with pytest.raises(ValidationError) as refused:
        program.full_clean()

    assert "slug_fr" in refused.value.message_dict
    assert word in refused.value.message_dict["slug_fr"][0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_two_programmes_never_share_an_address_in_a_language(
    make_program: MakeProgram, language: str
) -> None:
    make_program("cardiology")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_program("other", **{f"slug_{language}": {"en": "cardiology", "fr": "cardiology-fr"}[language]})


def test_one_programmes_english_word_may_be_anothers_french_word(make_program: MakeProgram) -> None:
    make_program("one", slug_en="anemia", slug_fr="anemie")
    with translation.override("fr"):
        make_program("two", slug_en="blood", slug_fr="anemia")

    assert Program.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_updates_of_one_programme_never_share_an_address(
    make_program: MakeProgram, make_update: MakeUpdate, language: str
) -> None:
    one, two = make_program("one"), make_program("two")
    make_update(one, "first")
    make_update(two, "first")
    taken = {"en": "first-news", "fr": "first-nouvelles"}[language]

    with pytest.raises(IntegrityError), transaction.atomic():
        make_update(one, "second", **{f"slug_{language}": taken})


def test_saving_twice_keeps_two_lines_of_history(hematology: Program) -> None:
    page = Page.objects.get(slug_en="contact")
    for title in ("Nous écrire", "Contact"):
        page.title_fr = title  # type: ignore[attr-defined]
        page.save()
        hematology.title_fr = title  # type: ignore[attr-defined]
        hematology.save()

    rows: list[Any] = [page, hematology]
    for row in rows:
        kept = [line.title_fr for line in row.history.all()[:2]]
        assert kept == ["Contact", "Nous écrire"]


def test_history_keeps_the_words_of_each_language(hematology: Program) -> None:
    section = hematology.sections.all()[0]
    section.heading_fr = "Notre projet"  # type: ignore[attr-defined]
    section.save()

    line = section.history.first()  # type: ignore[attr-defined]
    assert (line.heading_en, line.heading_fr) == ("The Project", "Notre projet")


def test_every_way_of_changing_a_part_moves_the_revision(hematology: Program) -> None:
    section = hematology.sections.all()[0]
    changes: list[Callable[[], object]] = [
        section.save,
        lambda: Section.objects.filter(pk=section.pk).update(heading_en="x"),
        lambda: Section.objects.bulk_update([section], ["heading_en"]),
        lambda: Section.objects.bulk_create([Section(program=hematology, heading_en="h", heading_fr="h")]),
        section.delete,
        lambda: Section.objects.filter(program=hematology).delete(),
        lambda: hematology.questions.all().delete(),
        hematology.save,
        lambda: hematology.save(update_fields=["title_en"]),
        lambda: Program.objects.filter(pk=hematology.pk).update(years=6),
        Page.objects.all()[0].save,
        Page.objects.all()[0].delete,
        lambda: Page.objects.filter(slug_en="privacy").delete(),
    ]

    for number, change in enumerate(changes):
        before = revision(hematology)
        change()
        assert revision(hematology) > before, number


def test_an_old_copy_never_brings_an_old_revision_back(hematology: Program) -> None:
    old = Program.objects.get()
    for _again in range(3):
        Program.objects.touch()
    before = revision(hematology)

    old.save()

    assert old.revision == revision(hematology) == before + 1


def test_a_save_that_fails_leaves_a_usable_programme(make_program: MakeProgram) -> None:
    make_program("one")
    two = make_program("two")
    two.slug_en = "one"

    with pytest.raises(IntegrityError), transaction.atomic():
        two.save()

    assert isinstance(two.revision, int)


@pytest.mark.parametrize(
    ("starts_on", "years", "ends_on"),
    [
        (dt.date(2026, 1, 1), 5, dt.date(2030, 12, 31)),
        (dt.date(2024, 2, 29), 5, dt.date(2029, 2, 28)),
        (dt.date(2024, 2, 29), 4, dt.date(2028, 2, 28)),
    ],
)
def test_the_period_ends_on_the_day_before_the_anniversary(
    starts_on: dt.date, years: int, ends_on: dt.date
) -> None:
    assert Program(starts_on=starts_on, years=years).ends_on == ends_on


def test_the_pace_line_runs_from_nothing_to_the_whole_target() -> None:
    program = Program(starts_on=dt.date(2026, 1, 1), years=5, target_cents=1826_00)

    assert program.expected_cents(dt.date(2025, 12, 31)) == 0
    assert program.expected_cents(dt.date(2026, 1, 1)) == 1_00
    assert program.expected_cents(dt.date(2030, 12, 31)) == 1826_00
    assert program.expected_cents(dt.date(2040, 1, 1)) == 1826_00


def test_the_first_publication_is_the_one_remembered(
    make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program(), status="draft")
    assert update.published_at is None
    moves = [update.approve(), update.publish()]
    first = update.published_at
    moves += [update.publish(), update.approve(), update.unpublish(), update.unpublish(), update.publish()]

    update.refresh_from_db()
    assert moves == [True, True, False, False, True, False, True]
    assert update.is_published
    assert update.published_at == first


def test_an_update_of_a_draft_programme_is_not_published(
    make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program(status="draft"), status="draft")

    with pytest.raises(ProgramIsDraft):
        update.publish()

    assert not ProgressUpdate.objects.published().exists()
