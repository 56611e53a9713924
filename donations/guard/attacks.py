"""Whether somebody is testing cards on a programme's form now, and how hard we look because of it.

One open row a programme says it to all processes. Each sign renews it; a level is taken off for each quiet
time after the last one, by the clock alone, so that it stands down although nobody lowers it.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from donations.models import Attack, Attempt, Decline
from programs.models import Program

logger = logging.getLogger(__name__)

CALM, PROOF, REVIEW = 0, 1, 2
# Over which the share of declined cards is taken; among few attempts a share says nothing.
_SHARE_OVER = dt.timedelta(minutes=10)
# Over which cards declined in spite of a proof are counted: donors' own are declined now and then.
_DESPITE_OVER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """An attack as staff are told of it."""

    program: Program
    level: int
    began_at: dt.datetime
    stopped: int
    declined: int
    calm_at: dt.datetime


def level(program: Program) -> int:
    """CALM, PROOF: each form comes with a proof of work, or REVIEW: suspicious gifts are held too."""
    attack = Attack.objects.filter(program=program, ended_at__isnull=True).first()
    return _now(attack) if attack else CALM


def standing() -> list[Standing]:
    """The attacks that go on now, for people."""
    found = []
    for attack in Attack.objects.filter(ended_at__isnull=True).select_related("program").order_by("began_at"):
        if now := _now(attack):
            declined = Decline.objects.filter(
                attempt__program=attack.program, occurred_at__gte=attack.began_at - _SHARE_OVER
            ).count()
            calm_at = attack.last_sign_at + attack.level * _quiet()
            found.append(Standing(attack.program, now, attack.began_at, attack.stopped, declined, calm_at))
    return found


def look_at_declines(program: Program) -> None:
    """After a declined card: are there too many a minute, and too large a share?"""
    now, wanted = timezone.now(), settings.GUARD["DECLINES_PER_MINUTE"]
    declines = Decline.objects.filter(attempt__program=program)
    if declines.filter(occurred_at__gt=now - dt.timedelta(minutes=1)).count() >= wanted:
        begun = Attempt.objects.filter(program=program, began_at__gt=now - _SHARE_OVER).count()
        recent = declines.filter(occurred_at__gt=now - _SHARE_OVER).count()
        if recent * 100 >= begun * settings.GUARD["DECLINE_PERCENT"]:
            sign(program)
    attack = Attack.objects.filter(program=program, ended_at__isnull=True).first()
    if attack and _now(attack) == PROOF:
        # Whoever tests cards now does the work as well: only a person can tell.
        since = max(attack.began_at, now - _DESPITE_OVER)
        despite = declines.filter(attempt__proven=True, attempt__began_at__gt=since)
        if despite.count() >= wanted:
            sign(program, level=REVIEW)


def sign(program: Program, *, level: int = PROOF) -> None:
    """Somebody tests cards: begin an attack, or renew the one that goes on. Safe to repeat."""
    now = timezone.now()
    with transaction.atomic():
        # Of two signs at once, the lesser never lowers what the other has raised.
        attack = Attack.objects.select_for_update().filter(program=program, ended_at__isnull=True).first()
        standing_at = _now(attack) if attack else CALM
        if attack and standing_at:
            attack.level, attack.last_sign_at = max(standing_at, level), now
            attack.save(update_fields=["level", "last_sign_at"])
    if standing_at:
        if level > standing_at:
            logger.error("cards are tested on %s in spite of proofs: gifts are held", program.slug)
        return
    tidy()
    try:
        with transaction.atomic():
            Attack.objects.create(program=program, level=level, began_at=now, last_sign_at=now)
    except IntegrityError:
        return  # another process saw it first
    logger.error("cards are tested on %s: forms now need a proof of work", program.slug)


def stopped(program: Program) -> None:
    """Count an attempt that was stopped, for staff."""
    Attack.objects.filter(program=program, ended_at__isnull=True).update(stopped=F("stopped") + 1)


def tidy() -> None:
    """Write down the end of attacks that have stood down by themselves. Safe at any time."""
    for attack in Attack.objects.filter(ended_at__isnull=True).select_related("program"):
        if _now(attack) == CALM:
            ended_at = attack.last_sign_at + attack.level * _quiet()
            renewed = {"pk": attack.pk, "last_sign_at": attack.last_sign_at, "ended_at__isnull": True}
            if Attack.objects.filter(**renewed).update(ended_at=ended_at):
                logger.warning("nobody tests cards on %s any more", attack.program.slug)


def _now(attack: Attack) -> int:
    return max(attack.level - int((timezone.now() - attack.last_sign_at) / _quiet()), CALM)


def _quiet() -> dt.timedelta:
    return dt.timedelta(minutes=settings.GUARD["QUIET_MINUTES"])
