"""The differences that stand: kept while they are there, closed when they are gone or explained."""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from donations.comparison.finding import Finding
from donations.comparison.repairing import repair
from donations.models import Difference, Discrepancy, DiscrepancyState, LedgerEntry


def keep(finding: Finding, detail: str) -> Discrepancy:
    """The row of a difference: the one that stands, seen again, or a new one.

    What a person has explained stays explained as long as it is the same: once other amounts differ, it
    is another difference, and open. Two may compare, and a person close it, at the same time.
    """
    found = {"difference": finding.difference, "kind": finding.kind, "source_ref": finding.source_ref}
    changes = {
        "stripe_cents": finding.stripe_cents,
        "ledger_cents": finding.ledger_cents,
        "currency": finding.currency,
        "detail": detail[:500],
        "seen_at": timezone.now(),
    }
    standing = Discrepancy.objects.filter(**found).exclude(state=DiscrepancyState.SETTLED)
    try:
        with transaction.atomic():
            row = standing.select_for_update().first()
            if row and _is_another(row, finding):
                Discrepancy.objects.filter(pk=row.pk).update(state=DiscrepancyState.SETTLED)
                row = None
            row = row or Discrepancy(
                **found,
                charge_id=finding.charge_id,
                donation_id=finding.donation_id,
                occurred_at=finding.occurred_at,
            )
            for name, value in changes.items():
                setattr(row, name, value)
            row.save(update_fields=None if row.pk is None else list(changes))
    except IntegrityError:
        standing.update(**changes)  # somebody who compares at the same time was first
        row = Discrepancy.objects.filter(**found).order_by("-pk")[0]
    return row


def _is_another(row: Discrepancy, finding: Finding) -> bool:
    """Whether other amounts differ now than those that a person has explained."""
    amounts = (finding.stripe_cents, finding.ledger_cents)
    return row.state == DiscrepancyState.EXPLAINED and (row.stripe_cents, row.ledger_cents) != amounts


def close_gone(since: dt.datetime, before: dt.datetime) -> int:
    """Close the open differences from `since` on that a reading begun at `before` did not meet again."""
    gone = Discrepancy.objects.filter(state=DiscrepancyState.OPEN, occurred_at__gte=since, seen_at__lt=before)
    return gone.update(state=DiscrepancyState.SETTLED, closed_at=timezone.now())


def explain(discrepancy: Discrepancy, *, words: str, by: AbstractBaseUser) -> bool:
    """Close a difference with a person's explanation. False when it is closed already."""
    return bool(
        Discrepancy.objects.filter(pk=discrepancy.pk, state=DiscrepancyState.OPEN).update(
            state=DiscrepancyState.EXPLAINED, closed_at=timezone.now(), closed_by=by, explanation=words[:500]
        )
    )


def look_again(discrepancy: Discrepancy, *, by: AbstractBaseUser) -> str:
    """Repair one difference now and say what was done; closed when our ledger has the movement.

    Raises `gateway.Unavailable`.
    """
    outcome = repair(_finding(discrepancy))
    open_ones = Discrepancy.objects.filter(pk=discrepancy.pk, state=DiscrepancyState.OPEN)
    if discrepancy.difference == Difference.MISSING_HERE and LedgerEntry.objects.filter(
        kind=discrepancy.kind, source_ref=discrepancy.source_ref
    ):
        open_ones.update(state=DiscrepancyState.SETTLED, closed_at=timezone.now(), closed_by=by)
    elif discrepancy.difference == Difference.MISSING_HERE:  # of the others, the words say what differs
        open_ones.update(detail=outcome[:500])
    return outcome


def _finding(row: Discrepancy) -> Finding:
    return Finding(
        Difference(row.difference),
        row.kind,
        row.source_ref,
        row.charge_id,
        row.occurred_at,
        stripe_cents=row.stripe_cents,
        ledger_cents=row.ledger_cents,
        currency=row.currency,
        donation_id=row.donation_id,
        detail=row.detail,
    )
