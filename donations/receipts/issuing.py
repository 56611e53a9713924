"""Number a receipt and freeze what it states. The PDF is made later, outside the transaction."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from donations.models import Donation, Receipt, ReceiptCounter, ReceiptState, Series
from donations.receipts import issuer
from donations.receipts.facts import PARIS, collect
from programs import rows

# The constraint `receipt_one_issued_per_gift`.
_ONE_ISSUED = "(donation_id, series) WHERE state = 'issued'"
TEMPLATE_VERSIONS = {Series.CONFIRMATION: "payment_confirmation-3"}


def issue(
    donation: Donation,
    *,
    paid_at: dt.datetime,
    amount_cents: int | None = None,
    replaces: Receipt | None = None,
    series: Series = Series.CONFIRMATION,
) -> Receipt:
    """The gift's receipt in this series: the one it has, or a new one under the next number.

    It states the gift's amount, or `amount_cents` where that is what is left of it, and names the void
    one that it `replaces`.

    Call it inside the transaction that settles the gift: the number, the receipt and the gift are
    then kept or undone together, so the numbers of a series and year have no gap. The counter's
    row stays locked until that transaction ends. A gift never has two issued receipts in a series,
    whoever asks, however often.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a receipt is issued in the transaction that settles")
    paid_on = paid_at.astimezone(PARIS).date()
    number = _next_number(series, paid_on.year)
    receipt = Receipt(
        series=series,
        year=paid_on.year,
        number=number,
        donation=donation,
        template_version=TEMPLATE_VERSIONS[series],
        issued_at=timezone.now(),
    )
    stated = donation.amount_cents if amount_cents is None else amount_cents
    receipt.facts = collect(
        receipt,
        issuer.current(),
        paid_on=paid_on,
        amount_cents=stated,
        replaces=replaces.reference if replaces else "",
    )
    if rows.insert(receipt, once=_ONE_ISSUED):
        return receipt
    # It has one. Whoever was first with this gift has committed by now: they held the counter.
    _give_back(series, paid_on.year)
    return Receipt.objects.get(donation=donation, series=series, state=ReceiptState.ISSUED)


def _next_number(series: Series, year: int) -> int:
    """The next number, in one statement, which holds the counter's row until the transaction ends."""
    table = connection.ops.quote_name(ReceiptCounter._meta.db_table)
    with rows.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (series, year, last) VALUES (%s, %s, 1)"  # noqa: S608  # our own name
            f" ON CONFLICT (series, year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [series.value, year],
        )
        return int(cursor.fetchone()[0])


def _give_back(series: Series, year: int) -> None:
    """Nobody else has taken a number since: we hold the counter."""
    counter = ReceiptCounter.objects.filter(series=series, year=year)
    counter.update(last=F("last") - 1)
    counter.filter(last=0).delete()  # made for the number alone, in a year that has none yet
