"""Who is in the donor's space: a key in the browser, its digest here, an e-mail address behind it.

Apart from the site's other sessions, and short: half an hour without a page, two hours in all. A key is
made anew at each sign-in; signing out forgets it here, so that a copy of the cookie opens nothing.
"""

import datetime as dt
import hashlib
import secrets

from django.db.models import Q, QuerySet
from django.utils import timezone

from donations.models import DonorSession

IDLE = dt.timedelta(minutes=30)
LENGTH = dt.timedelta(hours=2)
_NOTE_EVERY = dt.timedelta(minutes=1)


def begin(email: str, *, instead_of: str = "") -> str:
    """A new key for this address. The session that the browser had until now is over."""
    end(instead_of)
    key, now = secrets.token_urlsafe(32), timezone.now()
    DonorSession.objects.create(
        digest=_digest(key), email=email.strip().lower(), seen_at=now, ends_at=now + LENGTH
    )
    return key


def email_of(key: str) -> str:
    """The address that this key was given for; empty where there is no such session, or no longer."""
    session = _alive().filter(digest=_digest(key)).first() if key else None
    if session is None:
        return ""
    now = timezone.now()
    if now - session.seen_at > _NOTE_EVERY:
        DonorSession.objects.filter(pk=session.pk).update(seen_at=now)
    return session.email


def end(key: str) -> None:
    """Sign out. Repeating is fine."""
    if key:
        DonorSession.objects.filter(digest=_digest(key)).delete()


def end_all(email: str) -> None:
    """Sign this address out of every browser."""
    DonorSession.objects.filter(email=email).delete()


def tidy() -> int:
    """Forget the sessions that are over: how many."""
    now = timezone.now()
    return DonorSession.objects.filter(Q(ends_at__lt=now) | Q(seen_at__lt=now - IDLE)).delete()[0]


def _alive() -> QuerySet[DonorSession]:
    now = timezone.now()
    return DonorSession.objects.filter(ends_at__gt=now, seen_at__gt=now - IDLE)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
