"""Post an entry, read a total. The public meter is what these rows add up to.

Three things move in the transaction that posts an entry: the entry, its programme's total, and the
total of its month and kind. Nothing that a visitor reads adds up the ledger.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import TruncMonth
from django.utils import timezone

from donations.models import Donation, EntryKind, LedgerEntry, MonthlyTotal, ProgramTotal
from programs.models import Program


@dataclass(frozen=True)
class Total:
    """What a programme has received, in cents."""

    raised_cents: int = 0
    gifts: int = 0
    donors: int = 0
    entries: int = 0


class Slot(NamedTuple):
    """A month, by its first day, and a kind of entry."""

    month: dt.date
    kind: str


class Sums(NamedTuple):
    cents: int
    entries: int


@dataclass(frozen=True)
class Account:
    """A programme's total and what it is made of, as they were at one moment."""

    total: Total = Total()
    months: Mapping[Slot, Sums] = field(default_factory=dict)

    def sums(self, *kinds: str) -> Sums:
        """What the entries of these kinds add up to, and how many they are."""
        found = [each for slot, each in self.months.items() if slot.kind in kinds]
        return Sums(sum(each.cents for each in found), sum(each.entries for each in found))


def post_gift(donation: Donation, *, charge_id: str, fee_cents: int, occurred_at: dt.datetime) -> LedgerEntry:
    """Add a settled gift to the ledger and to its programme's totals.

    Call it in the transaction that settles the gift. The programme's row is locked first, so gifts of
    one programme are posted one after the other and a donor's first gift is seen exactly once.
    A second call for the same charge raises IntegrityError: the ledger never counts it twice.
    """
    entry = LedgerEntry(
        program_id=donation.program_id,
        donation=donation,
        kind=EntryKind.GIFT,
        amount_cents=donation.amount_cents,
        currency=donation.currency,
        fee_cents=fee_cents,
        occurred_at=occurred_at,
        source="stripe",
        source_ref=charge_id,
    )
    earlier = LedgerEntry.objects.filter(
        program_id=donation.program_id,
        kind=EntryKind.GIFT,
        donation__donor__email=donation.donor.email,
    )
    _post(entry, gifts=1, donors=Case(When(Exists(earlier), then=0), default=1))
    return entry


def post(entry: LedgerEntry) -> LedgerEntry:
    """Add an entry of any kind but a gift: call it in the transaction that decides it.

    A second entry of the same kind and source reference raises IntegrityError.
    """
    if entry.kind == EntryKind.GIFT:
        raise ValueError("a gift is posted with its donation")
    _post(entry)
    return entry


def month_of(moment: dt.datetime) -> dt.date:
    """The first day of the month that it was in Paris."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date().replace(day=1)


def read_total(program: Program) -> Total:
    """The programme's total as kept; zero before its first gift. One query."""
    return read_totals([program])[program.pk]


def read_totals(programs: Collection[Program]) -> dict[int, Total]:
    """The same for several programmes, by their primary keys. One query, however many they are."""
    rows = ProgramTotal.objects.filter(program__in=programs)
    kept = {row.program_id: Total(row.raised_cents, row.gifts, row.donors, row.entries) for row in rows}
    return {program.pk: kept.get(program.pk, Total()) for program in programs}


def read_account(program: Program) -> Account:
    """The total and what it is made of, as kept. One query, so that both are of the same moment.

    (Two before the programme's first entry.)
    """
    donors = ProgramTotal.objects.filter(program=OuterRef("program")).values("donors")
    rows = list(
        MonthlyTotal.objects.filter(program=program).values_list(
            "month", "kind", "amount_cents", "entries", Subquery(donors)
        )
    )
    if not rows:
        return Account(read_total(program))
    months = {Slot(month, kind): Sums(cents, entries) for month, kind, cents, entries, _donors in rows}
    total = Total(
        raised_cents=sum(each.cents for each in months.values()),
        gifts=sum(each.entries for slot, each in months.items() if slot.kind == EntryKind.GIFT),
        donors=rows[0][4] or 0,
        entries=sum(each.entries for each in months.values()),
    )
    return Account(total, months)


def sum_entries(program: Program) -> Total:
    """The programme's total added up from its ledger: what `read_total` must equal."""
    sums = LedgerEntry.objects.filter(program=program).aggregate(
        raised=Sum("amount_cents", default=0),
        gifts=Count("pk", filter=Q(kind=EntryKind.GIFT)),
        donors=Count("donation__donor__email", distinct=True, filter=Q(kind=EntryKind.GIFT)),
        entries=Count("pk"),
    )
    return Total(sums["raised"], sums["gifts"], sums["donors"], sums["entries"])


def sum_months(program: Program) -> dict[Slot, Sums]:
    """The months added up from the ledger: what the account's months must equal."""
    zone = timezone.get_default_timezone()
    rows = (
        LedgerEntry.objects.filter(program=program)
        .order_by()
        .values_list(TruncMonth("occurred_at", tzinfo=zone), "kind")
        .annotate(Sum("amount_cents"), Count("pk"))
    )
    return {Slot(month.date(), kind): Sums(cents, entries) for month, kind, cents, entries in rows}


def _post(entry: LedgerEntry, *, gifts: int = 0, donors: int | Case = 0) -> None:
    """Write the entry and move what is kept of it.

    The programme is touched first, whose page changes: that locks its row until the transaction ends,
    and the lock guards the totals. Each later statement sees what whoever held it before has committed.
    """
    Program.objects.filter(pk=entry.program_id).touch()
    total = ProgramTotal.objects.filter(program_id=entry.program_id)
    moves = {
        "raised_cents": F("raised_cents") + entry.amount_cents,
        "gifts": F("gifts") + gifts,
        "donors": F("donors") + donors,
        "entries": F("entries") + 1,
        "updated_at": timezone.now(),
    }
    if not total.update(**moves):
        ProgramTotal.objects.create(program_id=entry.program_id)
        total.update(**moves)
    entry.save(force_insert=True)
    slot = {"program_id": entry.program_id, "month": month_of(entry.occurred_at), "kind": entry.kind}
    moved = MonthlyTotal.objects.filter(**slot).update(
        amount_cents=F("amount_cents") + entry.amount_cents, entries=F("entries") + 1
    )
    if not moved:
        MonthlyTotal.objects.create(**slot, amount_cents=entry.amount_cents, entries=1)
