import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from programs import euros


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("50", 50_00),
        ("50,5", 50_50),
        ("50.50", 50_50),
        ("1 000", 1_000_00),
        ("1\u00a0000\u202f000", 1_000_000_00),
        ("1,000,000", 1_000_000_00),
        ("1.000.000", 1_000_000_00),
        ("1 000,50 €", 1_000_50),
        ("€1000", 1_000_00),
    ],
)
def test_staff_write_amounts_as_people_do(text: str, cents: int) -> None:
    assert euros.parse(text) == cents


@pytest.mark.parametrize("text", ["1.000", "1,000", "12,345"])
def test_a_lone_separator_before_three_digits_is_asked_about(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        euros.parse(text)

    assert refused.value.code == "unclear"


@pytest.mark.parametrize(
    "text", ["-5", "1e9", "NaN", "abc", "١٢", "50.505", "1,00,000", "😀", "9" * 10_000, "5\x00"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        euros.parse(text)


@given(st.integers(0, 10**14), st.sampled_from(["en", "fr"]))
def test_what_the_form_shows_reads_back_as_the_same_amount(cents: int, language: str) -> None:
    with translation.override(language):
        assert euros.parse(euros.written(cents)) == cents


@pytest.mark.parametrize(
    ("cents", "english", "french"),
    [
        (1_000_000_00, "€1,000,000", "1\u202f000\u202f000\u00a0€"),
        (12_50, "€12.50", "12,50\u00a0€"),
        (0, "€0", "0\u00a0€"),
    ],
)
def test_lists_and_history_show_amounts_as_people_read_them(cents: int, english: str, french: str) -> None:
    assert euros.shown(cents) == english
    with translation.override("fr"):
        assert euros.shown(cents) == french
