"""A payer's bank takes a payment back: opened, answered with evidence, won or lost.

A claim on a SEPA direct debit is granted without asking: it is lost as it is opened
(support.stripe.com/questions/sepa-direct-debit-payment-disputes). Every function here belongs in
the caller's transaction.
"""

from datetime import timedelta
from typing import Any

from sandbox import due, events, fraud_warnings, store
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions, charges
from sandbox.resources.disputes import blank

OPENING = "dispute"  # of a charge
VERDICT = "verdict"  # of a dispute whose evidence is under review
DEADLINE = "deadline"  # of a dispute that nobody has answered
SOON = timedelta(seconds=3)
_TIME_TO_ANSWER = timedelta(days=9)
# What Stripe takes for a dispute in Europe, whatever comes of it.
FEES = {"card": 2000, "sepa_debit": 750}
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_for(charge: StripeObject, reason: str = "fraudulent", *, inquiry: bool = False) -> StripeObject:
    """Dispute what is left of the charge. An inquiry only asks; anything else takes the money at once.

    Of a debit all is claimed, whatever has been refunded: the payer's bank knows nothing of a refund,
    and its customer may have the money twice.
    """
    by_card = charge.data["payment_method_details"]["type"] == "card"
    if by_card:
        due_by = store.now() + int(_TIME_TO_ANSWER.total_seconds())
        status = "warning_needs_response" if inquiry else "needs_response"
        row = store.add(blank(charge.data, reason, status, due_by))
        due.owe(DEADLINE, row, _TIME_TO_ANSWER)
    else:
        row = store.add(blank(charge.data, "customer_initiated", "lost", None))
    charge.data["disputed"] = True
    store.save(charge)
    fraud_warnings.settle(charge)
    if not inquiry:
        _withdraw(row, charge)
    events.emit("charge.dispute.created", row.data, None)
    if not inquiry:
        events.emit("charge.dispute.funds_withdrawn", row.data, None)
    if not by_card:
        events.emit("charge.dispute.closed", row.data, None)
    return row


def answer(row: StripeObject, evidence: dict[str, Any], *, submit: bool, call: Call | None) -> None:
    """Keep the evidence, and hand it in: the bank's verdict follows where the evidence is a published one.

    docs.stripe.com/testing#disputes: `winning_evidence` and `losing_evidence` in `uncategorized_text`.
    """
    previous = {"evidence": dict(row.data["evidence"]), "status": row.data["status"]}
    row.data["evidence"] |= evidence
    details = row.data["evidence_details"]
    details["has_evidence"] = any(row.data["evidence"].values())
    if submit:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        row.data["status"] = row.data["status"].replace("needs_response", "under_review")
        due.take(DEADLINE, row)
        if row.data["evidence"]["uncategorized_text"] in {"winning_evidence", "losing_evidence"}:
            due.owe(VERDICT, row, SOON)
    store.save(row)
    events.emit("charge.dispute.updated", row.data, call, previous)


def decide(row: StripeObject) -> None:
    """The bank has read the published evidence."""
    (win if row.data["evidence"]["uncategorized_text"] == "winning_evidence" else lose)(row, None)


def win(row: StripeObject, call: Call | None = None) -> None:
    """The bank gives the money back; its fee it keeps. An inquiry ends as if nothing had been."""
    inquiry = row.data["status"].startswith("warning_")
    if not inquiry:
        _reinstate(row)
    _close(row, "warning_closed" if inquiry else "won", call)
    if not inquiry:
        events.emit("charge.dispute.funds_reinstated", row.data, call)


def lose(row: StripeObject, call: Call | None = None) -> None:
    """The payer keeps the money: accepted, judged so, or not answered in time. An inquiry just ends."""
    inquiry = row.data["status"].startswith("warning_")
    _close(row, "warning_closed" if inquiry else "lost", call)


def escalate(row: StripeObject) -> None:
    """The bank that had asked now takes the money."""
    previous = {"status": row.data["status"]}
    row.data |= {"is_charge_refundable": False, "status": "needs_response"}
    row.data["payment_method_details"]["card"]["case_type"] = "chargeback"
    _withdraw(row, store.fetch(charges.KIND, row.data["charge"]))
    events.emit("charge.dispute.updated", row.data, None, previous)
    events.emit("charge.dispute.funds_withdrawn", row.data, None)


def _withdraw(row: StripeObject, charge: StripeObject) -> None:
    kind = charge.data["payment_method_details"]["type"]
    movement = balance_transactions.record(
        "adjustment",
        row.data,
        -row.data["amount"],
        FEES[kind],
        category="dispute",
        description=f"Chargeback withdrawal for {charge.object_id}",
    )
    row.data["balance_transactions"].append(movement)
    store.save(row)


def _reinstate(row: StripeObject) -> None:
    movement = balance_transactions.record(
        "adjustment",
        row.data,
        row.data["amount"],
        0,
        category="dispute_reversal",
        description=f"Chargeback reversal for {row.data['charge']}",
    )
    row.data["balance_transactions"].append(movement)


def _close(row: StripeObject, status: str, call: Call | None) -> None:
    row.data["status"] = status
    for what in (VERDICT, DEADLINE):
        due.take(what, row)
    store.save(row)
    events.emit("charge.dispute.closed", row.data, call)
