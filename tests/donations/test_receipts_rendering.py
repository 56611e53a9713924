import multiprocessing
import os
import threading
import unicodedata
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from donations.receipts import legible, rendering, typesetting
from donations.receipts.facts import Facts
from donations.receipts.samples import milliseconds_per_page, sample
from tests.donations import pdf_text


def sample_with(language: str = "fr", **changes: Any) -> Facts:
    facts = sample(language)
    facts.update(changes)  # type: ignore[typeddict-item]
    return facts


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            [
                "Confirmation de paiement",
                "Nº\u00a0C-2026-000001 · établie le 4 mai 2026",
                "Marie Dupont",
                "12 rue des Lilas",
                "1\u202f234,50\u00a0€",
                "mille deux cent trente-quatre euros et cinquante centimes",
                "Carte bancaire",
                "Ce document n’est pas un reçu fiscal.",
                "SPÉCIMEN, SANS VALEUR FISCALE",
            ],
        ),
        (
            "en",
            [
                "Payment confirmation",
                "No.\u00a0C-2026-000001 · issued on 4 May 2026",
                "Marie Dupont",
                "12 rue des Lilas",
                "€1,234.50",
                "one thousand two hundred and thirty-four euros and fifty cents",
                "mille deux cent trente-quatre euros et cinquante centimes",
                "Card",
                "This document is not a tax receipt.",
                "SPECIMEN · SPÉCIMEN, SANS VALEUR FISCALE",
            ],
        ),
    ],
)
def test_the_page_says_it_all_in_the_donors_language(language: str, said: list[str]) -> None:
    text = pdf_text.text(rendering.render(sample(language, amount_cents=123_450)).pdf)

    assert [words for words in said if words not in text] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_document_is_accessible_and_archivable(language: str) -> None:
    with pdf_text.opened(rendering.render(sample(language)).pdf) as pdf, pdf.open_metadata() as promises:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == language
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert promises.pdfa_status == "2A"
        assert promises["pdfuaid:part"] == "1"
        assert promises["dc:title"].endswith("C-2026-000001")
        assert not pdf.acroform.exists


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Annule et remplace la confirmation nº\u00a0C-2026-000000"),
        ("en", "Cancels and replaces the confirmation No.\u00a0C-2026-000000"),
    ],
)
def test_one_that_replaces_another_names_it_and_no_other_does(language: str, said: str) -> None:
    replacing = pdf_text.text(rendering.render(sample(language, replaces="C-2026-000000")).pdf)
    first_version = sample_with(language, template_version="payment_confirmation-1")
    del first_version["replaces"]

    assert said in replacing
    assert rendering.render(first_version).pdf == rendering.render(sample(language)).pdf


def test_only_a_specimen_says_so() -> None:
    real = pdf_text.text(rendering.render(sample_with(specimen=False)).pdf)

    assert "SPÉCIMEN" not in real


def test_a_designation_and_the_issuers_own_details_are_shown_when_there_are_any() -> None:
    issuer = sample()["issuer"] | {"siren": "123 456 789", "contact_email": "dons@example.org"}
    facts = sample_with(designation={"fr": "Projets de recherche"}, issuer=issuer, method="sepa_debit")
    text = pdf_text.text(rendering.render(facts).pdf)

    assert "Affectation choisie Projets de recherche" in text
    assert "Prélèvement SEPA" in text
    assert "SIREN\u00a0123 456 789" in text
    assert "dons@example.org" in text


def test_the_same_facts_make_the_same_bytes() -> None:
    first, second = rendering.render(sample()), rendering.render(sample())

    assert first.pdf == second.pdf
    assert rendering.render(sample(amount_cents=5001)).pdf != first.pdf


SHOWN_AS_TYPED = [
    "Łukasz Żółć",
    "Nguyễn Thị Ánh",
    "Ελένη Παπαδοπούλου",
    "Жанна",
    "O’Brien & Sons",
    "<b>Marie</b><script>alert(1)</script>",
    '#panic("x")',
    '#import "/etc/passwd": *',
    "$x$ *bold* _it_ `raw` @ref <label> \\ // comment",
    "{{ donor }} {% load x %}",
    "= Heading",
]


@pytest.mark.parametrize("name", SHOWN_AS_TYPED)
def test_a_name_is_shown_as_it_was_typed(name: str) -> None:
    rendered = rendering.render(sample(name=name))

    assert name in pdf_text.text(rendered.pdf)
    assert rendered.note == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Marie\u202e Dupont\u200f", "Marie Dupont"),
        ("Marie\x07\x00\x1b Dupont", "Marie Dupont"),
        ("Marie\r\nDupont\t\u2028x", "Marie Dupont x"),
        ("E\u0301loi\u0308se", "Éloïse"),
    ],
)
def test_what_cannot_be_seen_is_left_out_without_a_word(name: str, shown: str) -> None:
    rendered = rendering.render(sample(name=name))

    assert shown in pdf_text.text(rendered.pdf)
    assert rendered.note == ""


@pytest.fixture
def only_built_in_fonts(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine without a single font of its own, as a small container is."""
    monkeypatch.setattr(typesetting, "_fonts", lambda _: typst.Fonts(include_system_fonts=False))
    typesetting._compiler.cache_clear()
    typesetting.can_show.cache_clear()
    yield
    typesetting._compiler.cache_clear()
    typesetting.can_show.cache_clear()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("李 Dupont", "Li Dupont"), ("Marie 🙂 Dupont", "Marie Dupont"), ("🙂", ":slight_smile:"), ("龘", "Da")],
)
def test_what_no_font_has_is_spelled_and_staff_are_told(
    only_built_in_fonts: None, name: str, shown: str
) -> None:
    rendered = rendering.render(sample(name=name))

    assert shown in pdf_text.text(rendered.pdf)
    assert f"{name} → {shown}" in rendered.note


LONG = {
    "latin without a space": "x" * 500,
    "latin": ("Marie-Antoinette de la Tour " * 20)[:500],
    "chinese": "李" * 500,
    "five hundred different": "".join(chr(0x4E00 + each * 7) for each in range(500)),
    "emoji": "🙂" * 500,
    "wide capitals": "W" * 500,
    "arabic": "محمد " * 100,
    "devanagari": "न" * 500,
    "marks on one letter": "a" + "\u0301" * 499,
    "far too long": "y" * 20_000,
}


@pytest.mark.parametrize("name", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_longest_words_still_make_one_page(language: str, name: str) -> None:
    facts = sample_with(
        language,
        donor={"kind": "individual", "name": name, "lines": [name[:500], f"75000 {name[:200]}", name[:60]]},
        program={"fr": name[:200], "en": name[:200]},
        designation={"fr": name[:300], "en": name[:300]},
        issuer={
            "name": "Institut Imagine",
            "legal_form": "F" * 200,
            "siren": "123 456 789",
            "lines": ["24 boulevard " * 15, "75015 Paris"],
            "contact_email": "dons@example.org",
        },
        amount_words={"fr": "quatre-vingt-dix-neuf mille " * 6, "en": "ninety-nine thousand " * 6},
    )
    rendered = rendering.render(facts)

    with pdf_text.opened(rendered.pdf) as pdf:
        assert len(pdf.pages) == 1
    assert len(rendered.note) <= 300
    assert ("pas un reçu fiscal" if language == "fr" else "not a tax receipt") in pdf_text.text(rendered.pdf)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_any_text_makes_a_document(text: str) -> None:
    facts = sample_with(donor={"kind": "individual", "name": text, "lines": [text]})

    assert rendering.render(facts).pdf.startswith(b"%PDF")


@given(st.text(max_size=600))
def test_tidy_text_is_one_bounded_line_and_tidying_again_changes_nothing(text: str) -> None:
    line = legible.tidy(text)

    assert len(line.replace("\u200b", "")) <= legible.LONGEST
    assert not any(unicodedata.category(each) in {"Cc", "Cs", "Co", "Cn"} for each in line)
    assert all(len(run) <= 24 for run in line.replace("\u200b", " ").split())
    assert legible.tidy(line) == line


def test_only_words_longer_than_any_line_are_made_breakable() -> None:
    ordinary = "Marie-Antoinette Saint-Germain-en-Laye"

    assert legible.tidy(ordinary) == ordinary
    assert legible.tidy("W" * 30) == "\u200b".join(["W" * 12, "W" * 12, "W" * 6])


def test_threads_make_their_documents_side_by_side() -> None:
    expected = [rendering.render(sample(name=f"Marie {each}")).pdf for each in range(4)]
    made: dict[int, bytes] = {}

    def make(each: int) -> None:
        for _ in range(5):
            made[each] = rendering.render(sample(name=f"Marie {each}")).pdf

    threads = [threading.Thread(target=make, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [made[each] for each in range(4)] == expected


def _render_in_child(answers: Any) -> None:
    try:
        rendering.render(sample())
    except typesetting.Forked:
        answers.put("refused")
    else:
        answers.put("rendered")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_is_told_instead_of_waiting_for_ever() -> None:
    rendering.render(sample())
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=_render_in_child, args=(answers,))
    child.start()
    answer = answers.get(timeout=20)
    child.join(20)

    assert answer == "refused"


def test_a_page_takes_milliseconds() -> None:
    assert milliseconds_per_page(20) < 200  # the bench holds it to 20 on a quiet machine
