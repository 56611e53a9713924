"""What one address of the API is made of."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.calls import Handler


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    params: Any
    handler: Handler


def route(method: str, address: str, schema: Any, handler: Handler) -> Route:
    return Route(method, re.compile(address.replace("{id}", "([^/]+)")), schema, handler)
