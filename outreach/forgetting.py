"""Taking a person out of what was written to them: that a letter left stays known, not to whom."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.models import Letter, State, Subscription, Suppression
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


def forget(email: str, instead: str, *, but: str = "") -> None:
    """Put `instead` in place of the address; no letter goes there, and nothing of what they said is kept.

    The letter with the key `but` is left for now. Safe to repeat, and in the caller's transaction.
    """
    for subscription in Subscription.objects.filter(email=email):
        Subscription.objects.filter(pk=subscription.pk).update(
            email=instead,
            token=new_token(),
            unsubscribed_at=Coalesce(F("unsubscribed_at"), timezone.now()),
        )
    theirs = Letter.objects.filter(to__in=[email, instead]).exclude(key=but)
    waiting = theirs.filter(state__in=[State.QUEUED, State.FAILED])
    waiting.update(state=State.SUPPRESSED, error="Its reader was erased.")
    theirs.update(to=instead, facts={}, attachments=[], subject="", text="", html="")


def forget_refusal(email: str) -> None:
    """Forget that nothing was to be sent there: nobody writes to it now, and news need a new consent."""
    Suppression.objects.filter(email=email).delete()
