"""Read both books side by side and say where they differ. Writes nothing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from donations import gateway
from donations.gateway import Movement
from donations.models import Difference, LedgerEntry

# A debit is booked days before it is credited, and moments at midnight fall on either side: the edges of
# what is read are wider than what must be found there.
_EDGE = dt.timedelta(days=21)
_BATCH = 200


@dataclass(frozen=True)
class Finding:
    """One movement on which the books differ. Amounts in cents; None where a book does not have it."""

    difference: Difference
    kind: str
    source_ref: str
    charge_id: str
    occurred_at: dt.datetime
    stripe_cents: int | None = None
    ledger_cents: int | None = None
    donation_id: int | None = None
    detail: str = ""


@dataclass
class Reading:
    """How far the books have been read, and what Stripe has that our ledger did not have then."""

    movements: int = 0
    missing_here: set[tuple[str, str]] = field(default_factory=set)


def find(since: dt.datetime, until: dt.datetime, reading: Reading) -> Iterator[Finding]:
    """Every difference between `since` and `until`. Raises `gateway.Unavailable` or `gateway.Refused`.

    Stripe's books are read once, a page at a time; of our entries only the keys of those seen are kept.
    """
    seen: set[int] = set()
    stream = gateway.movements(since - _EDGE, until + _EDGE)
    while batch := list(islice(stream, _BATCH)):
        reading.movements += len(batch)
        for each in _of_batch(batch, seen, since, until):
            if each.difference == Difference.MISSING_HERE:
                reading.missing_here.add((each.kind, each.source_ref))
            yield each
    for each in _missing_there(since, until, seen):
        if (each.kind, each.source_ref) not in reading.missing_here:  # repaired in the meantime
            yield each


def _of_batch(
    batch: list[Movement], seen: set[int], since: dt.datetime, until: dt.datetime
) -> Iterator[Finding]:
    entries = {
        (entry.kind, entry.source_ref): entry
        for entry in LedgerEntry.objects.filter(source_ref__in={each.source_ref for each in batch})
    }
    for movement in batch:
        entry = entries.get((movement.kind, movement.source_ref))
        if entry is not None:
            seen.add(entry.pk)
            yield from _of_pair(movement, entry)
        elif since <= movement.occurred_at < until:
            yield Finding(
                Difference.MISSING_HERE,
                movement.kind,
                movement.source_ref,
                movement.charge_id,
                movement.occurred_at,
                stripe_cents=movement.amount_cents,
            )


def _of_pair(movement: Movement, entry: LedgerEntry) -> Iterator[Finding]:
    def finding(difference: Difference, there: int, here: int, detail: str = "") -> Finding:
        return Finding(
            difference,
            movement.kind,
            movement.source_ref,
            movement.charge_id,
            movement.occurred_at,
            stripe_cents=there,
            ledger_cents=here,
            donation_id=entry.donation_id,
            detail=detail,
        )

    if (movement.amount_cents, movement.currency) != (entry.amount_cents, entry.currency):
        currencies = f"{movement.currency} / {entry.currency}" if movement.currency != entry.currency else ""
        yield finding(Difference.AMOUNT, movement.amount_cents, entry.amount_cents, currencies)
    if movement.kind == "gift" and movement.fee_cents != entry.fee_cents:
        yield finding(Difference.FEE, movement.fee_cents, entry.fee_cents)
    there, here = _day(movement.occurred_at), _day(entry.occurred_at)
    if there != here:
        yield finding(
            Difference.DATE, movement.amount_cents, entry.amount_cents, f"{there:%Y-%m-%d} / {here:%Y-%m-%d}"
        )


def _missing_there(since: dt.datetime, until: dt.datetime, seen: set[int]) -> Iterator[Finding]:
    entries = LedgerEntry.objects.filter(
        source="stripe", occurred_at__gte=since, occurred_at__lt=until
    ).exclude(kind="dispute_fee")
    for entry in entries.order_by("pk").iterator(chunk_size=_BATCH):
        if entry.pk not in seen:
            yield Finding(
                Difference.MISSING_THERE,
                entry.kind,
                entry.source_ref,
                entry.source_ref if entry.kind == "gift" else "",
                entry.occurred_at,
                ledger_cents=entry.amount_cents,
                donation_id=entry.donation_id,
            )


def _day(moment: dt.datetime) -> dt.date:
    """In Paris: the day that decides the tax year."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()
