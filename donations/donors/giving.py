"""What an e-mail address has given: every gift and document of every donor of that address, and no other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import (
    Donation,
    EndReason,
    LedgerEntry,
    PlanStatus,
    Receipt,
    ReceiptState,
    RecurringDonation,
    Series,
    Status,
)

# Begun and never paid, or written down by mistake: of no interest to whoever looks back on their gifts.
_NEVER_GIVEN = (Status.EXPIRED, Status.UNDONE)


# How a gift stands, in words for whoever gave it.
_STANDINGS: Mapping[str, Promise] = {
    Status.PENDING: _("Being confirmed"),
    Status.PROCESSING: _("On its way from your bank"),
    Status.PAID: _("Received"),
    Status.FAILED: _("The payment did not go through"),
    Status.HELD: _("Being looked at by our team"),
    Status.DISPUTED: _("Contested with the bank"),
    Status.LOST: _("Taken back by the bank"),
    Status.REFUNDED: _("Refunded"),
}


@dataclass(frozen=True)
class Gift:
    """A donation with its documents, and what remains of it after refunds, in cents."""

    donation: Donation
    documents: list[Receipt]
    received_cents: int

    @property
    def standing(self) -> str:
        if self.donation.status == Status.FAILED and self.donation.review_first:
            return gettext("Your gift was not charged")  # we did not take it: no payment went wrong
        if self.donation.status == Status.PAID and self.donation.credited_later:
            return gettext("Paid by your bank, credited to us on that day")
        return str(_STANDINGS.get(self.donation.status, self.donation.get_status_display()))

    @property
    def partly_returned(self) -> bool:
        return 0 < self.received_cents < self.donation.amount_cents


@dataclass
class Year:
    """The gifts of a calendar year in Paris, and what has come of them by now and remains, in cents."""

    year: int
    gifts: list[Gift] = field(default_factory=list)

    @property
    def received_cents(self) -> int:
        return sum(gift.received_cents for gift in self.gifts if not gift.donation.credited_later)


def gifts_of(email: str) -> QuerySet[Donation]:
    """The newest first."""
    return (
        Donation.objects.filter(donor__email=email)
        .exclude(status__in=_NEVER_GIVEN)
        .select_related("program", "designation", "donor")
        .annotate(moment=Coalesce("paid_at", "created_at"))
        .order_by("-moment", "-pk")
    )


def plans_of(email: str) -> QuerySet[RecurringDonation]:
    """The recurring gifts that ever began, those that go on first."""
    found = RecurringDonation.objects.filter(donor__email=email).exclude(status=PlanStatus.PENDING)
    found = found.exclude(end_reason=EndReason.ABANDONED)
    going_on_first = F("ended_at").desc(nulls_first=True)
    return found.select_related("program", "donor").order_by(going_on_first, "-created_at")


def receipts_of(email: str) -> QuerySet[Receipt]:
    found = Receipt.objects.filter(donation__donor__email=email)
    return found.select_related("donation").order_by("issued_at", "pk")


def by_year(email: str) -> list[Year]:
    """The gifts by year, the newest first."""
    donations = list(gifts_of(email))
    received = _received(donations)
    documents: dict[int, list[Receipt]] = {}
    for receipt in receipts_of(email):
        documents.setdefault(receipt.donation_id, []).append(receipt)
    years: dict[int, Year] = {}
    for donation in donations:
        year = timezone.localtime(donation.paid_at or donation.created_at).year
        gift = Gift(donation, documents.get(donation.pk, []), received.get(donation.pk, 0))
        years.setdefault(year, Year(year)).gifts.append(gift)
    return list(years.values())


def document(email: str, reference: str) -> Receipt | None:
    """The document with this number, where it is one of this address's and stands."""
    series, year, number = [*reference.split("-"), "", ""][:3]
    if series not in Series.values:
        return None
    if not (year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 10):
        return None
    found = receipts_of(email).filter(
        series=series, year=int(year), number=int(number), state=ReceiptState.ISSUED
    )
    receipt = found.first()
    return receipt if receipt and receipt.reference == reference else None


def _received(donations: list[Donation]) -> dict[int, int]:
    entries = LedgerEntry.objects.filter(donation__in=[donation.pk for donation in donations])
    return dict(
        entries.order_by().values("donation").annotate(sum=Sum("amount_cents")).values_list("donation", "sum")
    )
