"""Owing a letter: an insert in the transaction that decides it, and a knock on a worker's door after it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from outreach import waking
from outreach.models import Kind, Letter, Priority, State
from outreach.tasks import deliver_letters
from programs import rows

logger = logging.getLogger(__name__)


def owe(
    *,
    key: str,
    kind: str,
    to: str,
    language: str,
    facts: dict[str, Any],
    attachments: Sequence[tuple[str, str]] = (),
    priority: int = Priority.PERSONAL,
) -> bool:
    """Owe one letter, known by its key. True when this call owed it, False when it was owed already.

    Safe to repeat, and safe inside the caller's transaction: the row stands or falls with it, and a key
    that exists raises nothing there. A dead broker is not the caller's trouble: the beat finds the row.
    Raises ValueError for a kind of letter that does not exist.
    """
    letter = Letter(
        key=key,
        kind=Kind(kind),
        to=_storable(to),
        language=_known(language),
        facts=_storable(facts),
        attachments=[{"kind": name, "reference": reference} for name, reference in attachments],
        priority=priority,
    )
    owed = rows.insert(letter, once="(key)")
    if owed:
        transaction.on_commit(wake, robust=True)
    return owed


def is_over(key: str) -> bool:
    """Whether nothing more will be done about this letter: it has left, or never will."""
    return not Letter.objects.filter(key=key, state__in=[State.QUEUED, State.SENDING]).exists()


def move(old: str, new: str) -> None:
    """A reader has another address: their letters, those that wait and those that left, are under it.

    News that has left too: whoever is forgotten later is forgotten under their last address.

    A link that waited to be sent to the old one is not sent: it was asked for by whoever read mail there.
    Safe to repeat, and in the caller's transaction.
    """
    theirs = Letter.objects.filter(to=old)
    keys = theirs.filter(kind__in=settings.OUTREACH_LINKS).exclude(state=State.SENT)
    keys.update(state=State.SUPPRESSED, claimed_at=None, error="Its reader has another address now.")
    theirs.update(to=new)


def wake() -> None:
    """Ask a worker to send what is due, now rather than at the next beat. Never raises for a dead broker.

    Where Redis is the broker, it also knows whether a message waits: one that does not answer is asked once.
    """
    try:
        if waking.is_first():
            deliver_letters.apply_async(expires=60)
    except Exception as error:  # each broker and cache has its own way of being down
        logger.warning("No way to wake a worker (%s): the letters wait for the beat", error)


def _known(language: str) -> str:
    codes = {code for code, _name in settings.LANGUAGES}
    return language if language in codes else settings.LANGUAGE_CODE


def _storable(value: Any) -> Any:
    """The same facts without what PostgreSQL's jsonb refuses: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
