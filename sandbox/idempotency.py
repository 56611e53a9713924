"""Idempotency keys: the same request asked twice happens once and is answered twice, byte for byte.

As Stripe does: a key is remembered for a day, with the parameters it came with, and whatever came of
the work: also a bank's refusal, and a failure of Stripe's own. A request refused before anything was
done is not remembered, so that it may be mended and sent again under its key.
docs.stripe.com/api/idempotent_requests
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from sandbox import errors
from sandbox.models import Answer

_REMEMBERED = timedelta(hours=24)
# A request takes milliseconds: after this long, the process that worked on it has died, and its
# transaction with it.
_GIVEN_UP = timedelta(seconds=60)
_LONGEST_KEY = 255


def fingerprint(method: str, path: str, params: Mapping[str, Any]) -> str:
    asked = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def begin(key: str, asked: str, request_id: str) -> Answer:
    """The answer to give again (it has a status), or a claim to work on the request (it has none).

    Raises `errors.IdempotencyMismatch` for a key used with other parameters, and
    `errors.IdempotencyConflict` while another request works under the same key.
    """
    if len(key) > _LONGEST_KEY or "\x00" in key:
        raise errors.InvalidRequest(f"Idempotency keys may have at most {_LONGEST_KEY} characters.")
    Answer.objects.filter(key=key, started_at__lt=timezone.now() - _REMEMBERED).delete()
    try:
        with transaction.atomic():
            return Answer.objects.create(key=key, fingerprint=asked, request_id=request_id)
    except IntegrityError:
        known = Answer.objects.filter(key=key).first()
    if known and known.fingerprint != asked:
        raise errors.IdempotencyMismatch(
            "Keys for idempotent requests can only be used with the same parameters they were first "
            f"used with. Try using a key other than '{key}' if you meant to execute a different request."
        )
    if known and known.status:
        return known
    if known and _take_over(known, request_id):
        return known
    raise errors.IdempotencyConflict(
        "There is currently another in-progress request using this Idempotent Key (that probably means you "
        f"submitted twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use",
    )


def _take_over(known: Answer, request_id: str) -> bool:
    now = timezone.now()
    abandoned = Answer.objects.filter(
        pk=known.pk, status=None, started_at=known.started_at, started_at__lt=now - _GIVEN_UP
    )
    known.started_at, known.request_id = now, request_id
    return bool(abandoned.update(started_at=now, request_id=request_id))


def finish(claim: Answer, status: int, body: str) -> None:
    """Remember the answer; call it in the transaction that does the work, so that both hold or neither."""
    claim.status, claim.body = status, body
    claim.save(update_fields=["status", "body"])


def release(claim: Answer) -> None:
    """Forget a request that was refused before anything was done."""
    Answer.objects.filter(pk=claim.pk, status=None, request_id=claim.request_id).delete()
