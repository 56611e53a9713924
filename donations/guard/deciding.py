"""What becomes of a form that is valid: on to the payment page, or shown again, and how.

While all is calm nobody is asked for anything. An address, a network, an e-mail address that tries often,
and everybody while cards are being tested, comes with a proof of work, which the browser does unseen; or
has had the form open for a while, where there is no JavaScript. Refused are only floods and those whose
cards were declined again and again, with the words of any failure.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field
from enum import Enum

from django.conf import settings

from donations.guard import attacks, counting, form_age, proof, suspicion
from donations.guard.visitor import Visitor, keyed
from donations.models import Attempt, Donation
from programs.models import Program

logger = logging.getLogger(__name__)


class Outcome(Enum):
    GO_ON = "on to the payment page"
    PROVE = "shown again, with work for the browser"
    STALE = "shown again: open for too long"
    REFUSE = "a failure like any other"


@dataclass(frozen=True)
class Sent:
    """What a form carries besides its answers."""

    token: str
    stamp: str
    proof: str
    trap: str


@dataclass(frozen=True)
class Verdict:
    """Both reasons are for staff and logs: a visitor is never told which rule it was.

    `counted` says that an attempt was counted for it, which can be taken back.
    """

    outcome: Outcome
    reason: str = ""
    proven: bool = False
    review_because: str = ""
    counted: bool = field(default=False, compare=False)


def consider(visitor: Visitor, program: Program, sent: Sent) -> Verdict:
    """Decide about one valid form and count it. Never raises because of Redis."""
    verdict = _decide(visitor, program, sent)
    if verdict.outcome in {Outcome.PROVE, Outcome.REFUSE}:
        logger.info("a form was stopped: %s", verdict.reason)
        often = counting.per_minute(settings.GUARD["DECLINES_PER_MINUTE"])
        if not counting.hit(often, "stopped", str(program.pk)):
            attacks.sign(program)
        attacks.stopped(program)
    return verdict


def record(visitor: Visitor, donation: Donation, verdict: Verdict) -> None:
    """Remember a gift that went on to the payment page. Repeating it changes nothing."""
    Attempt.objects.get_or_create(
        donation=donation,
        defaults={
            "program_id": donation.program_id,
            "address": visitor.address,
            "network": visitor.network,
            "email": visitor.email,
            "proven": verdict.proven,
        },
    )


def _decide(visitor: Visitor, program: Program, sent: Sent) -> Verdict:
    if sent.trap:
        return Verdict(Outcome.REFUSE, "the field that nobody sees was filled in")
    age = form_age.age(sent.stamp, token=sent.token)
    if age is not None and age > dt.timedelta(hours=settings.GUARD["FORM_HOURS"]):
        return Verdict(Outcome.STALE, "open for too long")
    known = suspicion.of(visitor)
    if known.is_repeat_decliner:
        return Verdict(Outcome.REFUSE, "cards from this address were declined again and again")
    return _weigh(visitor, program, sent, known, age)


def _weigh(
    visitor: Visitor, program: Program, sent: Sent, known: suspicion.Record, age: dt.timedelta | None
) -> Verdict:
    """Ask for a proof where there is a doubt, then count."""
    level = attacks.level(program)
    proven = _is_proven(sent, hard=level == attacks.REVIEW)
    many = counting.per_minute(settings.GUARD["PROGRAM_PER_MINUTE"])
    busy = not counting.hit(many, "program", str(program.pk))
    doubt = "" if proven else _doubt(visitor, known, level, age, busy=busy)
    excused = proven
    if doubt:
        excused = _is_patient(visitor, program, sent, age)
        if not excused:
            return Verdict(Outcome.PROVE, doubt)
    over = [name for name, value, amount in limited(visitor) if not _hit(name, value, amount)]
    if over and not excused and not _is_patient(visitor, program, sent, age):
        take_back(visitor)
        return Verdict(Outcome.PROVE, f"often from one {over[0]}")
    if over and (flooded := _flooded(visitor, over)):
        return Verdict(Outcome.REFUSE, f"a flood from one {flooded}")
    suspect = _suspect(known, over, proven=proven) if level == attacks.REVIEW else ""
    return Verdict(Outcome.GO_ON, doubt, proven=proven, review_because=suspect, counted=True)


def _suspect(known: suspicion.Record, over: list[str], *, proven: bool) -> str:
    """Why a person should look at this gift before it is charged; empty when nothing speaks against it."""
    if known.is_suspicious:
        return "cards are being tested, and many from this network were declined"
    if over:
        return f"cards are being tested, and this is one of many gifts from one {over[0]}"
    return "" if proven else "cards are being tested, and this came without a proof of work"


def _doubt(
    visitor: Visitor, known: suspicion.Record, level: int, age: dt.timedelta | None, *, busy: bool
) -> str:
    """Why this form must come with a proof; empty when it need not."""
    if level != attacks.CALM:
        return "cards are being tested on this form"
    if busy:
        return "more forms in a minute than this programme has"
    if known.is_suspicious:
        return "many cards from this network were declined"
    hasty = age is None or age < dt.timedelta(seconds=settings.GUARD["FORM_SECONDS"])
    # A browser that fills forms in, or a form on another page, may do that once in a while.
    once = counting.per_hour(1)
    if hasty and visitor.address and not counting.hit(once, "hasty", visitor.address):
        return "filled in faster than anybody types"
    return ""


def _is_proven(sent: Sent, *, hard: bool) -> bool:
    """A proof serves its own form twice at most: a double click, and no more."""
    if not proof.is_proven(sent.proof, token=sent.token, hard=hard):
        return False
    return counting.hit(counting.per_day(2), "proof", keyed("token", sent.token))


def _is_patient(visitor: Visitor, program: Program, sent: Sent, age: dt.timedelta | None) -> bool:
    """The way without JavaScript: the form was open for a while. For a few an hour: machines can wait too."""
    if age is None or age < dt.timedelta(seconds=settings.GUARD["PATIENCE_SECONDS"]):
        return False
    if not counting.hit(counting.per_day(1), "patient", keyed("token", sent.token)):
        return False
    if visitor.address and not counting.hit(counting.per_hour(2), "patient", visitor.address):
        return False
    few = counting.per_hour(settings.GUARD["PATIENT_PER_HOUR"])
    return counting.hit(few, "patient", "program", str(program.pk))


def _flooded(visitor: Visitor, over: list[str]) -> str:
    """What even with proofs was seen far too often; empty when nothing was.

    Never an e-mail address: whoever sends many forms writes a new one into each, and with somebody else's
    would keep that donor from giving.
    """
    factor = settings.GUARD["FLOOD_FACTOR"] - 1
    beyond = [row for row in limited(visitor) if row[0] in over and row[0] != "email"]
    return next(
        (name for name, value, amount in beyond if not _hit(f"flood-{name}", value, amount * factor)), ""
    )


def limited(visitor: Visitor) -> list[tuple[str, str, int]]:
    """What is counted of a visitor, and how often an hour it may be seen without a proof."""
    rows = [
        ("address", visitor.address, settings.GUARD["ADDRESS_PER_HOUR"]),
        ("network", visitor.network, settings.GUARD["NETWORK_PER_HOUR"]),
        ("email", visitor.email, settings.GUARD["EMAIL_PER_HOUR"]),
    ]
    return [row for row in rows if row[1]]


def take_back(visitor: Visitor) -> None:
    """Count down by one: the attempt, which was counted, came to nothing, or to a gift.

    Where its hour has ended meanwhile, a counter stays at nothing.
    """
    for name, value, amount in limited(visitor):
        _hit(name, value, amount, cost=-1)


def _hit(name: str, value: str, amount: int, *, cost: int = 1) -> bool:
    return counting.hit(counting.per_hour(amount), name, value, cost=cost)


def challenge(program: Program, *, token: str, wanted: bool) -> str:
    """The work for the browser that shows a form, as JSON; empty while all is calm and none was `wanted`."""
    level = attacks.level(program)
    if level == attacks.CALM and not wanted:
        return ""
    return proof.challenge(token=token, hard=level == attacks.REVIEW)
