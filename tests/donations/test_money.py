import datetime as dt
import time
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from donations import money

NNBSP = "\u202f"
NBSP = "\u00a0"


def parse(text: str) -> int:
    return money.parse(text, minimum_cents=500, maximum_cents=10_000_000)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("50", 5000),
        ("50,5", 5050),
        ("50.50", 5050),
        ("50,05", 5005),
        ("5", 500),
        ("1 000", 100_000),
        (f"1{NBSP}000", 100_000),
        (f"1{NNBSP}000", 100_000),
        (f"1{NNBSP}234,50{NBSP}€", 123_450),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("50€", 5000),
        ("50 €", 5000),
        ("€50", 5000),
        ("€ 50.00", 5000),
        ("50 EUR", 5000),
        ("50 euros", 5000),
        ("  50\n", 5000),
        ("0050", 5000),
        ("100000", 10_000_000),
    ],
)
def test_what_donors_type_is_read_to_the_cent(typed: str, cents: int) -> None:
    assert parse(typed) == cents


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", money.NotAnAmount),
        ("   ", money.NotAnAmount),
        ("€", money.NotAnAmount),
        ("fifty", money.NotAnAmount),
        ("1e9", money.NotAnAmount),
        ("NaN", money.NotAnAmount),
        ("inf", money.NotAnAmount),
        ("0x50", money.NotAnAmount),
        ("1_000", money.NotAnAmount),
        ("💶", money.NotAnAmount),
        ("50💶", money.NotAnAmount),
        ("５０", money.NotAnAmount),
        ("٥٠", money.NotAnAmount),
        ("50\u202e", money.NotAnAmount),
        ("50\x00", money.NotAnAmount),
        ("5 0", money.NotAnAmount),
        ("1 00", money.NotAnAmount),
        ("1000 000", money.NotAnAmount),
        ("1  000", money.NotAnAmount),
        ("1.00.00", money.NotAnAmount),
        ("1,000,00", money.NotAnAmount),
        ("50.", money.NotAnAmount),
        (".50", money.NotAnAmount),
        ("5€0", money.NotAnAmount),
        ("€50 €50", money.NotAnAmount),
        ("+50", money.NotAnAmount),
        ("---50", money.NotAnAmount),
        ("50; DROP TABLE donations", money.NotAnAmount),
        ("0", money.TooSmall),
        ("0,00", money.TooSmall),
        ("4.99", money.TooSmall),
        ("-5", money.TooSmall),
        ("-50", money.TooSmall),
        ("\u221250", money.TooSmall),
        ("€-50", money.TooSmall),
        ("- 50 €", money.TooSmall),
        ("100000,01", money.TooLarge),
        ("1.000.000", money.TooLarge),
        ("1 000 000", money.TooLarge),
        ("9" * 40, money.TooLarge),
        ("12,3456", money.TooPrecise),
        ("0,500", money.TooPrecise),
        ("1234,567", money.TooPrecise),
        ("1 000,505", money.TooPrecise),
        ("1.000", money.Ambiguous),
        ("1,000", money.Ambiguous),
        ("12,345", money.Ambiguous),
        ("€1,000", money.Ambiguous),
    ],
)
def test_what_is_no_gift_is_refused_for_its_own_reason(typed: str, error: type[money.Unreadable]) -> None:
    with pytest.raises(money.Unreadable) as refused:
        parse(typed)

    assert type(refused.value) is error


def test_every_reason_has_a_code_of_its_own() -> None:
    kinds = money.Unreadable.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds) == 5


@pytest.mark.parametrize(
    ("typed", "readings"),
    [("1.000", (100_000, 100)), ("12,340", (1_234_000, 1234)), ("12,345", (1_234_500,))],
)
def test_an_ambiguous_amount_tells_what_it_may_mean(typed: str, readings: tuple[int, ...]) -> None:
    with pytest.raises(money.Ambiguous) as asked:
        parse(typed)

    assert asked.value.readings == readings


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("9" * 10_000, money.TooLarge),
        ("1 000" * 2_000, money.NotAnAmount),
        ("٥" * 10_000, money.NotAnAmount),
        (" " * 10_000, money.NotAnAmount),
        ("1" + " " * 38 + "x", money.NotAnAmount),
        ("9" * 1_000_000, money.TooLarge),
    ],
)
def test_a_flood_of_characters_is_refused_at_once(typed: str, error: type[money.Unreadable]) -> None:
    started = time.perf_counter()
    with pytest.raises(error):
        parse(typed)

    assert time.perf_counter() - started < 0.05


@given(st.text(max_size=60) | st.from_regex(r"[-€ ]{0,2}[0-9., \u00a0\u202f]{1,45}[ €]?", fullmatch=True))
@example("1\u00a0000")
def test_any_text_is_an_amount_in_bounds_or_a_reason(typed: str) -> None:
    try:
        cents = parse(typed)
    except money.Unreadable:
        return

    assert 500 <= cents <= 10_000_000


@given(st.integers(500, 10_000_000), st.booleans())
def test_french_amounts_are_read_back_as_they_were_written(cents: int, always_cents: bool) -> None:
    written = money.format_money(cents, language="fr", always_cents=always_cents)

    assert parse(written) == cents


@given(st.integers(500, 10_000_000), st.booleans())
@example(100_000, False)
def test_english_amounts_are_read_back_or_asked_about(cents: int, always_cents: bool) -> None:
    written = money.format_money(cents, language="en", always_cents=always_cents)
    try:
        read = parse(written)
    except money.Ambiguous as asked:  # €1,000 is one of those
        assert "." not in written
        assert cents >= 100_000
        read = asked.readings[0]

    assert read == cents


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (0, f"0{NBSP}€", "€0"),
        (340, f"3,40{NBSP}€", "€3.40"),
        (5, f"0,05{NBSP}€", "€0.05"),
        (5000, f"50{NBSP}€", "€50"),
        (100_000, f"1{NNBSP}000{NBSP}€", "€1,000"),
        (123_456_750, f"1{NNBSP}234{NNBSP}567,50{NBSP}€", "€1,234,567.50"),
        (100_000_000, f"1{NNBSP}000{NNBSP}000{NBSP}€", "€1,000,000"),
        (-5000, f"-50{NBSP}€", "-€50"),
    ],
)
def test_amounts_are_written_as_each_language_writes_them(cents: int, french: str, english: str) -> None:
    assert money.format_money(cents, language="fr") == french
    assert money.format_money(cents, language="en") == english


def test_a_receipt_writes_two_decimals_always() -> None:
    assert money.format_money(100_000, language="fr", always_cents=True) == f"1{NNBSP}000,00{NBSP}€"
    assert money.format_money(100_000, language="en", always_cents=True) == "€1,000.00"


@given(st.integers(0, 9_223_372_036_854_775_807))
def test_no_cent_is_lost_in_writing(cents: int) -> None:
    written = money.format_money(cents, language="en", always_cents=True)

    assert int(Decimal(written.strip("€").replace(",", "")) * 100) == cents


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zéro euro"),
        (1, "un centime"),
        (50, "cinquante centimes"),
        (80, "quatre-vingts centimes"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (200, "deux euros"),
        (2100, "vingt et un euros"),
        (7100, "soixante et onze euros"),
        (8000, "quatre-vingts euros"),
        (8100, "quatre-vingt-un euros"),
        (9100, "quatre-vingt-onze euros"),
        (12345, "cent vingt-trois euros et quarante-cinq centimes"),
        (18000, "cent quatre-vingts euros"),
        (20000, "deux cents euros"),
        (20100, "deux cent un euros"),
        (100_000, "mille euros"),
        (108_000, "mille quatre-vingts euros"),
        (8_000_000, "quatre-vingt mille euros"),
        (20_000_000, "deux cent mille euros"),
        (100_000_000, "un million d’euros"),
        (100_000_050, "un million d’euros et cinquante centimes"),
        (120_000_000, "un million deux cent mille euros"),
        (200_000_000, "deux millions d’euros"),
        (8_000_000_000, "quatre-vingts millions d’euros"),
        (100_000_000_000, "un milliard d’euros"),
    ],
)
def test_amounts_are_written_in_french_words(cents: int, words: str) -> None:
    assert money.in_french_words(cents) == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zero euros"),
        (1, "one cent"),
        (100, "one euro"),
        (101, "one euro and one cent"),
        (5000, "fifty euros"),
        (12345, "one hundred and twenty-three euros and forty-five cents"),
        (123_400, "one thousand two hundred and thirty-four euros"),
        (100_000_000, "one million euros"),
    ],
)
def test_amounts_are_written_in_english_words(cents: int, words: str) -> None:
    assert money.in_english_words(cents) == words


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="never negative"):
        money.in_french_words(-1)
    with pytest.raises(ValueError, match="never negative"):
        money.in_english_words(-1)


@pytest.mark.parametrize(
    ("date", "french", "english"),
    [
        (dt.date(2026, 3, 1), "1er mars 2026", "1 March 2026"),
        (dt.date(2026, 8, 11), "11 août 2026", "11 August 2026"),
        (dt.date(2026, 12, 31), "31 décembre 2026", "31 December 2026"),
    ],
)
def test_days_are_written_in_full(date: dt.date, french: str, english: str) -> None:
    assert money.long_date(date, "fr") == french
    assert money.long_date(date, "en") == english


def render(source: str, language: str, **context: object) -> str:
    with translation.override(language):
        return Template("{% load money %}" + source).render(Context(context))


def test_templates_write_money_in_the_language_of_the_page() -> None:
    assert render("{{ cents|money }}", "fr", cents=100_000) == f"1{NNBSP}000{NBSP}€"
    assert render("{{ cents|money }}", "en", cents=340) == "€3.40"
    assert render("{{ cents|money:'USD' }}", "en", cents=5000) == "$50"
    assert render("{{ cents|euros_exact }}", "en", cents=5000) == "€50.00"


def test_templates_show_nothing_for_a_missing_amount_or_date() -> None:
    source = "{{ nothing|money }}{{ nothing|euros_exact }}{{ nothing|long_date }}"

    assert render(source, "en", nothing=None) == ""


def test_templates_show_a_moment_as_the_day_it_was_in_paris() -> None:
    new_year = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)

    assert render("{{ at|long_date }}", "fr", at=new_year) == "1er janvier 2026"
    assert render("{{ at|long_date }}", "en", at=new_year.date()) == "31 December 2025"
