"""Keep means of payment for a customer: attach them, let them go, and who may use which."""

import copy
from typing import Any

from sandbox import cards, changes, debits, errors, events, ibans, lists, payments, store, values
from sandbox.billing import means
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import customers, payment_methods

KIND = payment_methods.KIND
_SIMULATED = {"billing_details", "card", "expand", "metadata", "sepa_debit", "type"}
_SIMULATED_CHANGES = {"allow_redisplay", "billing_details", "card", "expand", "metadata"}


def of_customer(method_id: str, customer_id: str, param: str) -> StripeObject:
    """The method a parameter names, if it is that customer's. Raises `errors.InvalidRequest`."""
    row = store.find(KIND, method_id)
    if row is None or row.data["customer"] != customer_id:
        raise errors.InvalidRequest(
            f"The customer does not have a payment method with the ID {method_id}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param=param,
        )
    return row


def keep(method: StripeObject, customer_id: str, call: Call | None = None) -> None:
    """Attach it, unless it is already. Belongs in the caller's transaction."""
    if method.data["customer"] == customer_id:
        return
    method.data["customer"] = customer_id
    store.save(method)
    events.emit("payment_method.attached", method.data, call)


def attach(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    if "customer" not in call.params:
        raise errors.missing("customer")
    customer = store.named(customers.KIND, call.params["customer"], "customer")
    if row.data["customer"] not in {None, customer.object_id}:
        raise errors.InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    keep(row, customer.object_id, call)
    return lists.plain(row)


def detach(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    customer = row.data["customer"]
    if customer is None:
        raise errors.InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            code="payment_method_unexpected_state",
        )
    row.data["customer"] = None
    store.save(row)
    events.emit("payment_method.detached", row.data, call, {"customer": customer})
    debits.revoke(row)
    return lists.plain(row)


def create(call: Call) -> dict[str, Any]:
    """From a test card's number or a test account's IBAN. The IBAN comes without a mandate."""
    given = call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"payment methods with {name}", param=name)
    about = given.get("billing_details", {})
    billing = payments.billing(about.get("email") or None, about.get("name") or None)
    if given.get("type") == "sepa_debit":
        row = payment_methods.from_iban(_iban(given.get("sepa_debit", {})), billing, None)
    elif given.get("type") == "card":
        method = payment_methods.from_card(_card(given.get("card", {})), billing, None)
        row = store.fetch(KIND, method["id"])
    else:
        raise errors.NotSimulated("payment methods of that type", param="type")
    row.data["metadata"] = values.merged_metadata({}, given.get("metadata"))
    store.save(row)
    return lists.plain(row)


def update(call: Call) -> dict[str, Any]:
    """Its date and address; a card's new date is what a donor types when the bank sends a new one."""
    row = store.fetch(KIND, call.object_id)
    given, before = call.params, copy.deepcopy(row.data)
    for name in given.keys() - _SIMULATED_CHANGES:
        raise errors.NotSimulated(f"changing the {name} of a payment method", param=name)
    for name, value in given.get("card", {}).items():
        if row.data["type"] != "card" or name not in {"exp_month", "exp_year"}:
            raise errors.NotSimulated(f"changing the {name} of this method", param=f"card[{name}]")
        row.data["card"][name] = value
    for name, value in given.get("billing_details", {}).items():
        row.data["billing_details"][name] = values.address(value) if name == "address" else value or None
    row.data["metadata"] = values.merged_metadata(row.data["metadata"], given.get("metadata"))
    changes.save(row, before, "payment_method.updated", call)
    return lists.plain(row)


def list_all(call: Call) -> dict[str, Any]:
    """A customer's, whether the address names the customer or a parameter does."""
    given = call.params
    customer_id = call.object_id or given.get("customer")
    rows = StripeObject.objects.of_kind(KIND)
    if call.object_id:
        store.fetch(customers.KIND, call.object_id)
    if customer_id:
        rows = rows.filter(data__customer=customer_id)
    rows = lists.matching(rows, given, "type", "allow_redisplay", "customer_account")
    url = f"/v1/customers/{call.object_id}/payment_methods" if call.object_id else "/v1/payment_methods"
    return lists.page(rows, KIND, url, given, lists.plain)


def _card(given: dict[str, Any]) -> cards.Card:
    try:
        return means.card(given.get("number", ""))
    except means.Unreadable:
        raise errors.InvalidRequest(
            "Your card number is incorrect.", code="incorrect_number", param="card[number]"
        ) from None


def _iban(given: dict[str, Any]) -> ibans.Iban:
    try:
        return means.iban(given.get("iban", ""))
    except means.Unreadable:
        raise errors.InvalidRequest(
            "The IBAN you provided is invalid.", code="invalid_bank_account_iban", param="sepa_debit[iban]"
        ) from None
