"""Whoever writes rich text, and by whatever way, only clean HTML reaches the database."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from programs.models import Program, Section
from programs.models.rich_text import clean

WORD = (
    '<p class="MsoNormal" style="margin:0"><o:p>Hello</o:p><!--[if gte mso 9]><xml><w:View>Normal</w:View>'
    "</xml><![endif]--></p><xml><w:Zoom>90</w:Zoom></xml><style>p.MsoNormal {color:red}</style>"
    "<p><o:p>&nbsp;</o:p></p>"
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ('<p onclick="alert(1)">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "a"),
        ('<a href="JaVa&#x09;Script:alert(1)">a</a>', "a"),
        ('<a href="data:text/html,x">a</a>', "a"),
        ('<a href=" jav&#x0A;ascript&colon;alert(1)">a</a>', "a"),
        ('<a href="vbscript:x">a</a><a href="//example.org/x">b</a>', 'a<a href="//example.org/x">b</a>'),
        (
            '<p><font face="Arial"><font size="2"><span style="mso-x:y">deep</span></font></font></p>',
            "<p>deep</p>",
        ),
        ('<form action="/x"><input value="a"><button>b</button></form>', "b"),
        ("<math><mi><style><img src=x onerror=alert(1)></style></mi></math>c", "c"),
        ('<a href="https://example.org/" target="_blank">a</a>', '<a href="https://example.org/">a</a>'),
        ("<img src=x onerror=alert(1)>", ""),
        ("<svg><a onload=alert(1)>x</a></svg>", ""),
        (WORD, "<p>Hello</p>"),
        ("<h3>a</h3><p>b<br>c <em>d</em> <strong>e</strong></p>", None),
        ("<ul><li>a</li></ul><blockquote><p>b</p></blockquote>", None),
    ],
)
def test_only_what_the_editor_offers_is_kept(written: str, kept: str | None) -> None:
    assert clean(written) == (written if kept is None else kept)


# A page as Word's clipboard has it, shortened: settings, a title, a list of its own making, a table.
PASTED = (Path(__file__).parent / "pasted_from_word.html").read_text(encoding="utf-8")


def test_a_page_pasted_from_word_keeps_its_words_and_loses_its_dress() -> None:
    kept = clean(PASTED)

    assert kept.startswith("<h3>Notre équipe</h3>")
    assert '<a href="https://example.org/rapport">le rapport</a>' in kept
    assert set(re.findall(r"</?([a-z0-9:]+)", kept)) <= {"h3", "p", "strong", "em", "a", "br"}
    assert not re.search(r"mso|Mso|style|class|<!|o:p|javascript|onclick|Symbol|AllowPNG", kept)
    assert " ".join(strip_tags(re.sub("</(?:p|h3)>|&nbsp;", " ", kept)).split()) == (
        "Notre équipe Le professeur Exemple dirige le service : dix ans. · Premier point"
        " Année Montant 2026 200 000 Voir le rapport ici Fin"
    )
    assert clean(kept) == kept


@given(st.text(alphabet="<>/=\"'& abpscriptonlicjv:;#x09\u00a0\u202f![", max_size=80))
def test_cleaning_what_is_clean_changes_nothing(written: str) -> None:
    once = clean(written)

    assert clean(once) == once
    assert "<script" not in once.lower()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_saving_cleans_both_languages_and_the_history(hematology: Program, language: str) -> None:
    with translation.override(language):
        section = Section.objects.create(
            program=hematology,
            heading_en="h",
            heading_fr="h",
            body_en="<p onclick=x>English</p>",
            body_fr="<p>Français<script>1</script></p>",
        )

    stored = Section.objects.values("body_en", "body_fr").get(pk=section.pk)
    assert stored == {"body_en": "<p>English</p>", "body_fr": "<p>Français</p>"}
    assert (section.body_en, section.body_fr) == ("<p>English</p>", "<p>Français</p>")  # type: ignore[attr-defined]
    kept = section.history.get()  # type: ignore[attr-defined]
    assert (kept.body_en, kept.body_fr) == ("<p>English</p>", "<p>Français</p>")


def test_saving_in_french_never_copies_english_into_an_empty_french_text(hematology: Program) -> None:
    with translation.override("fr"):
        section = Section.objects.create(
            program=hematology, heading_en="h", heading_fr="h", body_en="<p>a</p>"
        )

    section.refresh_from_db()
    assert not section.body_fr  # type: ignore[attr-defined]


def test_writing_many_at_once_is_cleaned_too(hematology: Program) -> None:
    section = Section(
        program=hematology, heading_en="h", heading_fr="h", body_en="<p>a<script>1</script></p>"
    )
    Section.objects.bulk_create([section])
    Section.objects.filter(pk=section.pk).update(body_fr="<p style=x>b</p>")
    section.refresh_from_db()
    section.body_en = "<p onload=x>c</p>"  # type: ignore[attr-defined]
    Section.objects.bulk_update([section], ["body_en"])

    assert Section.objects.filter(pk=section.pk).values_list("body_en", "body_fr").get() == (
        "<p>c</p>",
        "<p>b</p>",
    )
