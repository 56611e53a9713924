"""One language is enough: the rest of the site shows what there is, and says in which language it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from programs.models import Page, Program, ProgressUpdate, Question, Section
from programs.models.translated import columns, untranslated
from tests.programs.forms import filled

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]

FRENCH_ONLY = {"title_en": "", "slug_en": "", "body_en": ""}


def new_page(**words: str) -> Any:
    return Page(**words)


def test_one_language_is_enough_whichever_it_is(db: None) -> None:
    for language, words in (("en", "How we work"), ("fr", "Comment nous travaillons")):
        page = new_page(**{f"title_{language}": words, f"body_{language}": f"<p>{words}</p>"})
        page.full_clean()
        page.save()

    assert list(Page.objects.values_list("slug_en", "slug_fr")) == [
        ("how-we-work", "how-we-work"),
        ("comment-nous-travaillons", "comment-nous-travaillons"),
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_language_is_not_enough(db: None, language: str) -> None:
    page = new_page(title_en="Contact")

    with translation.override(language), pytest.raises(ValidationError) as refused:
        page.full_clean()

    assert f"body_{language}" in refused.value.message_dict
    assert "title_fr" not in refused.value.message_dict


def test_an_address_taken_already_is_not_given_twice(hematology: Program, make_update: MakeUpdate) -> None:
    make_update(hematology, "first", slug_en="premiers-pas", slug_fr="autre")
    update = make_update(hematology, "second", **FRENCH_ONLY, slug_fr="premiers-pas")

    assert (update.slug_en, update.slug_fr) == ("premiers-pas-2", "premiers-pas")


def test_an_address_stays_when_its_title_is_translated_later(
    hematology: Program, make_update: MakeUpdate
) -> None:
    update: Any = make_update(hematology, "first", **FRENCH_ONLY)
    update.title_en = "First steps"
    update.save()

    assert update.slug_en == "first-nouvelles"


def test_staff_save_an_update_in_french_alone(staff: Client, hematology: Program) -> None:
    form = filled(staff.get("/admin/programs/progressupdate/add/")) | {
        "program": hematology.pk,
        "title_fr": "Où en sommes-nous ?",
        "body_fr": "<p>L'équipe avance : « bien » !</p>",
    }

    response = staff.post("/admin/programs/progressupdate/add/", form)

    assert response.status_code == 302
    update: Any = ProgressUpdate.objects.get()
    assert (update.title_en or "", update.slug_en, update.slug_fr) == (
        "",
        "ou-en-sommes-nous",
        "ou-en-sommes-nous",
    )
    assert update.title_fr == "Où en sommes-nous\u202f?"
    assert update.body_fr == "<p>L’équipe avance&nbsp;: «\u202fbien\u202f»\u202f!</p>"


def test_english_stays_as_it_is_typed(hematology: Program) -> None:
    section: Any = hematology.sections.all()[0]
    section.heading_en, section.body_en = "What's next ?", "<p>It's « here » : now !</p>"
    section.save()

    assert (section.heading_en, section.body_en) == ("What's next ?", "<p>It's « here » : now !</p>")


def test_french_that_fills_its_field_keeps_every_word(hematology: Program) -> None:
    section: Any = hematology.sections.all()[0]
    section.heading_fr = "a" * 199 + "!"
    section.save()

    section.refresh_from_db()
    assert section.heading_fr == "a" * 199 + "!"


def test_words_left_in_the_database_are_not_fetched_to_be_set(
    hematology: Program, django_assert_num_queries: Any
) -> None:
    section = Section.objects.only("order", "program").first()
    assert section is not None

    with django_assert_num_queries(0):
        assert section.complete_words() == set()


def test_what_a_language_lacks_is_listed_with_the_parts(hematology: Program) -> None:
    assert hematology.missing_translations() == []
    assert not Section.objects.filter(untranslated(Section)).exists()

    program: Any = hematology
    program.tagline_en = ""
    program.save()
    Section.objects.filter(heading_en="The Project").update(heading_fr="")
    Question.objects.create(
        program=hematology,
        order=99,
        question_fr="Et après ?",
        answer_fr="<p>Nous verrons.</p>",
    )

    found = Program.objects.get().missing_translations()
    assert {(type(missing.row), missing.name, missing.language) for missing in found} == {
        (Program, "tagline", "en"),
        (Section, "heading", "fr"),
        (Question, "question", "en"),
        (Question, "answer", "en"),
    }
    assert {missing.label for missing in found} == {"tagline", "heading", "question", "answer"}
    for model in (Program, Section, Question):
        assert model._default_manager.filter(untranslated(model)).count() == 1, model


def test_every_translated_text_has_a_field_in_every_language(db: None) -> None:
    assert all(set(fields) == {"en", "fr"} for fields in columns(Program).values())
    assert "slug" in columns(Program)
