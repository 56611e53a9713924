"""Taking a person out of what was written to them: that a letter left stays known, not to whom."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.models import Letter, Reason, State, Subscription, Suppression
from outreach.models.subscription import new_token


@dataclass(frozen=True)
class Told:
    subscriptions: int
    letters: int


def count(email: str) -> Told:
    """How much there is to forget."""
    return Told(
        subscriptions=Subscription.objects.filter(email=email).count(),
        letters=Letter.objects.filter(to=email).count(),
    )


def forget(email: str, instead: str, *, but: str = "", last: str = "") -> None:
    """Put `instead` in place of the address; no letter goes there, and nothing of what they said is kept.

    The letter with the key `but` is left for now. What is younger than the letter with the key
    `last` is of somebody who came back. Safe to repeat, and in the caller's transaction.
    """
    for subscription in Subscription.objects.filter(email=email, consented_at__lte=_written_at(last)):
        Subscription.objects.filter(pk=subscription.pk).update(
            email=instead,
            token=new_token(),
            unsubscribed_at=Coalesce(F("unsubscribed_at"), timezone.now()),
        )
    until = _written_at(last)  # anew: what was being owed to a subscription meanwhile is there by now
    theirs = Letter.objects.filter(Q(to=email, created_at__lte=until) | Q(to=instead)).exclude(key=but)
    waiting = theirs.filter(state__in=[State.QUEUED, State.FAILED])
    waiting.update(state=State.SUPPRESSED, error="Its reader was erased.")
    theirs.update(to=instead, facts={}, attachments=[], subject="", text="", html="")


def forget_name(kind: str, *, admin_url: Sequence[str]) -> None:
    """Take the donor's name out of letters to others about gifts. In the caller's transaction."""
    for letter in Letter.objects.filter(kind=kind, facts__admin_url__in=admin_url):
        facts = letter.facts | {"donor_name": "—"}
        Letter.objects.filter(pk=letter.pk).update(facts=facts, subject="", text="", html="")


def forget_refusal(email: str, *, last: str = "") -> None:
    """Forget that nothing was to be sent there: nobody writes to it now, and news need a new consent.

    What was refused after the letter with the key `last` was refused by somebody who came back, and stands.
    """
    refusals = Suppression.objects.filter(email=email)
    refusals.filter(Q(at__lte=_written_at(last)) | Q(reason=Reason.HARD_BOUNCE)).delete()


def _written_at(key: str) -> dt.datetime:
    """When the letter with this key was owed; now, where there is none."""
    return Letter.objects.filter(key=key).values_list("created_at", flat=True).first() or timezone.now()
