"""What Stripe tells us: kept first, handled after, and never believed without asking back."""

import datetime as dt
import logging
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from donations import gateway
from donations.hearing import HANDLERS
from donations.models import Replay, StripeEvent
from programs import rows

logger = logging.getLogger(__name__)

# After the n-th attempt an event waits this long; a worker that dies in one leaves it to the next.
_WAITS = tuple(
    dt.timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360, 720, 720, 720, 720, 720)
)
MAX_ATTEMPTS = len(_WAITS)
_ERROR_LENGTH = 2000


def receive(body: bytes, signature: str) -> StripeEvent | None:
    """Verify a webhook and keep it in the inbox. The event when it is new, None when it is there already.

    One statement, and nothing is asked of the database before the signature has been verified. Raises
    `gateway.BadEvent`.
    """
    event = gateway.read_event(body, signature)
    kept = StripeEvent(
        event_id=event.event_id,
        type=event.type,
        livemode=event.livemode,
        api_version=event.api_version,
        created_at=event.created_at,
        payload=event.payload,
    )
    return kept if rows.insert(kept, once="(event_id)") else None


def waiting() -> list[int]:
    """The keys of the events that are due to be handled, oldest first."""
    due = Q(not_before__isnull=True) | Q(not_before__lte=timezone.now())
    events = StripeEvent.objects.filter(due, processed_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    return list(events.order_by("pk").values_list("pk", flat=True)[:500])


def process(event_pk: int) -> bool:
    """Handle one event of the inbox, unless it is done or in somebody else's hands.

    Claimed by compare-and-set: of many workers one handles it, and if that one dies the event is
    due again after the wait. A failure is kept on the event and never raised.
    """
    event = StripeEvent.objects.filter(pk=event_pk, processed_at__isnull=True).first()
    if event is None or event.attempts >= MAX_ATTEMPTS:
        return False
    now = timezone.now()
    claimed = (
        StripeEvent.objects.filter(pk=event_pk, processed_at__isnull=True, attempts=event.attempts)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
        .update(attempts=F("attempts") + 1, not_before=now + _WAITS[event.attempts])
    )
    if not claimed:
        return False
    # Not if it was asked for anew meanwhile, or given to another worker once the wait was over.
    mine = StripeEvent.objects.filter(pk=event_pk, processed_at__isnull=True, attempts=event.attempts + 1)
    try:
        outcome = handle(event)
    except Exception as error:  # whatever it was, the event keeps it and is tried again
        logger.exception("Stripe event %s failed", event.event_id)
        kept = f"{type(error).__name__}: {error}".replace("\x00", "")[:_ERROR_LENGTH]
        mine.update(error=kept)
        return False
    mine.update(processed_at=timezone.now(), outcome=outcome[:200], error="")
    return True


def handle(event: StripeEvent) -> str:
    """Do what an event asks for and say it in a few words. Handling it again changes nothing."""
    handler = HANDLERS.get(event.type)
    return handler(event.payload["data"]["object"]) if handler else "not handled here"


def replay(event_pks: Collection[int], *, by: User) -> int:
    """Make these events due again, whatever they came to, and keep who asked. Returns how many.

    Safe by construction: handling asks Stripe how things stand and records only what is not recorded
    yet. One that a worker has in hand at this moment may be handled beside it, as two deliveries are.
    """
    with transaction.atomic():
        events = list(StripeEvent.objects.select_for_update().filter(pk__in=event_pks).defer("payload"))
        Replay.objects.bulk_create(
            Replay(
                event=event,
                asked_by=by,
                attempts=event.attempts,
                outcome=event.outcome,
                error=event.error,
            )
            for event in events
        )
        StripeEvent.objects.filter(pk__in=[event.pk for event in events]).update(
            processed_at=None, outcome="", error="", attempts=0, not_before=None
        )
    return len(events)
