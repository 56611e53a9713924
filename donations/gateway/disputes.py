"""Charges that a bank contests, or fears to be stolen: read with what they moved."""

import datetime as dt
from typing import Literal

import stripe

from donations.gateway import money, refunds
from donations.gateway.asking import Unavailable, asking, client, id_of, noted
from donations.gateway.records import Contest, Contested, Reversals, Warned

_PAGE = 100  # the most that Stripe gives at once
# https://docs.stripe.com/disputes/how-disputes-work: an inquiry (“warning”) comes before a dispute and
# moves no money; a prevented dispute was settled before it became one.
_STATUSES: dict[str, Literal["inquiry", "open", "won", "lost", "closed"]] = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "closed",
    "prevented": "closed",
    "needs_response": "open",
    "under_review": "open",
    "appeal_needs_response": "open",
    "appeal_under_review": "open",
    "won": "won",
    "lost": "lost",
}


def fetch_reversals(charge_id: str) -> Reversals:
    """All refunds and disputes of a charge as they are now. Raises `Unavailable` or `Refused`."""
    with asking():
        charge = client().v1.charges.retrieve(
            charge_id, {"expand": ["payment_intent", "balance_transaction"]}
        )
        # A plan's charges carry nothing of ours; a single gift's carry its public id.
        on_intent = getattr(charge.payment_intent, "metadata", None)
        disputes = client().v1.disputes.list({"charge": charge_id, "limit": _PAGE})
        return Reversals(
            charge_id=charge.id,
            payment=money.of_charge(charge) if charge.captured and charge.paid else None,
            donation=noted(charge.metadata, "donation") or noted(on_intent, "donation"),
            # Money set aside and let go is a refund at Stripe that no balance ever moved for.
            refunds=refunds.of_charge(charge_id) if charge.captured else (),
            disputes=tuple(
                sorted((_read(each) for each in disputes.auto_paging_iter()), key=lambda it: it.opened_at)
            ),
        )


def fetch_warning(warning_id: str) -> Warned:
    """An early fraud warning as it is now. Raises `Unavailable` or `Refused`."""
    with asking():
        warning = client().v1.radar.early_fraud_warnings.retrieve(warning_id)
        return Warned(
            warning_id=warning.id,
            charge_id=id_of(warning.charge),
            fraud_type=warning.fraud_type,
            actionable=warning.actionable,
            warned_at=_time(warning.created),
        )


def _read(dispute: stripe.Dispute) -> Contested:
    status = _STATUSES.get(dispute.status)
    if status is None:
        raise Unavailable(f"{dispute.id} has the unknown status {dispute.status!r}")
    booked = sorted(dispute.balance_transactions, key=lambda each: each.created)
    moved = [each.amount for each in booked if each.amount]
    if status == "won" and moved and moved[-1] < 0:
        status = "open"  # the money is not back yet: charge.dispute.funds_reinstated tells of it
    if dispute.status == "prevented" and moved and moved[-1] < 0:
        status = "lost"  # resolved before it became one, by giving the money back
    due_by = dispute.evidence_details.due_by
    return Contested(
        dispute_id=dispute.id,
        charge_id=id_of(dispute.charge),
        amount_cents=dispute.amount,
        currency=dispute.currency.upper(),
        reason=dispute.reason,
        status=status,
        appealed=dispute.status.startswith("appeal_"),
        due_by=_time(due_by) if due_by else None,  # 0 where the bank takes no answer
        opened_at=_time(dispute.created),
        movements=tuple(
            Contest(amount_cents=each.amount, fee_cents=each.fee, moved_at=_time(each.created))
            for each in booked
        ),
    )


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
