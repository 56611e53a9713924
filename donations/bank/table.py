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
ROLES = ("date", "amount", "credit", "debit", "direction", "name", "text", "reference", "currency")
_MOST_COLUMNS = 60
_LONGEST_PREAMBLE = 30
_DELIMITERS = ";\t,|"
_IN, _OUT = {"C", "CR", "CRDT", "CREDIT", "+"}, {"D", "DB", "DBIT", "DEBIT", "-"}
# Thousands, if they are marked at all, by one mark throughout; decimals by the other. Three digits after
# a single mark can be either.
_GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}(?:\1[0-9]{3})+")
_DECIMAL = re.compile(r"([0-9]{1,3}([.,])[0-9]{3}(?:\2[0-9]{3})*|[0-9]*)(?!\2)[.,]([0-9]{1,2}|[0-9]{4,5})")
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
    "amount": ("montant", "montant(euros)", "montant en euros", "montant (eur)", "amount"),
    "direction": ("sens", "debit/credit", "credit/debit", "d/c", "c/d"),
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
    """A table as it is written: its headings, its rows, and the line of the file where each of them ends."""

    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]


def read(content: bytes) -> Table:
    """The table in a file. Raises `Unreadable`."""
    text = _decoded(content)
    filled = _rows(text)
    for place, (_number, row) in enumerate(filled[:_LONGEST_PREAMBLE]):
        if sum(bool(_role(heading)) for heading in row) >= 2:
            body = filled[place + 1 :]
            headings = [line(heading, 60) for heading in row]
            return Table(headings, [each for _line, each in body], [number for number, _row in body])
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
    """What came in, by these columns. Raises `Unreadable`: nothing is left out in silence.

    Money that went out and rows without an amount are counted. So are, each by itself, amounts without a
    day, which may be totals, and credits below nothing, which may be taken back.
    """
    if "date" not in columns or not {"amount", "credit"} & set(columns):
        raise Unreadable("columns")
    found: list[Credit] = []
    skipped = negative = undated = 0
    for number, row in zip(table.numbers, table.rows, strict=True):
        cells = {role: row[place].strip() if place < len(row) else "" for role, place in columns.items()}
        if not cells["date"]:
            skipped += 1  # a subtotal, or a line that goes on
            undated += any(cells.get(role) for role in ("credit", "amount"))
            continue
        amount = _came_in(cells, number)
        if amount <= 0:
            skipped += 1
            negative += amount < 0
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
    return Statement(found, skipped, negative=negative, undated=undated)


def _came_in(cells: Mapping[str, str], number: int) -> int:
    """In cents; 0 for what went out, and below it what is said to be a credit and is less than nothing."""
    if "direction" in cells:
        way = _plain(cells["direction"]).upper()
        if way not in _IN | _OUT:
            raise Unreadable("direction", number)
        if way in _OUT:
            return 0
    for role in ("credit", "amount"):
        if text := cells.get(role, ""):
            amount = signed_cents(text, number)
            says_credit = role == "credit" or "direction" in cells
            return amount if says_credit else max(amount, 0)
    return 0


def signed_cents(text: str, number: int) -> int:
    """`-1 234,5 €` as -123450. `1.234` can be read in two ways, so it is refused."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f'’]|[€¤]|EUR", "", text.upper()).replace("\u2212", "-")
    signed = re.fullmatch(r"([+-]?)([0-9.,]+)([+-]?)", plain)
    if signed is None or (signed[1] and signed[3]):
        raise Unreadable("amount", number)
    sign, plain = -1 if "-" in {signed[1], signed[3]} else 1, signed[2]
    if _GROUPED.fullmatch(plain):
        plain = re.sub("[.,]", "", plain)
    elif found := _DECIMAL.fullmatch(plain):
        plain = f"{re.sub('[.,]', '', found[1]) or 0}.{found[3]}"
    elif not plain.isdecimal():
        raise Unreadable("amount", number)
    return sign * cents(plain, number)


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


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line of the file where it ends.

    Quotes must be in order: from one that is never closed, a row would swallow those after it.
    """
    start = text[:20_000].splitlines()[:50]
    delimiter = max(_DELIMITERS, key=lambda mark: sorted(row.count(mark) for row in start)[len(start) // 2])
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if reader.line_num > MOST_LINES or len(row) > _MOST_COLUMNS:
                raise Unreadable("long")
            rows.append((reader.line_num, [cell.strip() for cell in row]))
    except csv.Error as error:
        raise Unreadable("quotes", reader.line_num) from error
    return [(number, row) for number, row in rows if any(row)]


def _plain(text: str) -> str:
    """In small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split()).strip(" :")


def _role(heading: str) -> tuple[str, int] | None:
    """What a heading says its column holds, and how surely (0 is surest)."""
    plain = _plain(heading)
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
