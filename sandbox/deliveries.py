"""Webhooks on their way: signed, sent, tried again with back-off, or sent otherwise on purpose.

As Stripe: at least once, in no order to rely on. Nothing is sent inside a transaction.
"""

import json
import logging
from collections.abc import Iterable
from datetime import timedelta

import requests
import stripe
from django.db.models import F
from django.utils import timezone

from sandbox import endpoints, faults
from sandbox.models import Delivery, StripeObject

logger = logging.getLogger(__name__)

_TIMEOUT = 10  # seconds, as Stripe waits
_LEASE = timedelta(seconds=30)
_BACK_OFF = [
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
]
_LONGEST_ANSWER = 2_000
_AT_ONCE = 100


def owe(event: StripeObject) -> None:
    """Owe the event to each endpoint that wants it; faults make that late, twice, or never."""
    times = faults.due_times(event.data["type"])
    wanting = endpoints.wanting(event.data["type"])
    if times:
        Delivery.objects.bulk_create(
            Delivery(event=event, endpoint=endpoint, due_at=due_at)
            for endpoint in wanting
            for due_at in times
        )
    else:
        Delivery.objects.bulk_create(
            Delivery(
                event=event,
                endpoint=endpoint,
                state=Delivery.State.FAILED,
                finished_at=timezone.now(),
                answer="Lost on purpose.",
            )
            for endpoint in wanting
        )


def deliver_due() -> int:
    """Send every webhook that is due, once each; how many were tried.

    Two processes may call it at the same time: an attempt is claimed by a conditional update, so
    only one of them makes it.
    """
    tried = 0
    for delivery in list(Delivery.objects.due().select_related("event", "endpoint")[:_AT_ONCE]):
        if _claim(delivery):
            _send(delivery)
            tried += 1
    return tried


def _claim(delivery: Delivery) -> bool:
    mine = Delivery.objects.due().order_by().filter(pk=delivery.pk, attempts=delivery.attempts)
    delivery.attempts += 1
    delivery.state = Delivery.State.SENDING
    return bool(
        mine.update(state=delivery.state, attempts=F("attempts") + 1, lease_until=timezone.now() + _LEASE)
    )


def _send(delivery: Delivery) -> None:
    payload = json.dumps(delivery.event.data, indent=2)
    url, secret = endpoints.target(delivery.endpoint)
    status, answer = None, ""
    signature = stripe.WebhookSignature.generate_signature_header(payload, secret)
    try:
        response = requests.post(
            url,
            data=payload.encode(),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature,
                "User-Agent": "Stripe/1.0 (sandbox)",
            },
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        status, answer = response.status_code, response.text
    except requests.RequestException as error:
        answer = str(error)
    except BaseException:
        # The process is asked to end: nobody knows whether it arrived, so it is sent again.
        _settle(delivery, state=Delivery.State.WAITING, due_at=timezone.now(), answer="")
        raise
    _record(delivery, url, status, answer.replace("\x00", "")[:_LONGEST_ANSWER])


def _record(delivery: Delivery, url: str, status: int | None, answer: str) -> None:
    now = timezone.now()
    if status and 200 <= status < 300:
        _settle(
            delivery, state=Delivery.State.DELIVERED, finished_at=now, url=url, status=status, answer=answer
        )
        return
    logger.warning("Webhook %s was not taken: %s", delivery.event.object_id, status or answer)
    if delivery.attempts > len(_BACK_OFF):
        _settle(delivery, state=Delivery.State.FAILED, finished_at=now, url=url, status=status, answer=answer)
        return
    due_at = now + _BACK_OFF[delivery.attempts - 1]
    _settle(delivery, state=Delivery.State.WAITING, due_at=due_at, url=url, status=status, answer=answer)


def _settle(delivery: Delivery, **facts: object) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts)
    mine.update(lease_until=None, **facts)


def resend(event: StripeObject, *, times: int = 1, delay: timedelta = timedelta()) -> list[Delivery]:
    """Owe the site the same event again, `times` times, from `delay` on."""
    due_at = timezone.now() + delay
    return Delivery.objects.bulk_create(Delivery(event=event, due_at=due_at) for _ in range(times))


def hold(delivery: Delivery, delay: timedelta) -> bool:
    """Keep a waiting webhook back for `delay`; False when it is on its way or has arrived."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    return bool(waiting.update(due_at=timezone.now() + delay))


def resend_in_reverse(events: Iterable[StripeObject]) -> list[Delivery]:
    """Owe the site these events again, the newest first."""
    newest_first = sorted(events, key=lambda event: event.pk, reverse=True)
    now = timezone.now()
    return Delivery.objects.bulk_create(
        Delivery(event=event, due_at=now + timedelta(microseconds=place))
        for place, event in enumerate(newest_first)
    )
