"""Empties the test database between transactional tests, without waiting for the disk.

Django truncates every table on PostgreSQL, which costs seconds of fsync however little there is to
throw away, and then makes every permission anew. Deleting the few rows there are costs milliseconds;
content types and permissions come from the migrations and never differ.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

_KEPT = {"django_content_type", "auth_permission"}


def empty_quickly() -> None:
    """From now on, flushing this connection's database deletes rows instead of truncating tables."""
    if connection.vendor != "postgresql" or _is_superuser():
        connection.ops.sql_flush = _deletions  # type: ignore[assignment, method-assign]


def _deletions(_style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    filled = _with_rows([table for table in tables if table not in _KEPT])
    statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in filled]  # noqa: S608
    if statements and connection.vendor == "postgresql":
        # For this transaction, no foreign key is checked and no trigger fires: not the ledger's guard either.
        statements.insert(0, "SET LOCAL session_replication_role = replica")
    return statements


def _with_rows(tables: list[str]) -> list[str]:
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"  # noqa: S608
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [row[0] for row in cursor.fetchall()]


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        return bool(cursor.fetchone()[0])
