"""Number a receipt and freeze what it states. The PDF is made later, outside the transaction."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from donations.models import Donation, Receipt, ReceiptCounter, ReceiptState, Series
from donations.receipts import issuer
from donations.receipts.facts import PARIS, collect

TEMPLATE_VERSIONS = {Series.CONFIRMATION: "payment_confirmation-1"}


def issue(
    donation: Donation,
    *,
    paid_at: dt.datetime,
    amount_cents: int | None = None,
    series: Series = Series.CONFIRMATION,
) -> Receipt:
    """The gift's receipt in this series: the one it has, or a new one under the next number.

    It states the gift's amount, or `amount_cents` where that is what is left of it.

    Call it inside the transaction that settles the gift: the number, the receipt and the gift are
    then kept or undone together, so the numbers of a series and year have no gap. The counter's
    row stays locked until that transaction ends. A gift never has two issued receipts in a series,
    whoever asks, however often.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a receipt is issued in the transaction that settles")
    issued = Receipt.objects.filter(donation=donation, series=series, state=ReceiptState.ISSUED)
    if receipt := issued.first():
        return receipt
    try:
        with transaction.atomic():  # undone alone, with the number it took, if somebody was first
            return _create(donation, series, paid_at.astimezone(PARIS).date(), amount_cents)
    except IntegrityError:
        if receipt := issued.first():
            return receipt
        raise


def _create(donation: Donation, series: Series, paid_on: dt.date, amount_cents: int | None) -> Receipt:
    receipt = Receipt(
        series=series,
        year=paid_on.year,
        number=_next_number(series, paid_on.year),
        donation=donation,
        template_version=TEMPLATE_VERSIONS[series],
        issued_at=timezone.now(),
    )
    stated = donation.amount_cents if amount_cents is None else amount_cents
    receipt.facts = collect(receipt, issuer.current(), paid_on=paid_on, amount_cents=stated)
    receipt.save(force_insert=True)
    return receipt


def _next_number(series: Series, year: int) -> int:
    """Add one and read it back: our update holds the row until the transaction ends."""
    counter = ReceiptCounter.objects.filter(series=series, year=year)
    if not counter.update(last=F("last") + 1):
        ReceiptCounter.objects.get_or_create(series=series, year=year)  # two may try: one row remains
        counter.update(last=F("last") + 1)
    return counter.values_list("last", flat=True).get()
