"""How often a thing may be asked for: counted in the rows that asking leaves, so that all workers agree.

Counting and leaving the row are one: whoever asks holds what is counted until the transaction ends.
"""

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from donations.models import EmailChange, SignInLink


class TooOften(Exception):
    """It was asked for too many times in too little time. Nothing was done."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def hold(what: str) -> None:
    """Let others who hold the same wait until this transaction ends, so that none counts without the other.

    To hold two, take them in the same order everywhere. On SQLite a transaction holds everything as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def hold_donor(email: str) -> None:
    """Let nobody begin a gift, move, or be erased under this address until this transaction ends.

    Taken before any row or total is locked, so that nobody waits in a ring.
    """
    if email:  # who gives a cheque may have none
        hold(f"donor:{email}")


def check(asked: QuerySet[SignInLink] | QuerySet[EmailChange], *, most: int, within: dt.timedelta) -> None:
    """Raise `TooOften` where `asked` has `most` rows of the last while. `hold` it first."""
    if asked.filter(asked_at__gt=timezone.now() - within)[:most].count() >= most:
        raise TooOften(within)


def digest(text: str) -> str:
    """What tells two texts apart and gives neither away to whoever lacks the site's key."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
