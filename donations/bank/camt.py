"""Statements in XML (ISO 20022, camt.053), in any of their versions. Pure.

The namespace says the version; the names that matter here are the same in all of them, so it is not
looked at. Document types, entities and what they could fetch are refused before they are read.
"""

import datetime as dt
import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from donations import iban
from donations.bank.movements import MOST_LINES, Credit, Statement, Unreadable, cents, dated, line

_DEEPEST = 64
# More than any statement of the largest size has: reading so many takes a few seconds.
_MOST_ELEMENTS = 600_000
_NOTHING = {"", "NOTPROVIDED", "NONREF"}


def read(content: bytes, *, today: dt.date) -> Statement:
    """The credits that a statement says are booked. Raises `Unreadable`."""
    credits: list[Credit] = []
    number = skipped = taken_back = 0
    try:
        for account, entry in _entries(content):
            number += 1
            found = _credits(entry, account, number, today)
            credits += found
            skipped += not found
            taken_back += _takes_back(entry)
            if max(number, len(credits)) > MOST_LINES:
                raise Unreadable("long")
    except Unreadable:
        raise
    except (ParseError, ValueError, LookupError) as error:  # also what defusedxml refuses
        raise Unreadable("xml") from error
    return Statement(credits, skipped, taken_back)


def _entries(content: bytes) -> Iterator[tuple[str, Element]]:
    """Each entry with its account, forgotten once it was looked at."""
    path: list[str] = []
    account, statements, elements = "", 0, 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        name = _name(element)
        if event == "start":
            path.append(name)
            if len(path) > _DEEPEST:
                raise Unreadable("xml")
            elements += 1
            if elements > _MOST_ELEMENTS:
                raise Unreadable("long")
            statements += name == "BkToCstmrStmt"
            if name == "Stmt":
                account = ""  # never that of the statement before
            continue
        path.pop()
        if name == "Acct" and path[-1:] == ["Stmt"]:
            number = iban.tidy(_text(element, "Id", "IBAN"))
            account = line(number or _text(element, "Id", "Othr", "Id"), 50)
        elif name == "Ntry" and path[-1:] == ["Stmt"]:
            yield account, element
            element.clear()
    if not statements:
        raise Unreadable("camt")


def _credits(entry: Element, account: str, number: int, today: dt.date) -> list[Credit]:
    """The credits of one entry: one for each transaction where the bank sums up several."""
    if _text(entry, "CdtDbtInd") != "CRDT" or not _is_booked(entry) or _reverses(entry):
        return []
    if not account:
        raise Unreadable("account", number)
    whole, currency = _amount(_child(entry, "Amt"), number)
    if not whole:
        return []
    booked_on = dated(_day(_first(entry, "BookgDt", "ValDt"), number), number, today=today)
    parts = [part for details in _children(entry, "NtryDtls") for part in _children(details, "TxDtls")]
    if len(parts) > MOST_LINES:
        raise Unreadable("long")
    amounts = [_part_of(part, currency, number) for part in parts]
    if len(parts) < 2 or any(each is None for each in amounts) or sum(filter(None, amounts)) != whole:
        parts, amounts = parts[:1] if len(parts) == 1 else [], [whole]
    said: list[Element | None] = [*parts] or [None]
    return [
        Credit(
            account=account,
            booked_on=booked_on,
            amount_cents=amount,
            currency=currency,
            name=line(_payer(part), 200),
            text=line(_message(entry, part), 1000),
            bank_reference=line(_reference(entry, part), 140),
        )
        for amount, part in zip(amounts, said, strict=True)
        if amount
    ]


def _is_booked(entry: Element) -> bool:
    return (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) == "BOOK"


def _reverses(entry: Element) -> bool:
    return _text(entry, "RvslInd") in {"true", "1"}


def _takes_back(entry: Element) -> bool:
    """Whether this undoes an earlier credit: the sign is that of the movement itself."""
    return _reverses(entry) and _is_booked(entry) and _text(entry, "CdtDbtInd") == "DBIT"


def _part_of(part: Element, currency: str, number: int) -> int | None:
    """What one transaction of an entry amounts to, in the entry's currency; None where it is not said."""
    if _text(part, "CdtDbtInd") not in {"", "CRDT"}:
        return None
    found = _child(part, "Amt")
    if found is None:
        found = _find(part, "AmtDtls", "TxAmt", "Amt")
    if found is None or found.get("Ccy", "").upper() != currency:
        return None
    return _amount(found, number)[0]


def _amount(element: Element | None, number: int) -> tuple[int, str]:
    if element is None:
        raise Unreadable("amount", number)
    currency = element.get("Ccy", "")
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise Unreadable("amount", number)
    return cents(element.text or "", number), currency.upper()


def _day(element: Element | None, number: int) -> dt.date:
    text = (_text(element, "Dt") or _text(element, "DtTm")) if element is not None else ""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable("date", number) from None


def _payer(part: Element | None) -> str:
    for who in ("UltmtDbtr", "Dbtr"):
        for way in (("Pty", "Nm"), ("Nm",)):
            if part is not None and (name := _text(part, "RltdPties", who, *way)):
                return name
    return ""


def _message(entry: Element, part: Element | None) -> str:
    said = []
    if part is not None:
        remittance = _child(part, "RmtInf")
        if remittance is not None:
            said += [each.text or "" for each in _children(remittance, "Ustrd")]
            said += [_text(each, "CdtrRefInf", "Ref") for each in _children(remittance, "Strd")]
        said += [_text(part, "Refs", "EndToEndId"), _text(part, "AddtlTxInf")]
    said.append(_text(entry, "AddtlNtryInf"))
    return " ".join(each for each in said if each.strip().upper() not in _NOTHING)


def _reference(entry: Element, part: Element | None) -> str:
    """The bank's own: unlike the entry's number in the statement, it is the same wherever it is named."""
    own = _text(part, "Refs", "AcctSvcrRef") if part is not None else ""
    shared = _text(entry, "AcctSvcrRef")
    return next((each for each in (own, shared) if each.upper() not in _NOTHING), "")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _child(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _find(element: Element, *names: str) -> Element | None:
    found: Element | None = element
    for name in names:
        found = _child(found, name) if found is not None else None
    return found


def _text(element: Element, *names: str) -> str:
    found = _find(element, *names)
    return (found.text or "").strip() if found is not None else ""


def _first(element: Element, *names: str) -> Element | None:
    return next((found for name in names if (found := _child(element, name)) is not None), None)
