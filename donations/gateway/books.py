"""Stripe's own books: every movement of its balance, for comparing ours with them."""

import datetime as dt
import re
from collections.abc import Iterator

import stripe

from donations.gateway import money
from donations.gateway.asking import asking, client, id_of
from donations.gateway.records import Movement, MovementKind, Owner
from donations.gateway.refunds import was_only_held

# Stripe's types of balance transaction that move a donor's money, and what they are in our ledger.
# https://docs.stripe.com/reports/balance-transaction-types
_KINDS: dict[str, MovementKind] = {
    "charge": "gift",
    "payment": "gift",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_reversed",
    "payment_reversal": "dispute",
}
_PAGE = 100  # the most that Stripe gives at once
_REFUNDS = ("re_", "pyr_")
_REFUND_ID = re.compile(r"\b(re|pyr)_[A-Za-z0-9]+")


def movements(since: dt.datetime, until: dt.datetime) -> Iterator[Movement]:
    """Every movement of a donor's money that Stripe booked from `since` until before `until`.

    Asked for a page at a time, newest first; fees and payouts of Stripe's own are left out. Raises
    `Unavailable` or `Refused`, also in the middle.
    """
    with asking():
        pages = client().v1.balance_transactions.list(
            {
                "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
                "limit": _PAGE,
                "expand": ["data.source"],
            }
        )
        for balance in pages.auto_paging_iter():
            if movement := _movement(balance):
                yield movement


def fetch_owner(charge_id: str) -> Owner:
    """Whose payment a charge is, as was written on it or on its PaymentIntent when it was asked for.

    Raises `Unavailable` or `Refused`.
    """
    with asking():
        charge = client().v1.charges.retrieve(charge_id, {"expand": ["payment_intent"]})
        intent = charge.payment_intent
        written = [charge.metadata]
        if isinstance(intent, stripe.PaymentIntent):
            written.append(intent.metadata)
        donation = next(filter(None, (getattr(each, "donation", "") for each in written)), "")
        return Owner(
            charge_id=charge.id,
            payment_intent_id=id_of(intent),
            donation=str(donation),
            customer_id=id_of(charge.customer),
        )


def _movement(balance: stripe.BalanceTransaction) -> Movement | None:
    source = balance.source
    kind = _kind(balance)
    if kind is None or (
        kind == "gift" and isinstance(source, stripe.Charge) and source.status != "succeeded"
    ):
        return None  # a debit that is under way, or that was booked at first and refused in the end
    is_of_charge = kind == "gift" or isinstance(source, stripe.Charge)
    return Movement(
        balance_transaction_id=balance.id,
        kind=kind,
        source_ref=_source_ref(balance, kind),
        charge_id=id_of(source if is_of_charge else getattr(source, "charge", None)),
        amount_cents=_taken(balance),
        fee_cents=balance.fee,
        currency=balance.currency.upper(),
        occurred_at=_moved_at(balance, kind),
    )


def _kind(balance: stripe.BalanceTransaction) -> MovementKind | None:
    """An adjustment is a dispute's where its source is one: out when it opens, back when it is won.

    What comes back of a refund that could not be made is a `refund_failure` or an adjustment where it was
    a card's; where it was a debit's it is called `payment_refund`, as what left.
    """
    if balance.type == "adjustment":
        if balance.reporting_category == "refund_failure":
            return "refund_reversed"
        if id_of(balance.source).startswith(("du_", "dp_")) and balance.amount:
            return "dispute" if balance.amount < 0 else "dispute_reversed"
    if was_only_held(balance):
        return None
    kind = _KINDS.get(balance.type)
    return "refund_reversed" if kind == "refund" and balance.amount > 0 else kind


def _source_ref(balance: stripe.BalanceTransaction, kind: MovementKind) -> str:
    """Of an adjustment for a refund that failed, the description may be all that names the refund."""
    source = id_of(balance.source)
    if kind == "refund_reversed" and not source.startswith(_REFUNDS):
        named = _REFUND_ID.search(balance.description or "")
        return named[0] if named else source or balance.id
    return source


def _taken(balance: stripe.BalanceTransaction) -> int:
    """Of a charge captured in part, what was captured: Stripe books all that was held, and the rest back."""
    charge = balance.source
    if isinstance(charge, stripe.Charge) and charge.amount_captured < charge.amount:
        return charge.amount_captured
    return balance.amount


def _moved_at(balance: stripe.BalanceTransaction, kind: MovementKind) -> dt.datetime:
    """A card's money moves when it is charged, a debit's when it is credited, the rest when it is booked."""
    if kind == "gift" and isinstance(balance.source, stripe.Charge):
        return money.paid_at(balance.source, balance)
    return dt.datetime.fromtimestamp(balance.created, tz=dt.UTC)
