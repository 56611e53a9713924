"""What readers see, whatever people are called."""

from collections.abc import Callable

import pytest

from outreach import rendering
from outreach.models import Letter
from outreach.plain_text import from_html

pytestmark = pytest.mark.django_db

Thank = Callable[..., Letter]

HOSTILE_NAMES = {
    "line breaks": "Ada\r\nBcc: everyone@example.org\n\nClick here",
    "html": "<script>alert(1)</script><b>Ada</b>",
    "template": "{{ settings.SECRET_KEY }}{% now 'Y' %}",
    "percent": "100 % (%s) %(donor_name)s",
    "right to left": "\u202eevil\u2066 محمد",
    "chinese": "李小龍",
    "emoji": "👩‍🔬 Ada",
    "long": "A" * 500,
    "long with spaces": "Ada " * 125,
    "nothing": "   ",
    "control": "A\x07d\x1ba\x85\u2028b",
}


def test_the_thank_you_says_what_was_given_and_nothing_untrue(thank: Thank) -> None:
    words = rendering.render(thank(designation="Equipment"))

    assert words.subject == "Thank you for your gift"
    assert words.text.startswith(
        "Dear Camille Martin,\n\nThank you. Your gift of €50 reached us on 23 November 2026."
    )
    assert "You chose: Equipment" in words.text
    assert "Reference: C-2026-000001" in words.text
    assert "This confirmation is not a tax receipt." in words.text
    assert "You asked to hear" not in words.text
    assert "test" not in words.text.lower()


def test_a_test_gift_is_called_one(thank: Thank) -> None:
    words = rendering.render(thank(specimen=True))

    assert words.subject == "Test: thank you for your gift"
    assert "no money has moved" in words.text
    assert "no money has moved" in words.html


def test_who_asked_for_updates_is_told_they_come(thank: Thank) -> None:
    words = rendering.render(thank(updates=True))

    assert "You asked to hear how the work goes." in words.text


def test_money_and_dates_are_written_in_the_readers_language(thank: Thank) -> None:
    words = rendering.render(thank(language="fr", amount_cents=123456, paid_on="2026-03-01"))

    assert "1\u202f234,56\u00a0€" in words.text
    assert "1er mars 2026" in words.text
    assert '<html lang="fr"' in words.html


def test_french_keeps_its_spaces_unbroken_in_a_subject_and_in_what_a_letter_is_about(thank: Thank) -> None:
    words = rendering.render(
        thank(language="fr", specimen=True, program_title="Comprendre\u00a0: et soigner")
    )

    assert words.subject.startswith("Essai\u00a0: ")
    assert "Comprendre\u00a0: et soigner" in words.text
    assert rendering.one_line("a \u00a0\n b\u202f!") == "a b\u202f!"


def test_html_carries_its_style_inside_and_fetches_nothing(thank: Thank) -> None:
    html = rendering.render(thank()).html

    assert "prefers-color-scheme: dark" in html
    assert 'class="amount" style="' in html
    assert "<link" not in html
    assert "url(" not in html
    assert "<img" not in html


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES.keys())
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_hostile_name_becomes_one_harmless_line(thank: Thank, name: str, language: str) -> None:
    words = rendering.render(thank(language=language, donor_name=name))

    greeting = words.text.split("\n", 1)[0]
    assert greeting.endswith(",")
    assert words.text.split("\n")[1] == ""
    assert not set(words.text) & set("\x00\x07\x1b\x85\r\u2028\u202e\u2066")
    assert "<script" not in words.html
    assert "<b>Ada" not in words.html


def test_plain_text_is_not_escaped(thank: Thank) -> None:
    words = rendering.render(thank(donor_name="O’Neil & <Sons>", program_title="Blood & bone"))

    assert "Dear O’Neil & <Sons>," in words.text
    assert "It supports: Blood & bone" in words.text
    assert "O’Neil &amp; &lt;Sons&gt;" in words.html


def test_emoji_and_scripts_that_join_are_kept_whole() -> None:
    assert rendering.one_line(" 👩‍🔬\n می‌خواهم ") == "👩‍🔬 می‌خواهم"


def test_rich_text_reads_well_without_marks() -> None:
    text = from_html(
        '<h3>Two things</h3><p>One &amp; <a href="https://example.org/x">two</a>.<br>Three</p>'
        "<ul><li><p>first</p></li><li>second</li></ul><script>no()</script>"
    )

    assert text == "Two things\n\nOne & two (https://example.org/x).\nThree\n\n- first\n- second"
