"""One request to the API, as its handlers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Call:
    request_id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    object_id: str = ""
    idempotency_key: str | None = None
    address: Callable[[str], str] = lambda path: path  # a path of this site as a full address


Handler = Callable[[Call], dict[str, Any]]
