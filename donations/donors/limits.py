"""How often a thing may be asked for: counted in the rows that asking leaves, so that all workers agree."""

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from donations.models import EmailChange, SignInLink


class TooOften(Exception):
    """It was asked for too many times in too little time. Nothing was done."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def check(asked: QuerySet[SignInLink] | QuerySet[EmailChange], *, most: int, within: dt.timedelta) -> None:
    """Raise `TooOften` where `asked` holds `most` rows of the last while."""
    if asked.filter(asked_at__gt=timezone.now() - within)[:most].count() >= most:
        raise TooOften(within)


def digest(text: str) -> str:
    """What tells two texts apart and gives neither away to whoever lacks the site's key."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
