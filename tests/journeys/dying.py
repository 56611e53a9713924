"""A process that dies in the middle of its work."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection


class Killed(BaseException):
    """kill -9: nothing that follows happens, and the transaction that was open never was."""


@contextmanager
def dying_after(statements: int) -> Iterator[None]:
    """The process dies after so many statements of SQL, wherever that is."""
    left = statements

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return execute(sql, params, many, context)

    with suppress(Killed), connection.execute_wrapper(count):
        yield
