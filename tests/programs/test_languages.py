"""One language is enough: the rest of the site shows what there is, and says in which language it is."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from outreach import broadcasts, rendering
from outreach.models import Broadcast, Kind, Letter
from programs.models import (
    Page,
    Part,
    Program,
    ProgressUpdate,
    Question,
    Section,
)
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


def french_alone(update: ProgressUpdate) -> ProgressUpdate:
    """The update as somebody wrote it who writes French alone."""
    ProgressUpdate.objects.filter(pk=update.pk).update(title_en=None, body_en="")
    return ProgressUpdate.objects.get(pk=update.pk)


def test_an_update_in_french_alone_stands_on_english_pages_as_french(
    client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    make_update(hematology, "older")
    update = french_alone(make_update(hematology, "first"))
    make_update(hematology, "later")

    page = client.get(f"/en/hematology/updates/{update.slug_en}/").content.decode()

    assert '<html lang="en">' in page
    assert '<title lang="fr">' in page
    assert '<h1 lang="fr">La nouvelle first</h1>' in page
    assert '<div class="flow leaf__body" lang="fr"><p>Cela marche.</p></div>' in page
    for path in ("/en/hematology/", "/en/hematology/updates/"):
        assert '" lang="fr">La nouvelle first</a>' in client.get(path).content.decode(), path
    neighbour = client.get("/en/hematology/updates/later-news/").content.decode()
    assert '" lang="fr">La nouvelle first</span>' in neighbour
    french = client.get(f"/fr/hematologie/updates/{update.slug_fr}/").content.decode()
    assert "<h1>La nouvelle first</h1>" in french


def test_the_feed_says_which_of_its_entries_are_in_another_language(
    client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    french_alone(make_update(hematology, "first"))
    make_update(hematology, "second")
    make_update(hematology, "third", body_en="")

    feed = client.get("/en/hematology/updates/feed/").content.decode()

    assert feed.count("<entry") == 3
    assert '<entry xml:lang="fr"><title>La nouvelle first</title>' in feed
    assert feed.count('<entry xml:lang="fr">') == 1
    assert feed.count('&lt;div lang="fr"&gt;&lt;p&gt;Cela marche.') == 1


def test_a_letter_names_the_language_of_words_that_its_reader_did_not_ask_for(
    hematology: Program, make_update: MakeUpdate
) -> None:
    update = french_alone(make_update(hematology, "first"))
    broadcasts.begin(update)
    letters = {
        language: rendering.render(
            Letter(kind=Kind.PROGRESS_UPDATE, language=language, broadcast=Broadcast.objects.get())
        ).html
        for language in ("en", "fr")
    }

    assert '<html lang="en">' in letters["en"]
    assert re.search(r'<h1 lang="fr"[^>]*>La nouvelle first</h1>', letters["en"])
    assert re.search(r'<div lang="fr"[^>]*>\s*<p[^>]*>Cela marche.', letters["en"])
    assert re.findall(r'<(?!html)[^>]* lang="', letters["fr"]) == []


def test_every_text_of_the_programme_that_falls_back_is_marked(
    client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    """With no English at all, whatever is read on the English page is French, and said to be."""
    make_update(hematology)
    models: list[Any] = [Program, ProgressUpdate, Page, *Part.__subclasses__()]
    for model in models:
        texts = {name: fields for name, fields in columns(model).items() if name != "slug"}
        english = {fields["en"].name: "" for fields in texts.values()}
        french = {
            fields["fr"].name: "<p>Parole</p>" if name == "body" else "Parole"
            for name, fields in texts.items()
        }
        model._default_manager.update(**english, **french)

    update: Any = ProgressUpdate.objects.get()
    news = f"updates/{update.slug_en}/"
    for path in (
        "pages/privacy/",
        *(f"hematology/{part}" for part in ("", "updates/", news, "give/", "embed/", "card/")),
    ):
        html = client.get(f"/en/{path}").content.decode()
        unmarked = _Unmarked()
        unmarked.feed(html)
        assert "Parole" in html, path
        assert [text for text in unmarked.texts if "Parole" in text] == [], path


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/fr/hematologie/updates/?page=2", "/en/hematology/updates/?page=2"),
        ("/fr/hematologie/updates/?utm_source=letter", "/en/hematology/updates/"),
        ("/fr/pages/mentions-legales/", "/en/pages/legal-notice/"),
        ("/fr/unsubscribe/no-such-token/", "/en/unsubscribe/no-such-token/"),
        ("/fr/n%C3%A9ant/%22%3E/?page=2", "/en/n%C3%A9ant/%22%3E/"),
        ("/fr/pages/rien/", "/en/pages/rien/"),
        ("/media/rien.jpg", "/en/"),
    ],
)
def test_the_switch_of_languages_stays_where_one_is(
    client: Client, hematology: Program, make_update: MakeUpdate, path: str, other: str
) -> None:
    for number in range(11):
        make_update(hematology, f"n{number}")

    page = client.get(path, headers={"accept-language": "fr"}).content.decode()

    assert f'class="languages__choice" href="{other}" lang="en"' in page


class _Unmarked(HTMLParser):
    """Collects the text of a page that its markup does not say to be French."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and self._open[-1][0] == "textarea":
            return  # code to copy
        inherited = self._open[-1][1] if self._open else ""
        language = dict(attrs).get("lang") or inherited
        for name in ("alt", "title", "content"):
            if language != "fr" and tag != "link" and not dict(attrs).get("property"):
                self.texts.append(dict(attrs).get(name) or "")
        if tag not in {"meta", "link", "br", "img", "input", "use", "circle", "path", "rect"}:
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1] if self._open else ("", "")
        if language != "fr" and tag not in {
            "script",
            "title",
        }:  # a title holds no element: ours and theirs mix
            self.texts.append(data)


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("column", ["slug_en", "slug_fr"])
def test_the_database_itself_keeps_an_address_in_every_language(
    hematology: Program, make_update: MakeUpdate, column: str, nothing: str | None
) -> None:
    make_update(hematology)

    for model in (Program, Page, ProgressUpdate):
        with pytest.raises(IntegrityError), transaction.atomic():
            model._default_manager.update(**{column: nothing})
