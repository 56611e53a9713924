"""From a file to lines that wait for a person. Importing again, or what overlaps, adds nothing."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from donations import references
from donations.bank import camt, overlapping, resembling, table
from donations.bank.movements import MOST_BYTES, Credit, Statement, Unreadable, keyed
from donations.models import BankLine, BankStatement, Format, Pledge

_AT_ONCE = 500


@dataclass
class Remarks:
    """What whoever sends a statement in is told of it, besides what is kept with it.

    `negative` and `undated` were left out, `unsure` were taken for lines that are there by their words alone.
    """

    negative: int = 0
    undated: int = 0
    unsure: list[Credit] = field(default_factory=list)


def known(content: bytes) -> BankStatement | None:
    """The statement that this file was, if it came before."""
    return BankStatement.objects.filter(sha256=_digest(content)).first()


def upload(name: str, content: bytes, *, by: User, remarks: Remarks | None = None) -> BankStatement:
    """Keep a file and, where it says itself what it means, import it; `remarks` are filled in then.

    The same file finds the statement that it was. A table waits for `read_table`. Raises `Unreadable`,
    and then nothing is kept.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("large")
    if before := known(content):
        return before
    xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content.startswith(
        (b"\xff\xfe<", b"\xfe\xff\x00<")
    )
    found = camt.read(content, today=timezone.localdate()) if xml else None
    if found is None:
        table.read(content)  # that it is a table
    shown = PurePosixPath(name.replace("\\", "/")).name[:200] or "statement"
    kept = storages["private"].save(f"statements/{secrets.token_hex(16)}", ContentFile(content))
    with transaction.atomic():
        statement, made = BankStatement.objects.get_or_create(
            sha256=_digest(content),
            defaults={
                "name": shown,
                "format": Format.CAMT if xml else Format.TABLE,
                "path": kept,
                "uploaded_by": by,
            },
        )
        if made and found is not None:
            _add(statement, found, remarks or Remarks())
    if not made:
        storages["private"].delete(kept)
    return statement


def open_table(statement: BankStatement) -> table.Table:
    """The table in a kept file. Raises `Unreadable`."""
    with storages["private"].open(statement.path) as kept:
        return table.read(kept.read())


def read_table(
    statement: BankStatement, columns: Mapping[str, int], *, account: str, remarks: Remarks | None = None
) -> None:
    """Import a table by the columns that a person confirmed. Once: a statement that was read stays so.

    `remarks` are filled in. Raises `Unreadable`, and then nothing is imported.
    """
    found = table.credits(open_table(statement), columns, account=account, today=timezone.localdate())
    with transaction.atomic():
        mine = BankStatement.objects.filter(pk=statement.pk, read_at=None)
        if mine.update(read_at=timezone.now(), account=account, columns=dict(columns)):
            _add(statement, found, remarks or Remarks())
    statement.refresh_from_db()


def _add(statement: BankStatement, found: Statement, remarks: Remarks) -> None:
    """Add the lines that no statement has named before, and say how many there were.

    In one order whatever the file's: two files with the same lines at once wait for one another.
    """
    _one_at_a_time()
    there = overlapping.Known(statement, found.credits)
    remarks.negative, remarks.undated, remarks.unsure = found.negative, found.undated, there.unsure()
    credits = keyed(found.credits, there.alike())
    lines = sorted(_lines(statement, credits), key=lambda each: (each.booked_on, each.key))
    BankLine.objects.bulk_create(lines, batch_size=_AT_ONCE, ignore_conflicts=True)
    resembling.mark(statement)
    added = BankLine.objects.filter(statement=statement).count()
    days: list[dt.date] = [credit.booked_on for credit in found.credits]
    accounts = {credit.account for credit in found.credits}
    BankStatement.objects.filter(pk=statement.pk).update(
        added=added,
        known=len(lines) - added,
        skipped=found.skipped,
        taken_back=found.taken_back,
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        account=", ".join(sorted(accounts))[:50] or statement.account,
        read_at=timezone.now(),
    )
    statement.refresh_from_db()


def _one_at_a_time() -> None:
    """Let nobody else import until the transaction ends: what is there already must be seen."""
    # A row that is always there: statements are not.
    kind = ContentType.objects.select_for_update(no_key=True)
    list(kind.filter(app_label="donations", model="bankstatement"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lines(statement: BankStatement, credits: Iterable[tuple[str, Credit]]) -> list[BankLine]:
    credits = list(credits)
    named = {key: references.find(f"{credit.text} {credit.bank_reference}") for key, credit in credits}
    wanted = {each for found in named.values() for each in found}
    pledges: dict[str, Pledge] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        for pledge in Pledge.objects.filter(reference__in=ordered[start : start + _AT_ONCE]):
            pledges[pledge.reference] = pledge
    return [
        BankLine(
            statement=statement,
            key=key,
            account=credit.account,
            booked_on=credit.booked_on,
            amount_cents=credit.amount_cents,
            currency=credit.currency,
            name=credit.name,
            text=credit.text,
            bank_reference=credit.bank_reference,
            quoted=next((pledges[each] for each in named[key] if each in pledges), None),
        )
        for key, credit in credits
    ]
