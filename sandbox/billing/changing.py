"""Change a subscription: its amount, its means of payment, when it ends, and whether it collects."""

import copy
from typing import Any

from sandbox import changes, errors, lists, store, values
from sandbox.billing import clocks, cycles, ending, methods
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import prices, subscription_items, subscriptions

_SIMULATED = {
    "cancel_at", "cancel_at_period_end", "cancellation_details", "default_payment_method", "description",
    "expand", "items", "metadata", "pause_collection", "payment_behavior", "proration_behavior",
}  # fmt: skip
_AFTER_THE_END = {"cancellation_details", "expand", "metadata"}
_ITEM = {"id", "metadata", "price", "price_data", "quantity"}


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(subscriptions.KIND, call.object_id)
    given = dict(call.params)
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"changing the {name} of a subscription", param=name)
    if row.data["status"] in ending.ENDED and given.keys() - _AFTER_THE_END:
        raise errors.InvalidRequest(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    before = copy.deepcopy(row.data)
    with clocks.at(row.data["test_clock"]):
        _apply(row, given)
        cycles.schedule(row)
        changes.save(row, before, "customer.subscription.updated", call)
    return lists.plain(row)


def _apply(row: StripeObject, given: dict[str, Any]) -> None:
    data = row.data
    data["metadata"] = values.merged_metadata(data["metadata"], given.get("metadata"))
    if "description" in given:
        data["description"] = given["description"] or None
    if "default_payment_method" in given:
        method = methods.of_customer(
            given["default_payment_method"], data["customer"], "default_payment_method"
        )
        data["default_payment_method"] = method.object_id
    for number, item in enumerate(given.get("items", [])):
        _change_item(row, item, f"items[{number}]", given.get("proration_behavior", "create_prorations"))
    if "pause_collection" in given:
        data["pause_collection"] = _pause(given["pause_collection"])
    _plan_end(data, given)


def _change_item(row: StripeObject, change: dict[str, Any], path: str, prorations: str) -> None:
    for name in change.keys() - _ITEM:
        raise errors.NotSimulated(f"changing items with {name}", param=f"{path}[{name}]")
    if "id" not in change:
        raise errors.NotSimulated("subscriptions with several items", param=f"{path}[id]")
    item = next((each for each in row.data["items"]["data"] if each["id"] == change["id"]), None)
    if item is None:
        raise errors.no_such("subscription_item", change["id"], f"{path}[id]")
    item["metadata"] = values.merged_metadata(item["metadata"], change.get("metadata"))
    before = item["price"]["unit_amount"] * item["quantity"]
    if "price" in change or "price_data" in change:
        price = _price(change, path)
        _same_rhythm(item["price"], price, path)
        item |= {"plan": subscription_items.plan(price), "price": price}
    if "quantity" in change:
        item["quantity"] = values.not_negative(change["quantity"], f"{path}[quantity]")
    if item["price"]["unit_amount"] * item["quantity"] != before and prorations != "none":
        raise errors.NotSimulated("prorations: pass proration_behavior=none", param="proration_behavior")


def _price(change: dict[str, Any], path: str) -> dict[str, Any]:
    if "price" in change:
        found: dict[str, Any] = store.named(prices.KIND, change["price"], f"{path}[price]").data
        return found
    return prices.inline(change["price_data"], f"{path}[price_data]")


def _same_rhythm(before: dict[str, Any], after: dict[str, Any], path: str) -> None:
    if after["currency"] != before["currency"]:
        raise errors.InvalidRequest(
            f"The price specified supports currencies of `{after['currency']}`. This doesn't match the "
            f"expected currency: `{before['currency']}`.",
            param=f"{path}[price]",
        )
    if after["recurring"] is None:
        raise errors.InvalidRequest(
            "The price specified is set to `type=one_time` but this field only accepts prices with "
            "`type=recurring`.",
            param=f"{path}[price]",
        )
    if after["recurring"] != before["recurring"]:
        raise errors.NotSimulated("changing how often a subscription is paid", param=f"{path}[price]")


def _pause(given: Any) -> dict[str, Any] | None:
    if not given:
        return None
    resumes_at = given.get("resumes_at")
    if resumes_at is not None and resumes_at <= store.now():
        raise errors.InvalidRequest(
            "Invalid timestamp: must be in the future.", param="pause_collection[resumes_at]"
        )
    return {"behavior": given["behavior"], "resumes_at": resumes_at}


def _plan_end(data: dict[str, Any], given: dict[str, Any]) -> None:
    if "cancel_at" in given and "cancel_at_period_end" in given:
        raise errors.exclusive("cancel_at", "cancel_at_period_end", param="cancel_at")
    details = given.get("cancellation_details") or {}
    data["cancellation_details"] |= {
        name: details[name] or None for name in ("comment", "feedback") if name in details
    }
    if "cancel_at_period_end" in given:
        at_end = given["cancel_at_period_end"]
        _end_at(data, cycles.period_end(data) if at_end else None, at_period_end=at_end)
    if "cancel_at" in given:
        named = {"min_period_end": cycles.period_end(data), "max_period_end": cycles.period_end(data)}
        _end_at(data, named.get(given["cancel_at"], given["cancel_at"]) or None, at_period_end=False)


def _end_at(data: dict[str, Any], moment: int | None, *, at_period_end: bool) -> None:
    if moment is not None and moment <= store.now():
        raise errors.InvalidRequest("Invalid timestamp: must be in the future.", param="cancel_at")
    data |= {
        "cancel_at": moment,
        "cancel_at_period_end": at_period_end,
        "canceled_at": None if moment is None else data["canceled_at"] or store.now(),
    }
    data["cancellation_details"]["reason"] = None if moment is None else "cancellation_requested"
