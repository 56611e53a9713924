"""How often a thing may be asked for: counted in the rows that asking leaves, so that all workers agree."""

import datetime as dt
import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from donations.models import SignInLink


class TooOften(Exception):
    """It was asked for too many times in too little time. Nothing was done."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def check(asked: QuerySet[SignInLink], *, most: int, within: dt.timedelta) -> None:
    """Raise `TooOften` where `asked` holds `most` rows of the last while."""
    if asked.filter(asked_at__gt=timezone.now() - within)[:most].count() >= most:
        raise TooOften(within)


def network(address: str) -> str:
    """A keyed digest of the network of an IP address (/24, or /64), which is what a household or an
    office has; the empty string's where there is none."""
    try:
        ip = ipaddress.ip_address(address)
        name = str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))
    except ValueError:
        name = ""
    return digest(f"network:{name}")


def digest(text: str) -> str:
    """What tells two texts apart and gives neither away to whoever lacks the site's key."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
