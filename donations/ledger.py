"""Post an entry, read a total. The public meter is what these rows add up to."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from donations.models import Donation, EntryKind, LedgerEntry, ProgramTotal
from programs.models import Program


@dataclass(frozen=True)
class Total:
    """What a programme has received, in cents."""

    raised_cents: int = 0
    gifts: int = 0
    donors: int = 0
    entries: int = 0


def post_gift(donation: Donation, *, charge_id: str, fee_cents: int, occurred_at: dt.datetime) -> LedgerEntry:
    """Add a settled gift to the ledger and to its programme's total.

    Call it in the transaction that settles the gift. The total's row is locked first, so gifts of
    one programme are posted one after the other and a donor's first gift is seen exactly once.
    A second call for the same charge raises IntegrityError: the ledger never counts it twice.
    """
    total = ProgramTotal.objects.select_for_update().filter(program_id=donation.program_id)
    if not total:
        # The programme's first gift. Whoever makes the row, both then wait for its lock.
        ProgramTotal.objects.bulk_create(
            [ProgramTotal(program_id=donation.program_id)], ignore_conflicts=True
        )
        total.get()
    known = LedgerEntry.objects.filter(
        program_id=donation.program_id,
        kind=EntryKind.GIFT,
        donation__donor__email=donation.donor.email,
    ).exists()
    entry = LedgerEntry.objects.create(
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
    total.update(
        raised_cents=F("raised_cents") + donation.amount_cents,
        gifts=F("gifts") + 1,
        donors=F("donors") + (0 if known else 1),
        entries=F("entries") + 1,
        updated_at=timezone.now(),
    )
    Program.objects.filter(pk=donation.program_id).touch()
    return entry


def read_total(program: Program) -> Total:
    """The programme's total as kept; zero before its first gift. One query."""
    return read_totals([program])[program.pk]


def read_totals(programs: Collection[Program]) -> dict[int, Total]:
    """The same for several programmes, by their primary keys. One query, however many they are."""
    rows = ProgramTotal.objects.filter(program__in=programs)
    kept = {row.program_id: Total(row.raised_cents, row.gifts, row.donors, row.entries) for row in rows}
    return {program.pk: kept.get(program.pk, Total()) for program in programs}


def sum_entries(program: Program) -> Total:
    """The programme's total added up from its ledger: what `read_total` must equal."""
    sums = LedgerEntry.objects.filter(program=program).aggregate(
        raised=Sum("amount_cents", default=0),
        gifts=Count("pk", filter=Q(kind=EntryKind.GIFT)),
        donors=Count("donation__donor__email", distinct=True, filter=Q(kind=EntryKind.GIFT)),
        entries=Count("pk"),
    )
    return Total(sums["raised"], sums["gifts"], sums["donors"], sums["entries"])
