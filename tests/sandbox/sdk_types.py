"""Compare an answer with the SDK's own resource type: no field it does not know, none mistyped."""

import inspect
import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe

_BY_OBJECT = {
    "billing_portal.configuration": stripe.billing_portal.Configuration,
    "billing_portal.session": stripe.billing_portal.Session,
    "checkout.session": stripe.checkout.Session,
    "item": stripe.LineItem,
    "line_item": stripe.InvoiceLineItem,
    "radar.early_fraud_warning": stripe.radar.EarlyFraudWarning,
    "test_helpers.test_clock": stripe.test_helpers.TestClock,
}


def resource(kind: str) -> Any:
    """The SDK's class for objects of that kind."""
    camel = "".join(part.title() for part in kind.split("_"))
    return _BY_OBJECT.get(kind) or getattr(stripe, camel)


def problems(data: Any, wanted: Any, path: str) -> Iterator[str]:
    """What of `data` the type `wanted` does not allow."""
    arms = list(_arms(wanted))
    if data is None:
        if type(None) not in arms:
            yield f"{path} is null"
        return
    if Any in arms or object in arms:
        return
    if isinstance(data, dict):
        yield from _object(data, arms, path)
    elif isinstance(data, list):
        lists = [arm for arm in arms if get_origin(arm) is list]
        if not lists:
            yield f"{path} is a list, not {wanted}"
        for number, item in enumerate(data):
            yield from problems(item, get_args(lists[0])[0] if lists else Any, f"{path}[{number}]")
    elif not _scalar(data, arms):
        yield f"{path} is {data!r}, not {wanted}"


def _object(data: dict[str, Any], arms: list[Any], path: str) -> Iterator[str]:
    if data.get("object") == "list":
        for number, item in enumerate(data["data"]):
            yield from problems(item, resource(item["object"]), f"{path}.data[{number}]")
        return
    classes = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, stripe.StripeObject)]
    if "object" in data and data["object"] != "event":
        classes = [resource(data["object"])]
    if not classes:
        if not any(get_origin(arm) is not None or isinstance(arm, ForwardRef | str) for arm in arms):
            yield f"{path} is an object, not {arms}"
        return
    fields = inspect.get_annotations(classes[0])
    for name, value in data.items():
        if name not in fields:
            yield f"{path}.{name} is not the SDK's"
        else:
            yield from problems(value, fields[name], f"{path}.{name}")


def _arms(hint: Any) -> Iterator[Any]:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        for each in get_args(hint):
            yield from _arms(each)
    else:
        yield hint


def _scalar(value: Any, arms: list[Any]) -> bool:
    choices = [choice for arm in arms if get_origin(arm) is Literal for choice in get_args(arm)]
    if isinstance(value, str) and choices:
        return value in choices
    if isinstance(value, bool):
        return bool in arms
    if isinstance(value, int):
        return int in arms or float in arms
    if isinstance(value, str):
        return str in arms or Decimal in arms or any(_expandable(arm) for arm in arms)
    return float in arms


def _expandable(arm: Any) -> bool:
    return isinstance(arm, ForwardRef | str) or get_origin(arm) is not None
