"""Whether a statement names a movement that is there already, or another one in the same words.

Without a reference of the bank's, two gifts of one day, amount and name are told apart by nothing. Two
statements that overlap have their whole day in common; two parts of one day, such as the pages of a long
statement, have nothing in common but what looks the same.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from donations.bank import resembling
from donations.bank.movements import Alike, Credit
from donations.models import BankLine, BankStatement

_Day = tuple[str, dt.date]


class Known:
    """The lines that are there of the days that a statement has credits of."""

    def __init__(self, statement: BankStatement, credits: Iterable[Credit]) -> None:
        self._format = statement.format
        self._mine: dict[_Day, list[Credit]] = defaultdict(list)
        for credit in credits:
            self._mine[credit.account, credit.booked_on].append(credit)
        self._lines: dict[_Day, list[BankLine]] = defaultdict(list)
        days = {day for _account, day in self._mine}
        lines = BankLine.objects.filter(
            account__in={account for account, _day in self._mine},
            booked_on__range=(min(days, default=dt.date.min), max(days, default=dt.date.min)),
        )
        for line in lines.select_related("statement"):
            self._lines[line.account, line.booked_on].append(line)

    def alike(self) -> dict[str, Alike]:
        """What is said of credits by lines that are there: how often, and how often of other movements."""
        found: dict[str, Alike] = {}
        for day, mine in self._mine.items():
            lines = self._lines.get(day, [])
            known = Counter(_credit(line).what for line in lines)
            others = self._others(mine, lines)
            for what in {credit.what for credit in mine} & set(known):
                found[what] = Alike(known[what], others[what])
        return found

    def unsure(self) -> list[Credit]:
        """Those taken for lines that are there by their words alone: the statement has nothing else in common
        with the others, and the bank gives no reference.
        """
        alike = self.alike()
        same = {what: each.known - each.others for what, each in alike.items() if each.known > each.others}
        if len(same) != 1:
            return []
        found = [credit for mine in self._mine.values() for credit in mine if credit.what in same]
        most = next(iter(same.values()))
        vague = {day: self._vague(self._mine[day], self._lines.get(day, [])) for day in self._mine}
        return [each for each in found if each.bank_reference in vague[each.account, each.booked_on]][:most]

    def _others(self, mine: list[Credit], lines: list[BankLine]) -> Counter[str]:
        """What is said by the lines of this day that are certainly none of `mine`, whatever they say.

        They are those of a statement that names movements of the day which are not among `mine`, while
        there are some among `mine` that nobody has named.
        """
        said, known = Counter(credit.what for credit in mine), Counter(_credit(line).what for line in lines)
        new = [_line(credit) for credit in mine if not known[credit.what]]
        by_statement: dict[int, list[BankLine]] = defaultdict(list)
        for line in lines:
            if line.statement.format == self._format:
                by_statement[line.statement_id].append(line)
        vague = self._vague(mine, lines)
        found: Counter[str] = Counter()
        for theirs in by_statement.values():
            missing = [line for line in theirs if not said[_credit(line).what]]
            if _differ(missing, new, vague) and _differ(new, missing, vague):
                found.update(_credit(line).what for line in theirs if line.bank_reference in vague)
        return found

    @staticmethod
    def _vague(mine: list[Credit], lines: list[BankLine]) -> set[str]:
        """The references that tell nothing: none, and those that one statement has on several movements."""
        times = Counter((0, credit.bank_reference) for credit in mine)
        times.update((line.statement_id, line.bank_reference) for line in lines)
        return {"", *(reference for (_statement, reference), many in times.items() if many > 1)}


def _differ(these: list[BankLine], those: list[BankLine], vague: set[str]) -> bool:
    """Whether one of these is, even in other words, none of those."""
    return any(
        not any(
            (one.amount_cents, one.currency) == (other.amount_cents, other.currency)
            and resembling.may_be(_told(one, vague), _told(other, vague))
            for other in those
        )
        for one in these
    )


def _told(line: BankLine, vague: set[str]) -> BankLine:
    """The line without a reference that tells nothing."""
    told = {**vars(_credit(line)), "bank_reference": ""} if line.bank_reference in vague else None
    return BankLine(**told, quoted_id=line.quoted_id) if told else line


def _credit(line: BankLine) -> Credit:
    return Credit(
        line.account,
        line.booked_on,
        line.amount_cents,
        line.currency,
        line.name,
        line.text,
        line.bank_reference,
    )


def _line(credit: Credit) -> BankLine:
    return BankLine(**vars(credit))
