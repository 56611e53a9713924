"""`expand`: put whole objects where an answer holds their ids.

A path such as `payment_intent.latest_charge` says where.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import errors, lists, store

_DEEPEST = 4
# By kind of object, what can be expanded and what kind is found there.
_EXPANDABLE: dict[str, dict[str, str]] = {
    "balance_transaction": {"source": ""},
    "charge": {
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "list",
    },
    # Plain objects within others, such as an invoice's `parent` or a payment's `payment`.
    "": {
        "default_payment_method": "payment_method",
        "payment_intent": "payment_intent",
        "price": "price",
        "subscription": "subscription",
    },
    "billing_portal.session": {"configuration": "billing_portal.configuration"},
    "checkout.session": {
        "customer": "customer",
        "invoice": "invoice",
        "line_items": "list",
        "payment_intent": "payment_intent",
        "setup_intent": "setup_intent",
        "subscription": "subscription",
    },
    "customer": {"test_clock": "test_helpers.test_clock"},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "invoice": {
        "customer": "customer",
        "default_payment_method": "payment_method",
        "payments": "list",
        "test_clock": "test_helpers.test_clock",
    },
    "invoice_payment": {"invoice": "invoice"},
    "mandate": {"payment_method": "payment_method"},
    "payment_intent": {"customer": "customer", "latest_charge": "charge", "payment_method": "payment_method"},
    "payment_method": {"customer": "customer"},
    "price": {"product": "product"},
    "product": {"default_price": "price"},
    "radar.early_fraud_warning": {"charge": "charge", "payment_intent": "payment_intent"},
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    },
    "setup_intent": {
        "customer": "customer",
        "mandate": "mandate",
        "payment_method": "payment_method",
    },
    "subscription": {
        "customer": "customer",
        "default_payment_method": "payment_method",
        "latest_invoice": "invoice",
        "pending_setup_intent": "setup_intent",
        "test_clock": "test_helpers.test_clock",
    },
}
_SOURCES = {"ch": "charge", "du": "dispute", "py": "charge", "pyr": "refund", "re": "refund"}

Included = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Kinds:
    """What is known of kinds of objects: the lists that one holds only when asked, and how one is shown
    where that is not as it is kept.
    """

    includable: Mapping[tuple[str, str], Included]
    shown: Mapping[str, lists.Present]


def expand(answer: dict[str, Any], paths: list[str], kinds: Kinds) -> None:
    """Expand each of `paths` in place. Raises `errors.InvalidRequest` for what cannot be expanded."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST + (steps[0] == "data"):
            raise errors.InvalidRequest(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        _walk(answer, steps, path, kinds)


def _walk(node: Any, steps: list[str], path: str, kinds: Kinds) -> None:
    if not steps or node is None:
        return
    if isinstance(node, list):
        for item in node:
            _walk(item, steps, path, kinds)
        return
    name, rest = steps[0], steps[1:]
    if not isinstance(node, dict) or not name:
        raise _not_expandable(path)
    if node.get("object") == "list" and name == "data":
        _walk(node["data"], rest, path, kinds)
        return
    kind = str(node.get("object", ""))
    if (kind, name) in kinds.includable:
        node[name] = kinds.includable[kind, name](node)
    elif name in _EXPANDABLE.get(kind, {}):
        node[name] = _resolved(kind, name, node.get(name), kinds)
    elif rest and isinstance(node.get(name), dict | list):
        pass  # a plain object on the way, such as a list's `data`
    else:
        raise _not_expandable(path)
    _walk(node[name], rest, path, kinds)


def _resolved(kind: str, name: str, value: Any, kinds: Kinds) -> Any:
    if not isinstance(value, str):
        return value  # nothing there, or expanded already by another path
    wanted = _EXPANDABLE[kind][name] or _SOURCES[value.partition("_")[0]]
    row = store.find(wanted, value) or store.fetch(f"{wanted}.deleted", value)
    return kinds.shown.get(row.kind, lists.plain)(row)


def _not_expandable(path: str) -> errors.InvalidRequest:
    return errors.InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
