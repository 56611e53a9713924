"""JSON from outside, read so that every database of ours can keep it. Pure.

Python's reader takes more than JSON is (NaN, any depth), and JSON holds more than PostgreSQL's
jsonb and text do (NUL, halves of surrogate pairs).
"""

import json
import math
from typing import Any

# Stripe's deepest objects stay far below it.
_DEEPEST = 60


class Unreadable(ValueError):
    """Not JSON, or none that anybody would send in earnest."""


def read(body: bytes) -> Any:
    """The value in `body`; what no database stores in a text is marked U+FFFD or `?`. Raises `Unreadable`."""
    try:
        return _kept(json.loads(body), _DEEPEST)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error


def _kept(value: Any, deeper: int) -> Any:
    if not deeper:
        raise ValueError("nested too deep")
    match value:
        case str():
            return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        case float() if not math.isfinite(value):
            raise ValueError("a number without end")
        case list():
            return [_kept(each, deeper - 1) for each in value]
        case dict():
            return {_kept(name, deeper): _kept(each, deeper - 1) for name, each in value.items()}
    return value
