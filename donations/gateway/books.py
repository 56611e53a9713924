"""Stripe's own books: every movement of its balance, for comparing ours with them."""

import datetime as dt
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
    if kind is None or (isinstance(source, stripe.Charge) and source.status != "succeeded"):
        return None  # a debit that is under way, or that was booked at first and refused in the end
    return Movement(
        balance_transaction_id=balance.id,
        kind=kind,
        source_ref=id_of(source),
        charge_id=id_of(source) if kind == "gift" else id_of(getattr(source, "charge", None)),
        amount_cents=_taken(balance),
        fee_cents=balance.fee,
        currency=balance.currency.upper(),
        occurred_at=_moved_at(balance),
    )


def _kind(balance: stripe.BalanceTransaction) -> MovementKind | None:
    """An adjustment is a dispute's where its source is one: out when it opens, back when it is won."""
    if balance.type == "adjustment" and id_of(balance.source).startswith(("du_", "dp_")):
        return "dispute" if balance.amount < 0 else "dispute_reversed"
    return None if was_only_held(balance) else _KINDS.get(balance.type)


def _taken(balance: stripe.BalanceTransaction) -> int:
    """Of a charge captured in part, what was captured: Stripe books all that was held, and the rest back."""
    charge = balance.source
    if isinstance(charge, stripe.Charge) and charge.amount_captured < charge.amount:
        return charge.amount_captured
    return balance.amount


def _moved_at(balance: stripe.BalanceTransaction) -> dt.datetime:
    """A card's money moves when it is charged, a debit's when it is credited, the rest when it is booked."""
    if isinstance(balance.source, stripe.Charge):
        return money.paid_at(balance.source, balance)
    return dt.datetime.fromtimestamp(balance.created, tz=dt.UTC)
