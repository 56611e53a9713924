"""Rows of the busiest tables, written by statements that are put together once, not once for each row.

Django writes each INSERT and UPDATE anew, which takes it longer than PostgreSQL to carry it out. What every
gift and every event of Stripe's comes by is written here instead. Only for tables whose key the database
makes, and whose fields are kept as they are: not for translated or rich text, or pictures.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.utils import CursorWrapper


def cursor() -> CursorWrapper:
    """For a statement whose text is always the same: PostgreSQL plans it a few times and keeps the plan.

    A kept plan knows no values. No index that is for some rows only serves a condition on a value.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return cast("CursorWrapper", database.cursor())
    database.close_if_health_check_failed()  # as Django does before a request's first statement
    database.ensure_connection()
    # Django's usual one writes the values into the text: each statement would be another to PostgreSQL.
    sent_apart = database.Database.Cursor(database.connection)
    return cast("CursorWrapper", database._prepare_cursor(sent_apart))


@contextmanager
def together() -> Iterator[None]:
    """Send the statements of a block without waiting for the answer to each, where the database can.

    In a transaction. What a statement did is known once its answer is fetched, and by nothing else: no
    `rowcount`, no query of a model. What fails is raised by a fetch, or at the block's end.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        yield
        return
    with database.wrap_database_errors, database.connection.pipeline():
        yield


def insert(row: models.Model, *, once: str = "") -> bool:
    """Write a new row and give it its key, as `save(force_insert=True)` does but without its signals.

    `once` names what no two rows have in common, as SQL does: columns, and a condition for which rows. A
    row that meets another in it is not written, and nothing is raised: False. Of two at once, the second
    waits for the first to be committed.
    """
    fields, statement = _insertion(type(row), once)
    cast("Any", row)._prepare_related_fields_for_save("insert")
    database = connections[DEFAULT_DB_ALIAS]  # not what stands for it, which is slow to ask so often
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields]
    with transaction.mark_for_rollback_on_error(database.alias), cursor() as sent:
        sent.execute(statement, values)
        kept = sent.fetchone()
    if kept is None:
        return False
    row.pk = kept[0]
    row._state.adding, row._state.db = False, database.alias
    return True


def update(row: models.Model, changes: Mapping[str, object], *, only_if: str) -> bool:
    """Write these columns of a row, there and in memory, if what SQL says of it is true. Whether it was.

    `only_if` is a condition of our own on the row's columns, never anything that somebody typed.
    """
    fields, statement = _change(type(row), tuple(changes), only_if)
    database = connections[DEFAULT_DB_ALIAS]
    values = [
        field.get_db_prep_save(value, database) for field, value in zip(fields, changes.values(), strict=True)
    ]
    with transaction.mark_for_rollback_on_error(database.alias), cursor() as sent:
        sent.execute(statement, [*values, row.pk])
        done = bool(sent.rowcount)
    if done:
        for name, value in changes.items():
            setattr(row, name, value)
    return done


def holds(row: models.Model, so: str) -> bool:
    """Whether a condition in SQL, our own, is true of a row as it is in the database."""
    options, quote = row._meta, connection.ops.quote_name
    with connection.cursor() as sent:
        sent.execute(
            f"SELECT 1 FROM {quote(options.db_table)}"  # noqa: S608  # our own names
            f" WHERE {quote(_column(options.pk))} = %s AND ({so})",
            [row.pk],
        )
        return sent.fetchone() is not None


@lru_cache
def _insertion(model: type[models.Model], once: str) -> tuple[list[models.Field[Any, Any]], str]:
    """What is written of each row of a table, and the statement that writes it."""
    options = model._meta
    if options.auto_field is None:
        raise TypeError(f"the database makes no keys for {options.label}")
    fields = [field for field in options.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(field)) for field in fields)
    statement = (
        f"INSERT INTO {quote(options.db_table)} ({columns})"  # noqa: S608  # our own names
        f" VALUES ({', '.join(['%s'] * len(fields))})"
        f"{f' ON CONFLICT {once} DO NOTHING' if once else ''} RETURNING {quote(_column(options.pk))}"
    )
    return fields, statement


@lru_cache
def _change(
    model: type[models.Model], names: tuple[str, ...], only_if: str
) -> tuple[list[models.Field[Any, Any]], str]:
    """The fields of these names, and the statement that writes them into one row."""
    options = model._meta
    fields = [next(field for field in options.concrete_fields if field.attname == name) for name in names]
    quote = connection.ops.quote_name
    set_each = ", ".join(f"{quote(_column(field))} = %s" for field in fields)
    statement = (
        f"UPDATE {quote(options.db_table)} SET {set_each}"  # noqa: S608  # our own names
        f" WHERE {quote(_column(options.pk))} = %s AND ({only_if})"
    )
    return fields, statement


def _column(field: models.Field[Any, Any]) -> str:
    return str(field.column)
