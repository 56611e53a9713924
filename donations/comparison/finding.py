"""Read both books side by side and say where they differ. Writes nothing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Sum
from django.utils import timezone

from donations import gateway
from donations.gateway import Movement
from donations.models import Difference, EntryKind, LedgerEntry

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
    currency: str = "EUR"  # Stripe's; our ledger has one alone
    donation_id: int | None = None
    detail: str = ""


@dataclass
class Reading:
    """How far the books have been read: our entries that Stripe has too, and what it has and we had not."""

    movements: int = 0
    seen: set[int] = field(default_factory=set)
    missing_here: set[tuple[str, str]] = field(default_factory=set)


def find(since: dt.datetime, until: dt.datetime, reading: Reading) -> Iterator[Finding]:
    """Every difference between `since` and `until`. Raises `gateway.Unavailable` or `gateway.Refused`.

    Stripe's books are read once, a page at a time; of our entries only the keys of those seen are kept.
    """
    stream = gateway.movements(since - _EDGE, until + _EDGE)
    while batch := list(islice(stream, _BATCH)):
        reading.movements += len(batch)
        for each in _of_batch(batch, reading, since, until):
            if each.difference == Difference.MISSING_HERE:
                reading.missing_here.add((each.kind, each.source_ref))
            yield each
    for each in _missing_there(since, until, reading.seen):
        if (each.kind, each.source_ref) not in reading.missing_here:  # repaired in the meantime
            yield each


def _of_batch(
    batch: list[Movement], reading: Reading, since: dt.datetime, until: dt.datetime
) -> Iterator[Finding]:
    refs = {name for each in batch for name in _names(each)}
    entries = {
        (entry.kind, entry.source_ref): entry for entry in LedgerEntry.objects.filter(source_ref__in=refs)
    }
    # What has its like goes first: a movement without one would take the entry of another.
    for is_alike in (True, False):
        rest = list[Movement]()
        for movement in batch:
            known = [entries.get((movement.kind, name)) for name in _names(movement)]
            entry = _entry_of(movement, [each for each in known if each and each.pk not in reading.seen])
            if is_alike and (entry is None or _differs(entry, movement)):
                rest.append(movement)
            elif entry is not None:
                reading.seen.add(entry.pk)
                yield from _of_pair(movement, entry)
            elif since <= movement.occurred_at < until:
                yield _without_entry(movement, known, reading)
        batch = rest


def _without_entry(movement: Movement, known: list[LedgerEntry | None], reading: Reading) -> Finding:
    """It is missing here, under a name that is free; where none is, Stripe has booked it once more."""
    free = (
        name
        for name, each in zip(_names(movement), known, strict=True)
        if each is None and (movement.kind, name) not in reading.missing_here
    )
    name = next(free, "")
    return Finding(
        Difference.MISSING_HERE if name else Difference.AMOUNT,
        movement.kind,
        name or movement.source_ref,
        movement.charge_id,
        movement.occurred_at,
        stripe_cents=movement.amount_cents,
        ledger_cents=None if name else 0,
        currency=movement.currency,
        donation_id=next((each.donation_id for each in known if each), None),
        detail="" if name else f"booked once more: {movement.balance_transaction_id}",
    )


def _names(movement: Movement) -> list[str]:
    """What our entry may be known by: a dispute that is appealed moves the money again, and again."""
    again = ["-2", "-3"] if movement.kind in ("dispute", "dispute_reversed") else []
    return [movement.source_ref, *(movement.source_ref + number for number in again)]


def _entry_of(movement: Movement, entries: list[LedgerEntry]) -> LedgerEntry | None:
    """Of those that no other movement is: the one of the same amount and day, or else the first."""
    return min(entries, key=lambda entry: _differs(entry, movement), default=None)


def _differs(entry: LedgerEntry, movement: Movement) -> bool:
    same_day = _day(entry.occurred_at) == _day(movement.occurred_at)
    return not (same_day and entry.amount_cents == movement.amount_cents)


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
            currency=movement.currency,
            donation_id=entry.donation_id,
            detail=detail,
        )

    if (movement.amount_cents, movement.currency) != (entry.amount_cents, entry.currency):
        currencies = f"{movement.currency} / {entry.currency}" if movement.currency != entry.currency else ""
        yield finding(Difference.AMOUNT, movement.amount_cents, entry.amount_cents, currencies)
    charged = _fee_of(entry, movement)
    if movement.kind != "refund_reversed" and movement.fee_cents != charged:
        yield finding(Difference.FEE, movement.fee_cents, charged)
    there, here = _day(movement.occurred_at), _day(entry.occurred_at)
    if there != here:
        yield finding(
            Difference.DATE, movement.amount_cents, entry.amount_cents, f"{there:%Y-%m-%d} / {here:%Y-%m-%d}"
        )


def _fee_of(entry: LedgerEntry, movement: Movement) -> int:
    """What our ledger has of the movement's fee: that of a dispute is an entry of its own, of that moment."""
    if movement.kind != "dispute" and not (movement.kind == "dispute_reversed" and movement.fee_cents > 0):
        return entry.fee_cents  # one that comes back with the money is on its entry
    costs = LedgerEntry.objects.filter(
        kind=EntryKind.DISPUTE_FEE, source_ref__in=_names(movement), occurred_at=entry.occurred_at
    )
    return entry.fee_cents + int(costs.aggregate(cents=Sum("fee_cents", default=0))["cents"])


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
