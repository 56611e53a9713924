"""How Stripe is asked: the client, its patience, and the two ways in which asking can go wrong."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

import stripe
from django.conf import settings

logger = logging.getLogger(__name__)

# The library's own defaults are no retry and 80 seconds. A donor is waiting.
_CONNECT_SECONDS = 3
_READ_SECONDS = 15
_RETRIES = 2
# How many idempotency keys one thing is asked for under, at most.
_KEYS = 5
# While somebody looks at a page that also works without the answer.
_PATIENCE_ON_A_PAGE = (2, 4)


_Made = TypeVar("_Made")


class Unavailable(Exception):  # named for what it means to the caller
    """Stripe did not answer, or not in a way that says what happened."""


class Refused(Exception):
    """Stripe understood the request and declined it."""


def is_live() -> bool:
    """Whether the configured key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY


def client(*, patient: bool = True) -> stripe.StripeClient:
    timeout = (_CONNECT_SECONDS, _READ_SECONDS) if patient else _PATIENCE_ON_A_PAGE
    return _client_for(
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, timeout, _RETRIES if patient else 0
    )


@lru_cache(maxsize=8)
def _client_for(key: str, base: str, timeout: tuple[float, float], retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@contextmanager
def asking() -> Iterator[None]:
    """Whatever goes wrong in asking Stripe, or in reading its answer, is one of our two errors.

    What answers may not be Stripe at all: a proxy's page, half a message.
    """
    try:
        yield
    except stripe.StripeError as error:
        if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
            # To whoever asks, Stripe is away for a while; it stays so until a person hears of it.
            logger.error("Stripe does not take our key: %s %s", type(error).__name__, error.request_id)
        raise _translated(error) from error
    except (AttributeError, TypeError, LookupError, ValueError, OverflowError) as error:
        raise Unavailable(f"an answer that cannot be read: {told(error)}") from error


def id_of(reference: object) -> str:
    """The id of what an answer refers to, whether it came as an id, as the object, or not at all."""
    return reference if isinstance(reference, str) else getattr(reference, "id", None) or ""


def noted(metadata: object, name: str) -> str:
    """What was written beside an object under this name when it was made; empty for nothing."""
    return str(getattr(metadata, name, None) or "")


def told(error: Exception) -> str:
    """In a line: some errors hold all the bytes they failed at."""
    return f"{type(error).__name__}: {error}"[:200]


def why(error: Unavailable | Refused) -> str:
    """For a log: the kind of failure, and the request that Stripe's own log has it under.

    Without Stripe's words, which may repeat what a donor typed.
    """
    cause = error.__cause__
    if not isinstance(cause, stripe.StripeError):
        return type(cause or error).__name__
    said = (cause.http_status, cause.code, getattr(cause, "param", None), cause.request_id)
    return " ".join([type(cause).__name__, *(str(each) for each in said if each)])


def _is_old_failure(error: stripe.StripeError) -> bool:
    """Whether Stripe failed at an earlier request with this key, and only says so again.

    docs.stripe.com/api/idempotent_requests
    """
    repeated = (error.headers or {}).get("idempotent-replayed") == "true"
    return repeated and (error.http_status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR


def beyond_old_failures(make: Callable[[str], _Made], key: str) -> _Made:
    """What `make` makes under the first idempotency key with which Stripe has not failed before.

    Stripe answers a key alike for at least 24 hours, even where its first answer was a failure of its own:
    whoever tries again would be told of that one all day. So a failure that is only repeated is passed
    by, always to the same next key.
    """
    for number in range(1, _KEYS):
        try:
            return make(key if number == 1 else f"{key}-{number}")
        except stripe.StripeError as error:
            if not _is_old_failure(error):
                raise
    return make(f"{key}-{_KEYS}")


def _translated(error: stripe.StripeError) -> Unavailable | Refused:
    """402 and 400 are answers; a time-out, 429, 409, 401 or 5xx says nothing about the gift."""
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError | stripe.IdempotencyError):
        return Refused(str(error))
    return Unavailable(str(error))
