"""Movements that two statements name in different words, as a table and a camt.053 of one month do, or in
the same words although the statements do not overlap (`overlapping`).

Nothing tells for sure that they are one, so both stay: each leads to the other, and a person decides.
"""

import datetime as dt
from collections import defaultdict

from donations import offline
from donations.models import BankLine, BankStatement

# Formats differ in which of a movement's days they name.
_APART = 3  # what comes on a Friday is booked on Monday
_MOST_LOOKED_AT = 200
_AT_ONCE = 500

_What = tuple[str, int, str, dt.date]


def mark(statement: BankStatement) -> None:
    """Say of each line of a statement which earlier one may be the same movement; each is so once."""
    mine = list(BankLine.objects.filter(statement=statement).order_by("pk"))
    if not mine:
        return
    others = _others(mine, statement)
    taken: set[int] = set()
    for line in mine:
        line.resembles = next((each for each in _near(line, others, statement) if each.pk not in taken), None)
        if line.resembles:
            taken.add(line.resembles.pk)
    marked = [line for line in mine if line.resembles]
    BankLine.objects.bulk_update(marked, ["resembles"], batch_size=_AT_ONCE)


def _others(mine: list[BankLine], statement: BankStatement) -> dict[_What, list[BankLine]]:
    days = [line.booked_on for line in mine]
    span = dt.timedelta(days=_APART)
    found: dict[_What, list[BankLine]] = defaultdict(list)
    others = BankLine.objects.exclude(statement=statement).filter(
        account__in={line.account for line in mine}, booked_on__range=(min(days) - span, max(days) + span)
    )
    for line in others.select_related("statement").order_by("pk"):
        found[_what(line, line.booked_on)].append(line)
    return found


def _near(line: BankLine, others: dict[_What, list[BankLine]], statement: BankStatement) -> list[BankLine]:
    """Those that may be this line, the nearest day first. In one format the day is the same."""
    found = []
    for apart in sorted(range(-_APART, _APART + 1), key=abs):
        day = line.booked_on + dt.timedelta(days=apart)
        for other in others.get(_what(line, day), [])[:_MOST_LOOKED_AT]:
            if (not apart or other.statement.format != statement.format) and may_be(line, other):
                found.append(other)
    return found


def _what(line: BankLine, day: dt.date) -> _What:
    return (line.account, line.amount_cents, line.currency, day)


def may_be(one: BankLine, other: BankLine) -> bool:
    """Whether the words of two lines of one account, amount and time may be about one movement."""
    if (one.name, one.text) == (other.name, other.text):
        return True
    if one.bank_reference and one.bank_reference == other.bank_reference:
        return True
    if one.quoted_id and one.quoted_id == other.quoted_id:
        return True
    return offline.similar(one.said, other.said)
