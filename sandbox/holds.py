"""Money held on a card until it is captured, or let go: by us, or by itself after a week.

Every function here belongs in the caller's transaction.
"""

from sandbox import aftermath, due, events, payments, store
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import balance_transactions, charges, refunds


def capture(intent: StripeObject, amount: int, call: Call | None) -> None:
    """Take `amount` cents of what is held; the rest is let go (see `_let_go`)."""
    charge = store.fetch(charges.KIND, intent.data["latest_charge"])
    due.take(payments.HOLD, charge)
    charges.capture(charge, amount)
    charges.book(charge)
    intent.data |= {"amount_capturable": 0, "amount_received": amount, "status": "succeeded"}
    store.save(intent)
    session = store.find("checkout.session", intent.private.get("session", ""))
    if session:
        session.data["payment_status"] = "paid"
        store.save(session)
    events.emit("charge.captured", charge.data, call)
    events.emit("payment_intent.succeeded", intent.data, call)
    if amount < charge.data["amount"]:
        _let_go(charge, charge.data["amount"] - amount, call)
    aftermath.owe(charge)


def release(intent: StripeObject, reason: str | None, call: Call | None) -> None:
    """Cancel the intent and let the held money go (see `_let_go`)."""
    charge = store.fetch(charges.KIND, intent.data["latest_charge"])
    due.take(payments.HOLD, charge)
    intent.data["amount_capturable"] = 0
    payments.cancel(intent, reason, call)
    _let_go(charge, charge.data["amount"], call)


def expire(charge: StripeObject) -> None:
    """Nobody has captured it for a week."""
    intent = store.fetch("payment_intent", charge.data["payment_intent"])
    charge.data |= {"amount_refunded": charge.data["amount"], "refunded": True}
    store.save(charge)
    events.emit("charge.expired", charge.data, None)
    intent.data["amount_capturable"] = 0
    payments.cancel(intent, "automatic")


def _let_go(charge: StripeObject, amount: int, call: Call | None) -> None:
    """As at Stripe, what is let go counts as refunded, by a refund whose destination says it is a reversal.

    It has a balance transaction only where some was captured: see `charges.book`.
    """
    refund = refunds.reversal(charge.data, amount)
    if charge.data["captured"]:
        movement = balance_transactions.record(
            "refund", refund, -amount, 0, category="partial_capture_reversal"
        )
        refund["balance_transaction"] = movement["id"]
    store.add(refund)
    previous = {name: charge.data[name] for name in ("amount_refunded", "refunded")}
    charge.data["amount_refunded"] += amount
    charge.data["refunded"] = charge.data["amount_refunded"] == charge.data["amount"]
    store.save(charge)
    events.emit("refund.created", refund, call)
    events.emit("charge.refunded", charge.data, call, previous)
