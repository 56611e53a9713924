"""Waking a worker: one message that waits to be taken is enough for every letter owed meanwhile.

Whoever takes it looks for all that is due, so a second one would wake another worker for nothing. That a
message waits is kept where every process sees it, and for a few seconds only: were it lost, the next letter
sends another, and the beat asks anyway. What keeps it may be down: no letter is lost or kept back for that.
"""

import logging

from django.core.cache import caches

logger = logging.getLogger(__name__)
_WAITS, _SECONDS = "outreach:a-message-waits", 5


def is_first() -> bool:
    """Whether no message waits yet; from now on one does. Raises what a cache that is down raises."""
    return caches["shared"].add(_WAITS, True, _SECONDS)


def taken() -> None:
    """The message that waited has been taken: what is owed from now on needs another."""
    try:
        caches["shared"].delete(_WAITS)
    except Exception as error:  # each cache has its own way of being down
        logger.warning("What says that a message waits stays for %s seconds (%s)", _SECONDS, error)
