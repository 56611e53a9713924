"""What a donor is told of a gift between giving it and its arrival."""

from django.utils import timezone, translation

from donations import tax
from donations.models import Donation
from donations.notices import writing


def processing(donation: Donation) -> bool:
    """The bank was asked for the money, and takes its days to answer."""
    day = timezone.localdate(donation.created_at)
    return writing.owe(
        "gift_processing",
        str(donation.public_id),
        donation,
        gift_url=_page(donation),
        mandate_reference=donation.mandate_reference,
        next_year=day.year + 1 if tax.debit_may_arrive_next_year(day) else None,
    )


def failed(donation: Donation) -> bool:
    """The bank said no: nothing was taken, and here is the form again."""
    return writing.owe("gift_failed", str(donation.public_id), donation, gift_url=_page(donation))


def _page(donation: Donation) -> str:
    with translation.override(donation.language):
        return writing.address("donations:gift", public_id=donation.public_id)
