"""An invoice's own addresses: pay it now, make it final, void it, give it up."""

from typing import Any

from sandbox import errors, lists, store
from sandbox.billing import clocks, collecting, invoicing, methods
from sandbox.billing.collecting import Outcome
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import invoices

_SIMULATED = {"expand", "off_session", "payment_method"}


def pay(call: Call) -> dict[str, Any]:
    """Try now, outside the schedule of retries. A refusal is recorded, and answered as a card error."""
    row = store.fetch(invoices.KIND, call.object_id)
    for name in call.params.keys() - _SIMULATED:
        raise errors.NotSimulated(f"paying invoices with {name}", param=name)
    if row.data["status"] == "paid":
        raise errors.InvalidRequest("Invoice is already paid")
    with clocks.at(row.data["test_clock"]):
        if row.data["status"] == "draft":
            invoicing.finalize(row)
        _must_be(row, "open")
        return _pay(row, call)


def finalize(call: Call) -> dict[str, Any]:
    row = _in_state(call, "draft")
    with clocks.at(row.data["test_clock"]):
        invoicing.finalize(row)
        if row.data["auto_advance"] and call.params.get("auto_advance", True):
            collecting.attempt(row)
    return lists.plain(row)


def void(call: Call) -> dict[str, Any]:
    row = _in_state(call, "open", "uncollectible")
    with clocks.at(row.data["test_clock"]):
        invoicing.void(row)
    return lists.plain(row)


def mark_uncollectible(call: Call) -> dict[str, Any]:
    row = _in_state(call, "open")
    with clocks.at(row.data["test_clock"]):
        invoicing.give_up(row)
    return lists.plain(row)


def _pay(row: StripeObject, call: Call) -> dict[str, Any]:
    if collecting.intent_of(row).data["status"] == "processing":
        raise errors.InvalidRequest("A payment of this invoice is already processing.")
    if "payment_method" in call.params:
        method = methods.of_customer(call.params["payment_method"], row.data["customer"], "payment_method")
    else:
        found = collecting.method_of(collecting.subscription_of(row))
        if found is None:
            raise errors.InvalidRequest(
                "Cannot charge this invoice: its customer has no default payment method.",
                code="resource_missing",
            )
        method = found
    match collecting.charge(row, method):
        case Outcome.PAID:
            collecting.paid(row)
        case Outcome.PROCESSING:
            collecting.on_its_way(row)
        case outcome:
            collecting.told_failed(row, action_required=outcome == Outcome.ACTION_REQUIRED)
            raise errors.Declined.of(collecting.intent_of(row).data)
    return lists.plain(row)


def _in_state(call: Call, *statuses: str) -> StripeObject:
    row = store.fetch(invoices.KIND, call.object_id)
    _must_be(row, *statuses)
    return row


def _must_be(row: StripeObject, *statuses: str) -> None:
    if row.data["status"] not in statuses:
        raise errors.InvalidRequest(
            f"This invoice is {row.data['status']}: it must be {' or '.join(statuses)}.",
            code="invoice_not_editable",
        )
