"""The words the site starts with are the foundation's, to the character."""

import hashlib
import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from programs import loading
from programs.models import FundingNeed, Page, Program, Section

COPY = loading.FOLDER / "hematology.txt"
AS_GIVEN = "d4699aa757e7814b5f236bc561547bdadbe1565574f490f00f8ece2e0bf3f436"  # SHA-256


def paragraphs(body: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<p>(.*?)</p>", body)]


def as_written(program: Program) -> list[str]:
    """The database's words in the order and with the marks of the foundation's own text."""
    with translation.override("en"):
        project, context = program.sections.all()
        quote = program.testimonials.get()
        lines = [program.title, quote.quote, f"{quote.attribution}, {quote.context}"]
        lines += [project.heading, program.tagline, *paragraphs(project.body)]
        lines.append(f"{program.resources_heading}:")
        for resource in program.resources.all():
            words = [str(resource.quantity or ""), resource.label, resource.detail]
            lines.append("◆ " + " ".join(word for word in words if word))
        lines += [context.heading, *paragraphs(context.body), program.needs_heading]
        lines.append(f"{program.target_cents // 100 // 1000:,} K€")
        lines.append(program.funding_note)
        lines += [f"/ {need.label}" for need in program.fundingneeds.all()]
    return lines


def lines_of(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line]


def test_the_english_is_the_foundations_text_line_by_line(hematology: Program) -> None:
    assert as_written(hematology) == lines_of(COPY)


def test_our_copy_of_the_text_is_the_one_we_were_given() -> None:
    assert hashlib.sha256(COPY.read_bytes()).hexdigest() == AS_GIVEN


def test_every_word_stands_in_french_too(hematology: Program) -> None:
    rows = [hematology, *Page.objects.all()]
    for name in loading.PARTS:
        rows += getattr(hematology, name).all()

    for row in rows:
        for field in row._meta.fields:
            if field.name.endswith("_en"):
                english, french = getattr(row, field.name), getattr(row, field.name[:-2] + "fr")
                assert bool(english) == bool(french), (row, field.name)


def test_french_typography_is_kept(hematology: Program) -> None:
    texts = [file.read_text(encoding="utf-8") for file in loading.FOLDER.glob("*.toml")]
    french = [
        value
        for text in texts
        for value in re.findall(r'\bfr = "(?:"")?(.*?)"(?:"")?(?=\n| \})', text, re.DOTALL)
    ]

    assert len(french) > 40
    for value in french:
        words = re.sub(r"https?://\S+|<[^>]*>|&\w+;", " ", value)
        assert "'" not in words, value
        assert not re.search(r"(?<!\u202f)[;!?»]|«(?!\u202f)", words), value
        assert not re.search(r"(?<!\u00a0)[:%]", words), value


def test_what_nobody_knows_stays_empty(hematology: Program) -> None:
    figure = hematology.keyfigures.get()

    assert (figure.value_en, figure.source, figure.as_of) == ("nearly 50 million", "", None)  # type: ignore[attr-defined]
    assert not any(amount.label for amount in hematology.suggestedamounts.all())
    assert all(need.amount_cents is None for need in hematology.fundingneeds.all())


def test_the_need_is_one_million_euros_over_five_years(hematology: Program) -> None:
    assert hematology.target_cents == 100_000_000
    assert (hematology.years, hematology.ends_on.isoformat()) == (5, "2030-12-31")
    once = hematology.suggestedamounts.filter(frequency="once")
    assert [(row.amount_cents, row.is_default) for row in once] == [
        (30_00, False),
        (50_00, True),
        (100_00, False),
        (250_00, False),
    ]


def test_the_sites_own_pages_exist_in_both_languages(hematology: Program) -> None:
    assert list(Page.objects.values_list("slug_en", "slug_fr")) == [
        ("legal-notice", "mentions-legales"),
        ("privacy", "confidentialite"),
        ("accessibility", "accessibilite"),
        ("contact", "contact"),
    ]


def histories() -> int:
    models: list[Any] = [Program, Page, *loading.PARTS.values()]
    return sum(model.history.count() for model in models)


@pytest.mark.parametrize("reset", [False, True])
def test_loading_again_changes_nothing(hematology: Program, reset: bool) -> None:
    before = (histories(), Program.objects.get().revision, Section.objects.count())

    loading.load(reset=reset)

    assert (histories(), Program.objects.get().revision, Section.objects.count()) == before


def test_loading_leaves_what_staff_wrote(hematology: Program) -> None:
    hematology.title_fr = "Nos mots"  # type: ignore[attr-defined]
    hematology.slug_en = "blood"
    hematology.save()
    hematology.sections.all()[1].delete()
    Page.objects.get(slug_en="contact").delete()

    loading.load()

    program = Program.objects.get()
    assert (program.slug_en, program.title_fr) == ("blood", "Nos mots")  # type: ignore[attr-defined]
    assert program.sections.count() == 1
    assert not Page.objects.filter(slug_en="contact").exists()


def test_a_reset_puts_the_files_words_back(hematology: Program) -> None:
    hematology.title_fr = "Nos mots"  # type: ignore[attr-defined]
    hematology.slug_en = "blood"
    hematology.save()
    section = hematology.sections.all()[0]
    section.lead_en = "A strong sentence of ours."  # type: ignore[attr-defined]
    section.save()
    Section.objects.create(program=hematology, heading_en="More", heading_fr="Plus", order=9)
    FundingNeed.objects.filter(program=hematology).first().delete()  # type: ignore[union-attr]
    Page.objects.get(slug_en="contact").delete()

    loading.load(reset=True)

    program = Program.objects.get()
    assert as_written(program) == lines_of(COPY)
    assert program.title_fr.startswith("L’hématologie")  # type: ignore[attr-defined]
    assert not program.sections.all()[0].lead
    assert Page.objects.filter(slug_en="contact").exists()


def test_the_command_says_what_it_did(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_content")
    first = capsys.readouterr().out
    call_command("load_content")

    assert "Loaded the programme hematology." in first
    assert "Kept the programme hematology: it is there." in capsys.readouterr().out
