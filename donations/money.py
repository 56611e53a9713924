"""Cents ⇄ text ⇄ words. Pure: knows no model, no request and no float.

An amount is an int of cents from the moment a donor's text has been read to the moment it is
shown again.
"""

import datetime as dt
import re
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_currency, format_currency
from num2words import num2words

# Longer than any amount anybody types: what is longer is never handed to int().
MAX_LENGTH = 40

_SPACE = "[\u0020\u00a0\u2009\u202f]"
_TYPED = re.compile(
    rf"(?P<minus>[-\u2212]?){_SPACE}*(?:€{_SPACE}*)?(?P<inner_minus>[-\u2212]?)"
    rf"(?P<number>[0-9](?:(?:[.,]|{_SPACE}|[0-9])*[0-9])?)"
    rf"{_SPACE}*(?:€|eur|euros?)?",
    re.IGNORECASE,
)
# One mark followed by three figures: a thousand here, a decimal mark there. Nobody can tell.
_EITHER_WAY = re.compile(r"(?P<before>[1-9][0-9]{0,2})[.,](?P<after>[0-9]{3})")
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?",
        rf"(?P<whole>[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+)(?:[.,](?P<decimals>[0-9]+))?",
        r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+)(?:,(?P<decimals>[0-9]+))?",
        r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?",
    )
)


class Unreadable(ValueError):
    """What was typed is no amount a gift can have; `code` says why, for the form to explain."""

    code = "unreadable"


class NotAnAmount(Unreadable):
    """No number in figures 0 to 9, with spaces, a decimal mark or a euro sign."""

    code = "not_an_amount"


class Ambiguous(Unreadable):
    """`1.000` is a thousand euros to some and one euro to others: the donor is asked.

    `readings` are the amounts it may stand for, in cents, largest first; the second is missing
    where the decimal reading is not a whole number of cents.
    """

    code = "ambiguous"

    def __init__(self, readings: tuple[int, ...]) -> None:
        super().__init__(self.code)
        self.readings = readings


class TooPrecise(Unreadable):
    """More than two decimals."""

    code = "too_precise"


class TooSmall(Unreadable):
    """Below the minimum, zero or negative."""

    code = "too_small"


class TooLarge(Unreadable):
    """Above the maximum."""

    code = "too_large"


def parse(text: str, *, minimum_cents: int, maximum_cents: int) -> int:
    """The amount a donor typed, in cents, within the bounds (both included).

    Raises a kind of `Unreadable`. The time it takes is bounded whatever the text.
    """
    typed = text.strip()
    if len(typed) > MAX_LENGTH:
        raise TooLarge if typed.isascii() and typed.isdigit() else NotAnAmount
    match = _TYPED.fullmatch(typed)
    if match is None:
        raise NotAnAmount
    cents = _cents(match["number"])
    if match["minus"] or match["inner_minus"] or cents < minimum_cents:
        raise TooSmall
    if cents > maximum_cents:
        raise TooLarge
    return cents


def _cents(number: str) -> int:
    if either := _EITHER_WAY.fullmatch(number):
        readings = [int(either["before"] + either["after"]) * 100]
        if number.endswith("0"):
            readings.append(int(either["before"] + either["after"][:2]))
        raise Ambiguous(tuple(readings))
    for shape in _SHAPES:
        if match := shape.fullmatch(number):
            decimals = match["decimals"] or ""
            if len(decimals) > 2:
                raise TooPrecise
            return int(re.sub("[^0-9]", "", match["whole"]) + decimals.ljust(2, "0"))
    raise NotAnAmount


@cache
def _locale(language: str) -> Locale:
    return Locale("fr" if language.lower().startswith("fr") else "en")


@cache
def _pattern(language: str, with_cents: bool) -> str:
    pattern: str = _locale(language).currency_formats["standard"].pattern
    return pattern if with_cents else pattern.replace("0.00", "0")


def format_money(
    cents: int, currency: str = "EUR", language: str = "en", *, always_cents: bool = False
) -> str:
    """`€1,000` or `€3.40`; in French `1 000 €` (U+202F, U+00A0) or `3,40 €`."""
    pattern = _pattern(language, with_cents=always_cents or cents % 100 != 0)
    return format_currency(
        Decimal(cents).scaleb(-2), currency, pattern, locale=_locale(language), currency_digits=False
    )


def format_compact(cents: int, currency: str = "EUR", language: str = "en") -> str:
    """`€250K` or `€1.25M`; in French `250 k €` (U+00A0): for the axis of a drawing."""
    return format_compact_currency(
        Decimal(cents).scaleb(-2), currency, locale=_locale(language), fraction_digits=2
    )


@lru_cache  # most gifts are of the few amounts that the form suggests
def in_french_words(cents: int) -> str:
    """The amount in full, in the spelling before 1990: `cent vingt-trois euros et un centime`.

    num2words knows the numbers; what French asks of the words around them is here: no cents when
    there are none, and `d’` after a bare million or milliard.
    """
    euros, rest = _split(cents)
    words = []
    if euros or not rest:
        bare_million = euros >= 1_000_000 and euros % 1_000_000 == 0
        noun = "d’euro" if bare_million else "euro"
        words.append(f"{num2words(euros, lang='fr')} {noun}{'s' if euros > 1 else ''}")
    if rest:
        words.append(f"{num2words(rest, lang='fr')} centime{'s' if rest > 1 else ''}")
    return " et ".join(words)


def in_english_words(cents: int) -> str:
    """The amount in full: `one hundred and twenty-three euros and one cent`."""
    euros, rest = _split(cents)
    words = []
    if euros or not rest:
        number = num2words(euros, lang="en").replace(",", "")
        words.append(f"{number} euro{'' if euros == 1 else 's'}")
    if rest:
        words.append(f"{num2words(rest, lang='en')} cent{'' if rest == 1 else 's'}")
    return " and ".join(words)


def _split(cents: int) -> tuple[int, int]:
    if cents < 0:
        raise ValueError("an amount in words is never negative")
    return divmod(cents, 100)


def long_date(date: dt.date, language: str) -> str:
    """`1 March 2026`; in French `1er mars 2026`, which no locale data writes by itself."""
    text = format_date(date, "d MMMM y", locale=_locale(language))
    if date.day == 1 and _locale(language).language == "fr":
        return text.replace("1 ", "1er ", 1)
    return text
