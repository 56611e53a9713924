"""Donors and card testers as the guard sees them, without a browser."""

import datetime as dt
import json
import uuid

import altcha
import time_machine

from donations import guard
from donations.guard import deciding
from donations.models import Donation, Donor
from programs.models import Program


def visitor(address: str = "203.0.113.5", email: str = "camille@example.org") -> guard.Visitor:
    return guard.of({"REMOTE_ADDR": address}, email=email)


def sent(*, proof: str = "", trap: str = "", seconds: float | None = 60, token: str = "") -> guard.Sent:
    """A form that was shown so many seconds ago; None: one without its stamp."""
    token = token or uuid.uuid4().hex
    stamp = "" if seconds is None else stamped(token, seconds)
    return guard.Sent(token=token, stamp=stamp, proof=proof, trap=trap)


def stamped(token: str, seconds: float) -> str:
    with time_machine.travel(dt.datetime.now(tz=dt.UTC) - dt.timedelta(seconds=seconds), tick=False):
        return guard.stamp(token)


def solved(program: Program, *, token: str) -> str:
    """What the browser of a donor does."""
    return solution(guard.challenge(program, token=token, wanted=True))


def solution(challenge: str) -> str:
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(asked)
    assert found is not None
    return altcha.Payload(asked, found).to_base64()


def proven(program: Program, *, seconds: float | None = 60) -> guard.Sent:
    token = uuid.uuid4().hex
    return sent(token=token, proof=solved(program, token=token), seconds=seconds)


def gift(program: Program, *, email: str = "camille@example.org") -> Donation:
    """A pending gift, as the form records it."""
    donor = Donor.objects.create(email=email, first_name="Camille", last_name="Exemple", language="fr")
    return Donation.objects.create(program=program, donor=donor, amount_cents=5000, language="fr")


def attempt(
    program: Program, who: guard.Visitor | None = None, form: guard.Sent | None = None
) -> tuple[guard.Verdict, Donation | None]:
    """Send a form; where it goes on, its gift is recorded too."""
    who = who or visitor()
    verdict = guard.consider(who, program, form or sent())
    if verdict.outcome is not deciding.Outcome.GO_ON:
        return verdict, None
    donation = gift(program)
    guard.record(who, donation, verdict)
    return verdict, donation


def decline(donation: Donation | None, times: int = 1) -> None:
    assert donation is not None
    for _time in range(times):
        guard.declined(donation, source_ref=f"ch_{uuid.uuid4().hex}")
