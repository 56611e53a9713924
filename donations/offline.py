"""Gifts that did not come through the site, as staff write them down: recorded once, never edited."""

import datetime as dt
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donations import gateway, ledger, payments
from donations.donors import limits
from donations.models import BankLine, Display, Donation, Donor, LineState, OfflineGift, Pledge, Status
from donations.proofs import Proof
from programs.models import FundingNeed, Program

# A gift of the same amount within this many days may be the same one.
_NEAR = dt.timedelta(days=7)
_LIKENESS = 0.8
_MOST_LOOKED_AT = 1_000
_MOST_SHOWN = 20


class Doubtful(Exception):
    """Gifts that may be the same one, which whoever confirmed had not been shown."""

    def __init__(self, alike: Collection[Donation]) -> None:
        super().__init__(f"{len(alike)} gift(s) may be the same")
        self.alike = alike


class Decided(Exception):
    """The bank's line was decided by somebody else, or is not of this amount: nothing was recorded."""


class Gone(Exception):
    """What the gift refers to, as its programme, was removed meanwhile: nothing was recorded."""


@dataclass(frozen=True)
class Received:
    """One gift as it was written down. `donor` is what `Donor` keeps of it."""

    program: Program
    method: str
    amount_cents: int
    received_on: dt.date
    donor: dict[str, str]
    designation_id: int | None = None
    public_name: str = ""
    pledge: Pledge | None = None
    bank_reference: str = ""
    proof: Proof | None = None
    note: str = ""

    @property
    def name(self) -> str:
        return Donor(**self.donor).name

    @property
    def received_at(self) -> dt.datetime:
        """Noon in Paris of that day: the day stays the same in every zone that matters."""
        noon = dt.datetime.combine(self.received_on, dt.time(12))
        return timezone.make_aware(noon, timezone.get_default_timezone())


def alike(received: Received, line: BankLine | None = None) -> list[Donation]:
    """Gifts that may be the same one: the same amount at about the same time, by the same or a similar
    name, from the same address, or under the same reference; and what was recorded from a line of
    another statement that may be the same movement as `line`.
    """
    near = (received.received_at - _NEAR, received.received_at + _NEAR)
    around = (
        Donation.objects.filter(
            Q(status__in=[Status.PAID, Status.DISPUTED, Status.PROCESSING]),
            Q(paid_at__range=near) | Q(paid_at=None, created_at__range=near),
            amount_cents=received.amount_cents,
        )
        .select_related("donor")
        .order_by("-paid_at", "-pk")
    )
    doubles = Donation.objects.filter(offline__line__in=line.doubles() if line else [])
    named = [each for each in around[:_MOST_LOOKED_AT] if similar(each.donor.name, received.name)]
    found = [*doubles.select_related("donor"), *around.filter(_same(received))[:_MOST_SHOWN], *named]
    return list({donation.pk: donation for donation in found}.values())


def record(
    received: Received, *, by: User, key: str, seen: Collection[int] = (), line: BankLine | None = None
) -> OfflineGift:
    """Count a gift, once: its donation, ledger entry, document and letter in one transaction.

    Safe to repeat: the same key finds the same gift. `seen` are the gifts that `by` was shown as
    possibly the same and took for others. Raises `Doubtful` where there is one more by now, `Decided` where
    the bank's line that it comes from is no longer open, and `Gone`.
    """
    if known := OfflineGift.objects.filter(key=key).first():
        return known
    try:
        with transaction.atomic():
            limits.hold_donor(received.donor["email"])  # as who erases or moves this address does
            ledger.hold(received.program)  # two who record the same cheque see one another
            if known := OfflineGift.objects.filter(key=key).first():  # the other half of a double click
                return known
            _keep(received)
            if line and not _waiting(line, received).exists():
                raise Decided
            unseen = [donation for donation in alike(received, line) if donation.pk not in seen]
            if unseen:
                raise Doubtful(unseen)
            gift = _create(received, by=by, key=key)
            if line:
                _take(line, received, gift)
            return gift
    except IntegrityError:
        if known := OfflineGift.objects.filter(key=key).first():  # recorded for another programme meanwhile
            return known
        raise


def correct(gift: OfflineGift, *, by: User, reason: str) -> bool:
    """Undo a gift that was recorded by mistake, by an entry that takes it off again.

    True when this call did it, False when it was done before.
    """
    with transaction.atomic():
        # Before what is kept of it, as who erases its donor does.
        list(Donation.objects.select_for_update(no_key=True).filter(pk=gift.donation_id).values_list("pk"))
        undone = OfflineGift.objects.filter(pk=gift.pk, undone_at=None).update(
            undone_at=timezone.now(), undone_by=by, undone_reason=reason
        )
        if not undone:
            return False
        payments.undo(gift.donation, reason=reason)
        BankLine.objects.filter(gift=gift).update(
            state=LineState.OPEN, gift=None, decided_by=None, decided_at=None
        )
    gift.refresh_from_db()
    return True


def _keep(received: Received) -> None:
    """Let nobody remove what the gift refers to before it is recorded. Raises `Gone`."""
    rows: list[tuple[QuerySet[Any], int | None]] = [
        (Program.objects.all(), received.program.pk),
        (FundingNeed.objects.all(), received.designation_id),
        (Pledge.objects.all(), received.pledge.pk if received.pledge else None),
    ]
    for all_of_them, pk in rows:
        if pk and not list(all_of_them.select_for_update(no_key=True).filter(pk=pk).values_list("pk")):
            raise Gone


def _create(received: Received, *, by: User, key: str) -> OfflineGift:
    pledge = received.pledge
    donation = Donation.objects.create(
        program=received.program,
        donor=Donor.objects.as_said(**received.donor),
        amount_cents=received.amount_cents,
        currency=received.program.currency,
        designation_id=received.designation_id,
        method=received.method,
        display=Display.NAME if received.public_name else Display.ANONYMOUS,
        public_name=received.public_name,
        reference=pledge.reference if pledge else "",
        updates_consent=_consent(received),
        language=received.donor["language"],
        livemode=gateway.is_live(),
    )
    proof = received.proof
    gift = OfflineGift.objects.create(
        donation=donation,
        key=key,
        received_on=received.received_on,
        pledge=pledge,
        bank_reference=received.bank_reference,
        proof_path=proof.path if proof else "",
        proof_name=proof.name if proof else "",
        proof_type=proof.type if proof else "",
        proof_sha256=proof.sha256 if proof else "",
        note=received.note,
        recorded_by=by,
    )
    payments.receive(
        donation, received_at=received.received_at, consented_at=pledge.created_at if pledge else None
    )
    return gift


def _consent(received: Received) -> str:
    """The words with which whoever gives has asked for news of this programme; empty where they have not.

    A reference may be quoted for somebody else's gift: the consent of one subscribes nobody else.
    """
    pledge = received.pledge
    if pledge is None or pledge.program_id != received.program.pk:
        return ""
    return pledge.updates_consent if pledge.donor.email == received.donor["email"] else ""


def _waiting(line: BankLine, received: Received) -> QuerySet[BankLine]:
    """The line, while it is open and of this amount."""
    return BankLine.objects.filter(
        pk=line.pk,
        state=LineState.OPEN,
        amount_cents=received.amount_cents,
        currency=received.program.currency,
    )


def _take(line: BankLine, received: Received, gift: OfflineGift) -> None:
    """Say that the line is this gift. Raises `Decided` where somebody was faster."""
    taken = _waiting(line, received).update(
        state=LineState.RECORDED, gift=gift, decided_by=gift.recorded_by, decided_at=timezone.now()
    )
    if not taken:
        raise Decided


def _same(received: Received) -> Q:
    """Under the same reference, the bank's or ours, or from the same address."""
    same = Q(pk=None)
    if received.bank_reference:
        same |= Q(offline__bank_reference=received.bank_reference)
    if received.pledge:
        same |= Q(reference=received.pledge.reference)
    if received.donor["email"]:
        same |= Q(donor__email=received.donor["email"])
    return same


def similar(one: str, other: str) -> bool:
    """Whether two names may be one person's, however they are spelled and in whatever order."""
    first, second = words(one), words(other)
    if not first or not second:  # in another script
        return bool(one.strip()) and one.casefold().strip() == other.casefold().strip()
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= _LIKENESS


def words(name: str) -> list[str]:
    """The words of a name without accents, titles and order."""
    name = name[:500].translate(_LIGATURES)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    marks = "".join(mark if mark.isalnum() else " " for mark in plain)
    return sorted(word for word in marks.split() if word not in _TITLES)


_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": " "})
_TITLES = {"m", "mr", "mme", "mlle", "mrs", "ms", "madame", "monsieur", "ou", "et", "and"}
