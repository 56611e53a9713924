"""What a programme's total is made of: lines that add up to the meter, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from donations.ledger import Account
from donations.models import EntryKind


class Line(NamedTuple):
    label: StrPromise
    cents: int
    entries: int


class _Group(NamedTuple):
    label: StrPromise
    kinds: tuple[EntryKind, ...]
    always: bool


# Every kind of entry belongs to one line. Some lines say nothing until something has happened.
_GROUPS = (
    _Group(_("Received online"), (EntryKind.GIFT,), always=True),
    _Group(_("Received otherwise"), (EntryKind.OFFLINE,), always=True),
    _Group(_("Refunded"), (EntryKind.REFUND, EntryKind.REFUND_REVERSED), always=True),
    _Group(
        _("Contested by the donor’s bank"),
        (EntryKind.DISPUTE, EntryKind.DISPUTE_REVERSED, EntryKind.DISPUTE_FEE),
        always=False,
    ),
    _Group(_("Corrections"), (EntryKind.CORRECTION,), always=False),
)


@dataclass(frozen=True)
class Composition:
    """The lines and their sum, in cents."""

    lines: Sequence[Line]
    raised_cents: int
    entries: int

    @classmethod
    def of(cls, account: Account) -> "Composition":
        lines = [(group, *account.sums(*group.kinds)) for group in _GROUPS]
        return cls(
            lines=[Line(group.label, cents, count) for group, cents, count in lines if group.always or count],
            raised_cents=account.total.raised_cents,
            entries=account.total.entries,
        )
