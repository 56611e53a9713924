"""Empties the test database between transactional tests, without waiting for the disk.

Django truncates every table on PostgreSQL, which costs seconds of fsync however little there is to
throw away, and then makes every permission anew. Deleting the few rows there are costs milliseconds;
content types, permissions and roles come from the migrations and never differ.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.commands import flush
from django.db import connection, transaction

_KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_quickly() -> None:
    """From now on, flushing this connection's database deletes rows instead of truncating tables.

    Afterwards nobody is told that there are new tables: what Django would then write, it would find there.
    """
    flush.emit_post_migrate_signal = _tell_nobody  # type: ignore[attr-defined]
    if connection.vendor != "postgresql" or _is_superuser():
        connection.ops.sql_flush = _deletions  # type: ignore[assignment, method-assign]


def drop() -> None:
    """At the end: PostgreSQL drops the test database only when no thread of a test is connected to it."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


def _tell_nobody(*_arguments: Any, **_options: Any) -> None:
    """In place of Django's signal after migrating, a quarter of what a test of money would take."""


def _deletions(_style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    filled = _with_rows([table for table in tables if table not in _KEPT])
    statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in filled]  # noqa: S608
    if statements and connection.vendor == "postgresql":
        # For this transaction, no foreign key is checked and no trigger fires: not the ledger's guard either.
        statements.insert(0, "SET LOCAL session_replication_role = replica")
    return statements


class Snapshot:
    """The rows that a slow filling writes, kept after its first run and put back as they were after that."""

    def __init__(self, fill: Callable[[], None]) -> None:
        self._fill = fill
        self._inserts: list[tuple[str, list[tuple[Any, ...]]]] = []

    def restore(self) -> None:
        """Fill the database, which holds none of these rows: by itself at first, from memory afterwards."""
        if self._inserts:
            with transaction.atomic(), connection.constraint_checks_disabled(), connection.cursor() as cursor:
                for statement, rows in self._inserts:
                    cursor.executemany(statement, rows)
            return
        before = _with_rows(connection.introspection.django_table_names(only_existing=True))
        self._fill()
        tables = _with_rows(connection.introspection.django_table_names(only_existing=True))
        self._inserts = [_copy(table) for table in tables if table not in before]


def _copy(table: str) -> tuple[str, list[tuple[Any, ...]]]:
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608
        columns = [connection.ops.quote_name(column[0]) for column in cursor.description]
        rows = cursor.fetchall()
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})", rows  # noqa: S608


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
