"""Hold an object against Stripe's sample of it, and against the SDK's type for it.

No other key, none missing, no value of another kind.
"""

import types
from collections.abc import Iterator
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

import stripe
from stripe._object_classes import get_object_class

# What callers fill in themselves, or what only some means of payment have.
_FREE = {"metadata", "payment_method_options"}


def missing(shape: Any, ours: Any, path: str) -> list[str]:
    """The keys of Stripe's that ours lacks, wherever both have an object."""
    if not (isinstance(shape, dict) and isinstance(ours, dict)) or path.rsplit(".", maxsplit=1)[-1] in _FREE:
        return []
    return [f"{path}.{key}" for key in shape.keys() - ours.keys()] + [
        lack for key in shape.keys() & ours.keys() for lack in missing(shape[key], ours[key], f"{path}.{key}")
    ]


def differences(data: dict[str, Any]) -> list[str]:
    """What differs between a resource as the API answers with it and the SDK's type of that name."""
    kind = data["object"]
    return list(_object(get_object_class("V1", kind), data, kind))


def _object(of: type, data: dict[str, Any], path: str) -> Iterator[str]:
    fields = _fields(of)
    yield from (f"{path}.{name} is unknown" for name in data.keys() - fields.keys())
    for name, hint in fields.items():
        arms = _arms(hint)
        if data.get(name) is not None:
            yield from _value(arms, data[name], f"{path}.{name}")
        elif type(None) not in arms:
            yield f"{path}.{name} is missing"


def _value(arms: list[Any], value: Any, path: str) -> Iterator[str]:
    choices = [choice for arm in arms if get_origin(arm) is Literal for choice in get_args(arm)]
    if choices and isinstance(value, str | bool) and value not in choices and bool not in arms:
        yield f"{path} is {value!r}"
    if isinstance(value, list):
        (of,) = next((get_args(arm) for arm in arms if get_origin(arm) is list), (Any,))
        for item in value:
            yield from _value(_arms(of), item, f"{path}[]")
    if isinstance(value, dict):
        yield from _nested(arms, value, path)
    if isinstance(value, int) and not isinstance(value, bool) and {int, bool, float} & set(arms) == {bool}:
        yield f"{path} is {value!r}"


def _nested(arms: list[Any], value: dict[str, Any], path: str) -> Iterator[str]:
    for arm in arms:
        if isinstance(arm, type) and issubclass(arm, stripe.StripeObject) and "__annotations__" in vars(arm):
            yield from _object(arm, value, path)
            return
    kind = value.get("object")
    if kind and kind != "list":
        yield from _object(get_object_class("V1", kind), value, path)


def _fields(of: type) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in vars(of).get("__annotations__", {}).items()
        if get_origin(hint) is not ClassVar and not name.startswith("_")
    }


def _arms(hint: Any) -> list[Any]:
    if get_origin(hint) in {Union, types.UnionType}:
        return [arm for each in get_args(hint) for arm in _arms(each)]
    return [hint]
