"""Statements as tables (CSV), as French banks export them: every bank has its own columns. Pure.

What the columns mean is guessed from their headings; a person confirms it before anything is imported.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from donations.bank.movements import MOST_LINES, Credit, Statement, Unreadable, cents, dated, line

# What a column may say. Of `amount` and `credit` one is enough; `text` may be the only words.
ROLES = ("date", "amount", "credit", "debit", "name", "text", "reference", "currency")
_MOST_COLUMNS = 60
_LONGEST_PREAMBLE = 30
_DELIMITERS = ";\t,|"
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")
# Headings without accents and in small letters, the surest first.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "date": (
        "date de comptabilisation",
        "date comptable",
        "date operation",
        "date de l'operation",
        "date",
        "booking date",
    ),
    "credit": ("credit", "credit euros", "montant credit"),
    "debit": ("debit", "debit euros", "montant debit"),
    "amount": ("montant", "montant(euros)", "montant en euros", "montant (eur)", "amount", "valeur"),
    "name": ("donneur d'ordre", "nom", "emetteur", "tiers", "contrepartie", "name", "payer"),
    "text": (
        "libelle",
        "libelle operation",
        "libelle complet",
        "informations complementaires",
        "motif",
        "detail",
        "label",
        "description",
    ),
    "reference": ("reference", "reference operation", "numero d'operation", "ref"),
    "currency": ("devise", "currency"),
}


@dataclass(frozen=True)
class Table:
    """A table as it is written: its headings and its rows, and the row in the file where they begin."""

    headings: list[str]
    rows: list[list[str]]
    first_row: int


def read(content: bytes) -> Table:
    """The table in a file. Raises `Unreadable`."""
    text = _decoded(content)
    rows = _rows(text)
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    for place, (number, row) in enumerate(filled[:_LONGEST_PREAMBLE]):
        if sum(bool(_role(heading)) for heading in row) >= 2:
            body = [each for _number, each in filled[place + 1 :]]
            return Table([line(heading, 60) for heading in row], body, number + 1)
    raise Unreadable("headings")


def guess(table: Table) -> dict[str, int]:
    """Which column says what, as its heading suggests; what nothing suggests is left out."""
    best: dict[str, tuple[int, int]] = {}
    for place, heading in enumerate(table.headings):
        if found := _role(heading):
            role, rank = found
            if role not in best or rank < best[role][0]:
                best[role] = (rank, place)
    return {role: place for role, (_rank, place) in best.items()}


def credits(table: Table, columns: Mapping[str, int], *, account: str, today: dt.date) -> Statement:
    """What came in, by these columns. Raises `Unreadable`: nothing is left out in silence."""
    if "date" not in columns or not {"amount", "credit"} & set(columns):
        raise Unreadable("columns")
    found, skipped = [], 0
    for number, row in enumerate(table.rows, start=table.first_row):
        cells = {role: row[place].strip() if place < len(row) else "" for role, place in columns.items()}
        if not cells["date"]:
            skipped += 1  # a subtotal, or a line that goes on
            continue
        amount = _came_in(cells, number)
        if not amount:
            skipped += 1
            continue
        found.append(
            Credit(
                account=account,
                booked_on=dated(_day(cells["date"], number), number, today=today),
                amount_cents=amount,
                currency=_currency(cells.get("currency", ""), number),
                name=line(cells.get("name", ""), 200),
                text=line(cells.get("text", ""), 1000),
                bank_reference=line(cells.get("reference", ""), 140),
            )
        )
    return Statement(found, skipped)


def _came_in(cells: Mapping[str, str], number: int) -> int:
    """In cents; 0 for what went out."""
    for role in ("credit", "amount"):
        if text := cells.get(role, ""):
            return max(signed_cents(text, number), 0)
    return 0


def signed_cents(text: str, number: int) -> int:
    """`-1 234,5 €` as -123450. `1.234` can be read in two ways, so it is refused."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f'’]|€|EUR", "", text.upper()).replace("\u2212", "-")
    sign = -1 if plain.startswith("-") or plain.endswith("-") else 1
    plain = plain.strip("+-")
    mark = max(plain.rfind(","), plain.rfind("."))
    if mark < 0:
        return sign * cents(plain, number)
    whole, decimals = re.sub("[.,]", "", plain[:mark]), plain[mark + 1 :]
    if len(decimals) == 3 and not re.search("[.,]", plain[:mark]):
        raise Unreadable("amount", number)
    if len(decimals) == 3:
        whole, decimals = whole + decimals, "0"
    return sign * cents(f"{whole or 0}.{decimals or 0}", number)


def _day(text: str, number: int) -> dt.date:
    for shape in _DATES:
        try:
            return dt.datetime.strptime(text[:10], shape).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Unreadable("date", number)


def _currency(text: str, number: int) -> str:
    code = text.strip().upper() or "EUR"
    code = "EUR" if code in {"€", "EURO", "EUROS"} else code
    if not re.fullmatch("[A-Z]{3}", code):
        raise Unreadable("currency", number)
    return code


def _decoded(content: bytes) -> str:
    """UTF-8 or, as older exports are, Windows' Latin letters; UTF-16 where it says so."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    codings = ("utf-16",) if wide else ("utf-8-sig", "cp1252")
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or not text.strip():
            break
        return text
    raise Unreadable("text")


def _rows(text: str) -> list[list[str]]:
    start = text[:20_000].splitlines()[:50]
    delimiter = max(_DELIMITERS, key=lambda mark: sorted(row.count(mark) for row in start)[len(start) // 2])
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            if len(rows) > MOST_LINES or len(row) > _MOST_COLUMNS:
                raise Unreadable("long")
            rows.append([cell.strip() for cell in row])
    except csv.Error as error:
        raise Unreadable("text") from error
    return rows


def _role(heading: str) -> tuple[str, int] | None:
    """What a heading says its column holds, and how surely (0 is surest)."""
    plain = unicodedata.normalize("NFKD", heading.replace("’", "'")).encode("ascii", "ignore").decode()
    plain = " ".join(plain.lower().split()).strip(" :")
    for role, names in _HEADINGS.items():
        if plain in names:
            return role, names.index(plain)
    for role, names in _HEADINGS.items():
        if any(plain.startswith((f"{name} ", f"{name}(")) for name in names):
            return role, len(names)
    return None


def preview(table: Table, most: int = 5) -> Iterator[list[str]]:
    """The first rows, each with as many cells as there are headings."""
    for row in table.rows[:most]:
        yield [line(cell, 80) for cell in (*row, *[""] * len(table.headings))][: len(table.headings)]
