"""django-csp's decorators for views that take arguments, which its own types do not allow for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

from csp import decorators

_View = TypeVar("_View", bound=Callable[..., Any])
Directives = Mapping[str, Sequence[str]]


class Decorator(Protocol):
    def __call__(self, view: _View) -> _View: ...


def adding(directives: Directives) -> Decorator:
    return cast(Decorator, decorators.csp_update(dict(directives)))


def replacing(directives: Directives) -> Decorator:
    return cast(Decorator, decorators.csp_replace(dict(directives)))


def none() -> Decorator:
    return cast(Decorator, decorators.csp_exempt())
