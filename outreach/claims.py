"""Who holds a letter, and what becomes of it. Every move is a compare-and-set on the row.

A worker claims letters for a lease. While it holds one, nobody else touches it; when the lease has run
out (the worker was killed, its machine died), the letter waits again and counts one more attempt.

The window this leaves: a worker killed after the mail server took a letter and before the row said so
leads to a second copy when the lease has run out. Both carry the same Message-ID, made from the letter's
key, by which mail servers and readers recognise a copy.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from outreach.models import Letter, State

logger = logging.getLogger(__name__)

# Tried 12 times, the waits doubling from 90 s: the last attempt comes a little over two days after the first.
ATTEMPTS = 12
FIRST_WAIT = dt.timedelta(seconds=90)
ERROR_LENGTH = 2000
_FRESH = dt.timedelta(seconds=1)


def claim(limit: int) -> list[Letter]:
    """Take up to `limit` letters that are due, the most urgent first. Nobody else holds them."""
    now = timezone.now()
    with transaction.atomic():
        due = Letter.objects.due()
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        found = list(due.values_list("pk", flat=True)[:limit])
        queued = Letter.objects.filter(pk__in=found, state=State.QUEUED)
        if not queued.update(state=State.SENDING, claimed_at=now):
            return []
    mine = Letter.objects.filter(pk__in=found, state=State.SENDING, claimed_at=now)
    return list(
        mine.select_related("broadcast__update", "subscription").order_by("priority", "not_before", "pk")
    )


def is_held(letter: Letter) -> bool:
    """Whether it is still ours, who it goes to by now and what it tells: its reader may have moved or been
    forgotten since it was claimed, and its update been withdrawn. Not asked within a second of that.
    """
    if letter.claimed_at and timezone.now() - letter.claimed_at < _FRESH:
        return True
    now = _mine(letter).select_related("broadcast__update").first()
    if now is not None:
        for name in ("to", "facts", "attachments", "broadcast"):
            setattr(letter, name, getattr(now, name))
    return now is not None


def held_long(letter: Letter) -> bool:
    """Whether too little of the lease is left to begin sending."""
    return letter.claimed_at is None or timezone.now() - letter.claimed_at > lease() / 2


def lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.OUTREACH_LEASE_SECONDS)


def sent(letter: Letter, *, message_id: str, subject: str, text: str, html: str) -> bool:
    """Record a letter as sent, with its words. False when the lease was lost meanwhile.

    Of a reader who was forgotten while it was handed over, no words are kept.
    """
    left: dict[str, Any] = {
        "state": State.SENT,
        "sent_at": timezone.now(),
        "claimed_at": None,
        "error": "",
        "attempts": F("attempts") + 1,
        "message_id": message_id,
    }
    words = {"subject": subject, "text": text, "html": html}
    known = _mine(letter).exclude(to__endswith=".invalid")
    done = known.update(**left, **words) or _mine(letter).update(**left)
    if not done:
        logger.error("Letter %s was sent after its lease had run out: it may arrive twice", letter.pk)
    return bool(done)


def postpone(letter: Letter, error: str) -> None:
    """Count a failed attempt: tried again later, or failed for good after the last."""
    _mine(letter).update(**_after_failure(letter.attempts + 1), error=_kept(error))


def suppress(letter: Letter, reason: str) -> None:
    """Do not send this letter, on purpose."""
    _mine(letter).update(state=State.SUPPRESSED, claimed_at=None, error=reason)


def release(letters: Iterable[Letter]) -> None:
    """Give back letters that were claimed and not begun; no attempt is counted."""
    for letter in letters:
        _mine(letter).update(state=State.QUEUED, claimed_at=None)


def recover() -> int:
    """Queue again the letters whose worker vanished: their lease has run out. Repeating is fine."""
    lost = list(Letter.objects.filter(state=State.SENDING, claimed_at__lt=timezone.now() - lease())[:1000])
    for letter in lost:
        error = "The worker that was sending it vanished."
        _mine(letter).update(**_after_failure(letter.attempts + 1, wait=dt.timedelta()), error=error)
        logger.warning("Letter %s is taken up again: its worker vanished", letter.pk)
    return len(lost)


def send_again(pks: Iterable[int]) -> int:
    """Queue failed letters again, with all their attempts before them."""
    failed = Letter.objects.filter(pk__in=list(pks), state=State.FAILED)
    return failed.update(state=State.QUEUED, attempts=0, not_before=timezone.now())


def note_outage(error: str, limit: int) -> None:
    """Show on the letters that wait why they wait; nothing else of them changes."""
    waiting = list(Letter.objects.due().values_list("pk", flat=True)[:limit])
    Letter.objects.filter(pk__in=waiting, state=State.QUEUED).update(error=_kept(error))


def _kept(error: str) -> str:
    return error.replace("\x00", "")[:ERROR_LENGTH]  # a mail server may answer with anything


def _mine(letter: Letter) -> QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=State.SENDING, claimed_at=letter.claimed_at)


def _after_failure(attempts: int, wait: dt.timedelta | None = None) -> dict[str, Any]:
    if attempts >= ATTEMPTS:
        return {"state": State.FAILED, "attempts": attempts, "claimed_at": None}
    if wait is None:
        wait = FIRST_WAIT * 2 ** (attempts - 1)
    return {
        "state": State.QUEUED,
        "attempts": attempts,
        "claimed_at": None,
        "not_before": timezone.now() + wait,
    }
