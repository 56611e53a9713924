"""Post an entry, read a total. The public meter is what these rows add up to.

Three things move in the transaction that posts an entry: the entry, its programme's total, and the
total of its month and kind. Nothing that a visitor reads adds up the ledger.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from donations.models import Donation, EntryKind, LedgerEntry, MonthlyTotal, ProgramTotal
from programs import rows
from programs.models import Program

# The entries that are gifts, and how the one that takes a gift off again is known.
_GIFTS = (EntryKind.GIFT, EntryKind.OFFLINE)
_UNDONE = "undone"
# Of the gift that an entry is about: what takes it off again.
_UNDOING = LedgerEntry.objects.filter(
    donation=OuterRef("donation"), kind=EntryKind.CORRECTION, source=_UNDONE
)


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
    _post(entry)
    return entry


def post_offline(donation: Donation, *, occurred_at: dt.datetime) -> LedgerEntry:
    """Add a gift that came otherwise than through Stripe: it counts like any other, once."""
    entry = LedgerEntry(
        program_id=donation.program_id,
        donation=donation,
        kind=EntryKind.OFFLINE,
        amount_cents=donation.amount_cents,
        currency=donation.currency,
        occurred_at=occurred_at,
        source=donation.method,
        source_ref=str(donation.public_id),
    )
    _post(entry)
    return entry


def post_undone(donation: Donation, *, occurred_at: dt.datetime) -> LedgerEntry:
    """Take a gift off again that was written down by mistake: it is no gift and has no donor any more."""
    entry = LedgerEntry(
        program_id=donation.program_id,
        donation=donation,
        kind=EntryKind.CORRECTION,
        amount_cents=-donation.amount_cents,
        currency=donation.currency,
        occurred_at=occurred_at,
        source=_UNDONE,
        source_ref=f"{_UNDONE}:{donation.public_id}",
    )
    _post(entry)
    return entry


def post(entry: LedgerEntry) -> LedgerEntry:
    """Add an entry of any kind but a gift: call it in the transaction that decides it.

    A second entry of the same kind and source reference raises IntegrityError.
    """
    if entry.kind == EntryKind.GIFT:
        raise ValueError("a gift is posted with its donation")
    _post(entry)
    return entry


def join_donors(old: str, new: str) -> None:
    """Count as one donor, wherever both have given, those of two e-mail addresses that become one.

    Call it in the transaction that then moves the gifts of `old` to `new`, once. The programmes are locked
    in the order of their keys, those too where a gift of `old` is still on its way.
    """
    given = Donation.objects.filter(donor__email=old).values("program")
    counted = LedgerEntry.objects.filter(kind__in=_GIFTS).exclude(Exists(_UNDOING))
    for program in Program.objects.filter(pk__in=given).order_by("pk"):
        hold(program)
        theirs = counted.filter(program=program)
        if all(theirs.filter(donation__donor__email=email).exists() for email in (old, new)):
            total = ProgramTotal.objects.filter(program=program)
            total.update(donors=F("donors") - 1, updated_at=timezone.now())


def hold(program: Program) -> None:
    """Let nobody else post for this programme until the transaction ends."""
    Program.touch_one(program.pk)


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
    kept = ProgramTotal.objects.filter(program=OuterRef("program"))
    rows = list(
        MonthlyTotal.objects.filter(program=program).values_list(
            "month",
            "kind",
            "amount_cents",
            "entries",
            Subquery(kept.values("gifts")),
            Subquery(kept.values("donors")),
        )
    )
    if not rows:
        return Account(read_total(program))
    months = {Slot(month, kind): Sums(cents, entries) for month, kind, cents, entries, *_kept in rows}
    total = Total(
        raised_cents=sum(each.cents for each in months.values()),
        gifts=rows[0][4] or 0,
        donors=rows[0][5] or 0,
        entries=sum(each.entries for each in months.values()),
    )
    return Account(total, months)


def sum_entries(program: Program) -> Total:
    """The programme's total added up from its ledger: what `read_total` must equal."""
    counted = Q(kind__in=_GIFTS, donation__isnull=False, undone=False)
    # Who has no e-mail address is known by their row.
    donor = Case(
        When(donation__donor__email="", then=Cast("donation__donor_id", CharField())),
        default=F("donation__donor__email"),
        output_field=CharField(),
    )
    entries = LedgerEntry.objects.filter(program=program).annotate(undone=Exists(_UNDOING))
    sums = entries.aggregate(
        raised=Sum("amount_cents", default=0),
        gifts=Count("pk", filter=counted),
        donors=Count(donor, distinct=True, filter=counted),
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


# Written out: every gift comes by here, and Django takes longer to write it than PostgreSQL to carry it out.
_MOVE_TOTAL = """
    UPDATE donations_programtotal SET
        raised_cents = raised_cents + %(cents)s,
        gifts = gifts + %(gifts)s,
        donors = donors + {donors},
        entries = entries + 1,
        updated_at = %(now)s
    WHERE program_id = %(program)s
    RETURNING (SELECT email FROM donations_donor WHERE id = %(donor)s)"""
_MOVE_MONTH = """
    INSERT INTO donations_monthlytotal AS kept (program_id, month, kind, amount_cents, entries)
    VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (program_id, month, kind) DO UPDATE SET
        amount_cents = kept.amount_cents + excluded.amount_cents,
        entries = kept.entries + 1"""
# The donor gives to this programme with another gift that counts. Their address is the one they have by
# then: whoever posts may have read it before it was changed for another.
_GIVES_ALREADY = """
    EXISTS (
        SELECT 1 FROM donations_ledgerentry AS entry
        JOIN donations_donation AS gift ON gift.id = entry.donation_id
        JOIN donations_donor AS giver ON giver.id = gift.donor_id
        WHERE entry.program_id = %(program)s AND entry.kind IN ('gift', 'offline')
            AND gift.id <> %(donation)s AND {same_donor}
            AND NOT EXISTS (
                SELECT 1 FROM donations_ledgerentry AS undoing
                WHERE undoing.donation_id = gift.id
                    AND undoing.kind = 'correction' AND undoing.source = 'undone'
            )
    )"""
_BY_ADDRESS = "giver.email = (SELECT email FROM donations_donor WHERE id = %(donor)s)"
_BY_PERSON = "giver.id = %(donor)s"
_DONORS = f"CASE WHEN {_GIVES_ALREADY} THEN 0 ELSE %(gifts)s END"


def _move_total(entry: LedgerEntry) -> bool:
    """Move the programme's total by an entry that is written. False when it has none yet.

    Whether the donor is new is found out by the same statement: it holds the programme's lock, so it
    sees every entry there is. It also brings the donor's address as it is by now, which whoever posts then
    writes to.
    """
    gifts = _gifts_moved(entry)
    donor = entry.donation.donor if entry.donation else None
    donors, values = "0", dict[str, Any](donor=donor.pk if donor else None)
    if entry.donation and donor and gifts:
        donors = _DONORS.format(same_donor=_BY_ADDRESS if donor.email else _BY_PERSON)
        values["donation"] = entry.donation.pk
    values |= {
        "cents": entry.amount_cents,
        "gifts": gifts,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        "program": entry.program_id,
    }
    with rows.cursor() as cursor:
        cursor.execute(_MOVE_TOTAL.format(donors=donors), values)
        moved = cursor.fetchone()
    if moved is not None and donor:
        donor.email = moved[0]
    return moved is not None


def _gifts_moved(entry: LedgerEntry) -> int:
    """By how much an entry moves the number of gifts."""
    if entry.donation is None:
        return 0  # money that is nobody's gift
    if entry.kind in _GIFTS:
        return 1
    return -1 if entry.kind == EntryKind.CORRECTION and entry.source == _UNDONE else 0


def _post(entry: LedgerEntry) -> None:
    """Write the entry and move what is kept of it.

    The programme is touched first, whose page changes: that locks its row until the transaction ends,
    and the lock guards the totals. Each later statement sees what whoever held it before has committed.
    """
    with rows.together(), rows.cursor() as cursor:
        Program.touch_one(entry.program_id)
        rows.insert(entry)
        cursor.execute(
            _MOVE_MONTH, [entry.program_id, month_of(entry.occurred_at), entry.kind, entry.amount_cents]
        )
        moved = _move_total(entry)
    if not moved:
        ProgramTotal.objects.create(program_id=entry.program_id)
        _move_total(entry)
