"""Sending what is due. No transaction is open while a letter is rendered or sent."""

import logging
import time
import traceback

from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError
from django.db import connection as database

from outreach import claims, messages, refusals, rendering
from outreach.models import Letter
from outreach.postman import Postman, explain
from outreach.rendering import Words

logger = logging.getLogger(__name__)

# Small, so that a thank-you that comes while thousands of updates go out is soon taken up.
BATCH = 50
# Shorter than the time between two beats: a long queue keeps about one worker busy, not all of them.
RUN_SECONDS = 8.0
# How often, a second apart, to try to write down that a letter has been sent.
RECORD_ATTEMPTS = 5


def deliver(seconds: float = RUN_SECONDS) -> int:
    """Send letters that are due, for about `seconds`; returns how many. Any number may run at once.

    Mail down: nothing is claimed, no attempt is counted, and the letters that wait say why.
    """
    claims.recover()
    ends, sent = time.monotonic() + seconds, 0
    postman = Postman()
    try:
        while Letter.objects.due().exists():
            if not postman.connect():
                claims.note_outage(postman.outage, BATCH)
                break
            sent += _send_batch(postman, claims.claim(BATCH))
            if time.monotonic() > ends:
                break
    finally:
        postman.close()
    return sent


def _send_batch(postman: Postman, batch: list[Letter]) -> int:
    """Send claimed letters. Those not begun when mail breaks or the lease runs short are given back."""
    suppressed = refusals.for_batch(batch)
    waiting, sent = list(batch), 0
    try:
        while waiting and not claims.held_long(waiting[0]) and postman.connect():
            letter = waiting.pop(0)
            to = letter.to
            if not claims.is_held(letter):
                continue
            # Of a reader who has moved since, what is wanted at the new address counts.
            known = suppressed if letter.to == to else refusals.for_batch([letter])
            if reason := refusals.reason(letter, known):
                claims.suppress(letter, reason)
            else:
                sent += _send(postman, letter)
    finally:
        claims.release(waiting)
    return sent


def _send(postman: Postman, letter: Letter) -> bool:
    try:
        words = rendering.render(letter)
        message = messages.compose(letter, words)
    except Exception as error:
        # Whatever is wrong with one letter or its document is that letter's trouble alone.
        # The message may quote the reader: it stays on the letter. The log says where, not who.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Letter %s cannot be written: %s\n%s", letter.pk, type(error).__name__, where)
        claims.postpone(letter, explain(error))
        return False
    try:
        postman.hand_over(message)
    except Exception as error:
        logger.warning("Letter %s was not taken: %s", letter.pk, type(error).__name__)
        claims.postpone(letter, explain(error))
        return False
    return _record(letter, message, words)


def _record(letter: Letter, message: EmailMessage, words: Words) -> bool:
    """Write down that the letter has gone. It has: a database that stumbles here is asked again."""
    elsewhere = letter.broadcast is not None or rendering.carries_a_key(letter)
    kept = Words(words.subject, text="", html="") if elsewhere else words
    for attempt in range(1, RECORD_ATTEMPTS + 1):
        try:
            return claims.sent(
                letter,
                message_id=message.extra_headers["Message-ID"],
                subject=kept.subject,
                text=kept.text,
                html=kept.html,
            )
        except (OperationalError, InterfaceError):
            if attempt == RECORD_ATTEMPTS or database.in_atomic_block:
                raise
            logger.warning("The database did not take that letter %s was sent: asking again", letter.pk)
            database.close()
            time.sleep(1)
    raise AssertionError("unreachable")
