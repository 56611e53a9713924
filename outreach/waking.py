"""Waking a worker: one message that waits to be taken is enough for every letter owed meanwhile.

Whoever takes it looks for all that is due, so a second one would wake another worker for nothing. That a
message waits is kept where every process sees it, and for a few seconds only: were it lost, the next letter
sends another, and the beat asks anyway.
"""

from django.core.cache import caches

_WAITS, _SECONDS = "outreach:a-message-waits", 5


def is_first() -> bool:
    """Whether no message waits yet; from now on one does."""
    return caches["shared"].add(_WAITS, True, _SECONDS)


def taken() -> None:
    """The message that waited has been taken: what is owed from now on needs another."""
    caches["shared"].delete(_WAITS)
