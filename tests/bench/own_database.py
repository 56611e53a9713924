"""A database for one benchmark, thrown away after: nobody else's tests can be in it or drop it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection


class Missing(Exception):
    """There is no such server here; the message says which."""


@contextmanager
def own_database() -> Iterator[None]:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Missing(f"no {connection.vendor} server here") from error
    before = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["NAME"] = f"campaign_bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
