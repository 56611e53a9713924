"""A Stripe on a bad day, on purpose: the next calls or events, or all of them for a while, go wrong.

Tests, commands and the dashboard inject faults; the API and the webhooks ask whether one strikes.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from sandbox.models import Fault

Kind = Fault.Kind
OF_CALLS = (Kind.TIMEOUT, Kind.RATE_LIMIT, Kind.ERROR, Kind.RESET)
OF_EVENTS = (Kind.DUPLICATED, Kind.REORDERED, Kind.DELAYED, Kind.LOST)


def inject(
    kind: str,
    *,
    count: int | None = None,
    lasting: timedelta | None = None,
    match: str = "",
    seconds: float = 5,
    done: bool = False,
) -> Fault:
    """Let a fault of that kind strike the next `count` calls or events, or all while it lasts.

    Of neither, one. `match` is the beginning of what it strikes: `POST checkout/sessions` for a call,
    `charge.dispute.` for an event. `seconds` is how long a time-out hangs, and how late a delayed or
    reordered event may be. `done` carries the call out first, so that only its answer is lost.
    """
    if count is None and lasting is None:
        count = 1
    until = timezone.now() + lasting if lasting else None
    return Fault.objects.create(
        kind=Kind(kind), left=count, until=until, match=match, seconds=seconds, done=done
    )


def clear() -> int:
    """No fault strikes any more; how many could have."""
    live = Fault.objects.live().count()
    Fault.objects.all().delete()
    return live


def of_call(method: str, address: str) -> Fault | None:
    """The fault that strikes this call, if one does; it is used up by that."""
    return next(_striking(OF_CALLS, f"{method} {address.strip('/')}"), None)


def asked_for(header: str) -> Fault | None:
    """The fault that a call asks for itself: `error`, or `error done` to be carried out first."""
    kind, _, how = header.strip().partition(" ")
    return Fault(kind=kind, done=how == "done") if kind in OF_CALLS else None


def due_times(event_type: str) -> list[datetime]:
    """When an event that happens now is to be sent: mostly now, once. Empty when it is lost."""
    times = [timezone.now()]
    for fault in _striking(OF_EVENTS, event_type):
        match fault.kind:
            case Kind.LOST:
                return []
            case Kind.DUPLICATED:
                times += times
            case Kind.DELAYED:
                times = [each + timedelta(seconds=fault.seconds) for each in times]
            case Kind.REORDERED:
                times = [each + timedelta(seconds=fault.seconds * _chance()) for each in times]
    return times


def _striking(kinds: tuple[Kind, ...], what: str) -> Iterator[Fault]:
    for fault in Fault.objects.live().filter(kind__in=kinds).order_by("pk"):
        if what.startswith(fault.match) and _use(fault):
            yield fault


def _use(fault: Fault) -> bool:
    """Count it once; False when another call has used the last one."""
    if fault.left is None:
        return True
    return bool(Fault.objects.filter(pk=fault.pk, left__gt=0).update(left=F("left") - 1))


def _chance() -> float:
    return secrets.randbelow(1_000) / 1_000
