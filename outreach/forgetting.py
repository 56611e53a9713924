"""Taking a person out of what was written to them: that a letter left stays known, not to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet
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


def forget(email: str, instead: str, *, but: str) -> None:
    """Put `instead` in place of the address; no letter goes there, and nothing of what they said is kept.

    The letter with the key `but` is left for now: see `forget_last`. In the caller's transaction.
    """
    for subscription in Subscription.objects.filter(email=email):
        Subscription.objects.filter(pk=subscription.pk).update(
            email=instead,
            token=new_token(),
            unsubscribed_at=Coalesce(F("unsubscribed_at"), timezone.now()),
        )
    _empty(Letter.objects.filter(to=email).exclude(key=but), instead)
    # Nobody writes there any more, and news need a new consent. Whether the mailbox exists, the letter asks.
    Suppression.objects.filter(email=email).exclude(reason=Reason.HARD_BOUNCE).delete()


def forget_last(email: str, instead: str, *, key: str) -> None:
    """The last letter, with this key, has left: forget to whom, and that it may have come back.

    What else is under the address by now is of somebody who came back, or has moved there. Safe to repeat.
    """
    _empty(Letter.objects.filter(Q(key=key) | Q(to=instead)), instead)
    Suppression.objects.filter(email=email, reason=Reason.HARD_BOUNCE).delete()


def _empty(theirs: QuerySet[Letter], instead: str) -> None:
    waiting = theirs.filter(state__in=[State.QUEUED, State.FAILED])
    waiting.update(state=State.SUPPRESSED, error="Its reader was erased.")
    theirs.update(to=instead, facts={}, attachments=[], subject="", text="", html="")


def forget_name(kind: str, *, admin_paths: Iterable[str]) -> None:
    """Take the donor's name out of letters to others about gifts. In the caller's transaction.

    The site may have had another address when it wrote them: only the path counts.
    """
    about = [Q(facts__admin_url__endswith=path) for path in admin_paths]
    for letter in Letter.objects.filter(reduce(or_, about, Q(pk__in=())), kind=kind):
        facts = letter.facts | {"donor_name": "—"}
        Letter.objects.filter(pk=letter.pk).update(facts=facts, subject="", text="", html="")
