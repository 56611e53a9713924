"""Check a request's parameters against the SDK's own typed parameters, as strictly as Stripe does.

The typed parameters are TypedDicts. An enumeration is written `Literal[…] | str` there, so that a
value newer than the SDK still type-checks; the API refuses it all the same, and so do we.
"""

import functools
import re
import types
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

from sandbox import errors

# The SDK imports these for type checkers only. They occur in the request's options, which are no parameters.
_ABSENT_AT_RUN_TIME = {"StripeContext": object, "Mapping": Mapping}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_LONGEST_STRING = 5_000
_MOST_METADATA = 50
_LONGEST_METADATA_KEY = 40
_LONGEST_METADATA_VALUE = 500


def check(schema: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given`, with every value turned into the type `schema` asks for. Raises `errors.InvalidRequest`."""
    return _object(schema, given, "")


def _object(schema: Any, given: Mapping[str, Any], path: str) -> dict[str, Any]:
    fields = _fields(schema)
    checked = {}
    for name, value in given.items():
        here = _join(path, name)
        if name not in fields:
            raise errors.InvalidRequest(
                f"Received unknown parameter: {here}", code="parameter_unknown", param=here
            )
        checked[name] = _metadata(value, here) if name == "metadata" else _value(fields[name], value, here)
    for name in sorted(schema.__required_keys__):
        if name not in checked:
            here = _join(path, name)
            raise errors.InvalidRequest(
                f"Missing required param: {here}.", code="parameter_missing", param=here
            )
    return checked


@functools.cache
def _fields(schema: Any) -> dict[str, Any]:
    hints = get_type_hints(schema, localns=_ABSENT_AT_RUN_TIME, include_extras=True)
    options = RequestOptions.__annotations__ if RequestOptions in schema.__orig_bases__ else {}
    return {name: hint for name, hint in hints.items() if name not in options}


def _value(hint: Any, value: Any, path: str) -> Any:
    arms = _arms(hint)
    if isinstance(value, list):
        items = next((arm for arm in arms if get_origin(arm) is list), None)
        if items is None:
            raise errors.InvalidRequest(f"Invalid value for {path}: an array is not allowed here", param=path)
        (of,) = get_args(items)
        return [_value(of, item, f"{path}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, dict):
        return _nested(arms, value, path)
    return _scalar(arms, value, path)


def _arms(hint: Any) -> list[Any]:
    """The alternatives of a type: `Literal[''] | str` has two."""
    origin = get_origin(hint)
    if origin in {NotRequired, Required}:
        return _arms(get_args(hint)[0])
    if origin in {Union, types.UnionType}:
        return [arm for each in get_args(hint) for arm in _arms(each)]
    return [hint]


def _nested(arms: list[Any], value: dict[str, Any], path: str) -> dict[str, Any]:
    for arm in arms:
        if is_typeddict(arm):
            return _object(arm, value, path)
        if get_origin(arm) is dict:
            _, of = get_args(arm)
            return {key: _value(of, item, _join(path, key)) for key, item in value.items()}
    raise errors.InvalidRequest(f"Invalid value for {path}: an object is not allowed here", param=path)


def _scalar(arms: list[Any], value: str, path: str) -> Any:
    choices = [choice for arm in arms if get_origin(arm) is Literal for choice in get_args(arm)]
    if value in choices:
        return value
    named = [choice for choice in choices if choice != ""]
    if value == "":
        raise errors.InvalidRequest(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a field; however '{path}' cannot be unset. You should remove '{path}' from your request "
            "or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=path,
        )
    if named and not {int, bool, float, Decimal} & set(arms):
        raise errors.InvalidRequest(
            f"Invalid {path}: must be one of {', '.join(map(str, named))}", param=path
        )
    return _plain(arms, value, path)


def _plain(arms: list[Any], value: str, path: str) -> Any:
    if bool in arms and value in {"true", "false"}:
        return value == "true"
    if int in arms and _INTEGER.fullmatch(value):
        return int(value)
    if {float, Decimal} & set(arms) and _NUMBER.fullmatch(value):
        return value
    if str in arms:
        if len(value) > _LONGEST_STRING:
            raise errors.InvalidRequest(
                f"Invalid string: {path} must be at most {_LONGEST_STRING} characters", param=path
            )
        return value
    raise _mistyped(arms, value[:100], path)


def _mistyped(arms: list[Any], value: str, path: str) -> errors.InvalidRequest:
    if int in arms:
        return errors.InvalidRequest(
            f"Invalid integer: {value}", code="parameter_invalid_integer", param=path
        )
    if bool in arms:
        return errors.InvalidRequest(f"Invalid boolean: {value}", param=path)
    if {float, Decimal} & set(arms):
        return errors.InvalidRequest(f"Invalid decimal: {value}", param=path)
    if any(get_origin(arm) is list for arm in arms):
        return errors.InvalidRequest("Invalid array", param=path)
    return errors.InvalidRequest("Invalid object", param=path)


def _metadata(value: Any, path: str) -> dict[str, str] | Literal[""]:
    """Stripe's limits: 50 keys of 40 characters, values of 500. `""` unsets a key, or all of them."""
    if value == "":
        return ""
    if isinstance(value, list):  # keys 0, 1, 2 … read as an array
        value = {str(number): item for number, item in enumerate(value)}
    if not isinstance(value, dict):
        raise errors.InvalidRequest("Invalid object", param=path)
    if len(value) > _MOST_METADATA:
        raise errors.InvalidRequest(
            f"Metadata can have at most {_MOST_METADATA} keys, but {len(value)} were given.", param=path
        )
    for key, text in value.items():
        here = _join(path, key)
        if len(key) > _LONGEST_METADATA_KEY:
            raise errors.InvalidRequest(
                f"Metadata keys can have at most {_LONGEST_METADATA_KEY} characters.", param=here
            )
        if not isinstance(text, str) or len(text) > _LONGEST_METADATA_VALUE:
            raise errors.InvalidRequest(
                f"Metadata values can have up to {_LONGEST_METADATA_VALUE} characters.", param=here
            )
    return value


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
