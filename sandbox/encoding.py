"""Read Stripe's form encoding: `a[b][0][c]=1` becomes `{"a": {"b": [{"c": "1"}]}}`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox import errors

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_DEEPEST = 10
_MOST_FIELDS = 2_000


def decode(encoded: str) -> dict[str, Any]:
    """The parameters as nested dicts and lists of strings. Raises `errors.InvalidRequest`."""
    try:
        pairs = parse_qsl(
            encoded,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
            strict_parsing=False,
        )
    except ValueError:
        raise errors.InvalidRequest(
            "Invalid request: the parameters are not valid UTF-8 form data."
        ) from None
    tree: dict[str, Any] = {}
    for key, value in pairs:
        if "\x00" in key or "\x00" in value:
            raise errors.InvalidRequest("Invalid request: a parameter contains a null byte.")
        _put(tree, _path(key), value)
    return {key: _listed(value) for key, value in tree.items()}


def _path(key: str) -> list[str]:
    match = _KEY.match(key)
    if not match:
        raise errors.InvalidRequest(f"Invalid request: cannot read the parameter name {key[:100]!r}.")
    parts = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(parts) > _DEEPEST:
        raise errors.InvalidRequest("Invalid request: parameters are nested too deeply.", param=match[1])
    return parts


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    at = tree
    for part in path[:-1]:
        at = at.setdefault(part or str(len(at)), {})
        if not isinstance(at, dict):
            raise errors.InvalidRequest(
                "Invalid request: a parameter is both a value and an object.", param=path[0]
            )
    last = path[-1] or str(len(at))
    if isinstance(at.get(last), dict):
        raise errors.InvalidRequest(
            "Invalid request: a parameter is both a value and an object.", param=path[0]
        )
    at[last] = value


def _listed(node: Any) -> Any:
    """Objects whose keys are 0, 1, 2 … are arrays."""
    if not isinstance(node, dict):
        return node
    children = {key: _listed(child) for key, child in node.items()}
    if children and sorted(children) == sorted(str(number) for number in range(len(children))):
        return [children[str(number)] for number in range(len(children))]
    return children
