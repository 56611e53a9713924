"""Money that came in, as a statement says it: what every format is read into. Pure."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Larger files and longer statements are no statement of a foundation's account.
MOST_BYTES = 10_000_000
MOST_LINES = 50_000
_MOST_CENTS = 10**13
_AMOUNT = re.compile(r"([0-9]{1,13})(?:[.]([0-9]{1,5}))?")


class Unreadable(ValueError):
    """The file is no statement that can be read; `code` says why, for the page to explain.

    `where` is the line or the entry, counted from 1; 0 where it is the file as a whole.
    """

    def __init__(self, code: str, where: int = 0) -> None:
        super().__init__(f"{code} ({where})")
        self.code, self.where = code, where


@dataclass(frozen=True)
class Credit:
    """One movement of money to the account."""

    account: str
    booked_on: dt.date
    amount_cents: int
    currency: str
    name: str = ""
    text: str = ""
    bank_reference: str = ""

    @property
    def what(self) -> str:
        """What tells it from another movement of the same account: all that the bank says of it.

        The bank's reference alone would not do: some banks write the same one on every line.
        """
        said = f"{self.bank_reference}\n{self.name}\n{self.text}"
        return f"{self.account}\n{self.booked_on}\n{self.amount_cents}\n{self.currency}\n{said}"


@dataclass(frozen=True)
class Statement:
    """The credits of a file, and how many movements of it were left out: debits and what is not booked.

    `taken_back` of those are credits that went back, `negative` are said to be credits and are below
    nothing, `undated` have an amount and no day.
    """

    credits: list[Credit]
    skipped: int
    taken_back: int = 0
    negative: int = 0
    undated: int = 0


@dataclass(frozen=True)
class Alike:
    """Lines that are there and say what a credit says: how many, and of how many it is certain that they
    are other movements.
    """

    known: int
    others: int


def keyed(credits: Iterable[Credit], alike: Mapping[str, Alike] | None = None) -> list[tuple[str, Credit]]:
    """Each credit with its key: the same in every statement that names it.

    Movements that nothing tells apart are counted: two that look the same are two. What only looks like
    lines that are there (`alike`, by what they say) is counted after those.
    """
    seen: Counter[str] = Counter()
    found = []
    for credit in credits:
        what = credit.what
        seen[what] += 1
        there = (alike or {}).get(what, Alike(0, 0))
        beyond = there.others if seen[what] > there.known - there.others else 0
        found.append((hashlib.sha256(f"{what}\n{seen[what] + beyond}".encode()).hexdigest(), credit))
    return found


def cents(text: str, where: int) -> int:
    """`12.5` as 1250. Raises `Unreadable` for what is negative, in fractions of a cent, or no number."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise Unreadable("amount", where)
    decimals = (match[2] or "").rstrip("0")
    if len(decimals) > 2:
        raise Unreadable("amount", where)
    amount = int(match[1]) * 100 + int(decimals.ljust(2, "0"))
    if amount > _MOST_CENTS:
        raise Unreadable("amount", where)
    return amount


def line(text: str, longest: int) -> str:
    """One line of what a bank wrote, without marks that no page should show."""
    kept = "".join(" " if unicodedata.category(mark)[0] in "CZ" else mark for mark in text)
    return " ".join(kept.split())[:longest]


def dated(day: dt.date, where: int, *, today: dt.date) -> dt.date:
    """The day, when money can have come in on it. Raises `Unreadable`."""
    if day > today:
        raise Unreadable("future", where)
    if day.year < 2000:
        raise Unreadable("date", where)
    return day
