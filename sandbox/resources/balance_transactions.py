from datetime import timedelta
from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "balance_transaction"
# What Stripe takes from a European platform for a card of the European Economic Area: 1.5 % + €0.25.
_PER_MILLE = 15
_FIXED_CENTS = 25
# And for a SEPA direct debit.
DEBIT_FEE = 35
_PENDING_FOR = timedelta(days=7)
# Where the reporting category is not the type (docs.stripe.com/reports/reporting-categories).
_CATEGORIES = {
    "payment": "charge",
    "payment_failure_refund": "charge_failure",
    "payment_refund": "refund",
}


def card_fee(amount: int) -> int:
    """Stripe's fee in cents, half a cent rounded up."""
    return (amount * _PER_MILLE + 500) // 1000 + _FIXED_CENTS


def record(
    kind: str,
    source: dict[str, Any],
    amount: int,
    fee: int,
    *,
    category: str = "",
    description: str = "",
    available_in: timedelta = _PENDING_FOR,
) -> dict[str, Any]:
    """Add the movement of `amount` cents (negative when money leaves) that `source` causes."""
    created = store.now()
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Dispute fee" if category == "dispute" else "Stripe processing fees",
        "type": "stripe_fee",
    }
    data = {
        "id": store.new_id(KIND),
        "object": KIND,
        "amount": amount,
        "available_on": created + int(available_in.total_seconds()),
        "balance_type": "payments",
        "created": created,
        "currency": source["currency"],
        "description": description or source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": category or _CATEGORIES.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    store.add(data)
    return data


def retrieve(call: Call) -> dict[str, Any]:
    return present(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(
        StripeObject.objects.of_kind(KIND), call.params, "currency", "payout", "source", "type"
    )
    return lists.page(rows, KIND, "/v1/balance_transactions", call.params, present)


def present(row: StripeObject) -> dict[str, Any]:
    """As it stands now: money on its way arrives on a day, and no event says so."""
    if row.data["available_on"] <= store.now():
        return {**row.data, "status": "available"}
    return lists.plain(row)
