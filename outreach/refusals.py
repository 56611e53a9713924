"""Whom not to write to, decided at the last moment before a letter leaves."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from outreach.models import WITHDRAWN, Letter, Reason, Subscription, Suppression
from programs.models import UpdateStatus

_NOWHERE = ".invalid"  # what stands in place of an erased address


def for_batch(letters: Iterable[Letter]) -> Mapping[str, str]:
    """The suppressed among these letters' addresses, with the reason; one query."""
    addresses = {letter.to.lower() for letter in letters}
    return dict(Suppression.objects.filter(email__in=addresses).values_list("email", "reason"))


def reachable(email: str) -> bool:
    """Whether a letter about the reader's own gift would leave for this address, as things stand."""
    if not email or email.endswith(_NOWHERE):
        return False
    return not Suppression.objects.filter(email=email.lower(), reason=Reason.HARD_BOUNCE).exists()


def reason(letter: Letter, suppressed: Mapping[str, str]) -> str:
    """Why this letter must not be sent, or nothing.

    Nothing leaves for a placeholder: no domain ends in `.invalid` (RFC 2606).

    A letter about the reader's own gift stops only at an address that does not exist. News stops at any
    suppression, when the subscription has ended (asked of the database now, not when the letter was owed),
    and when staff have withdrawn the update.
    """
    if letter.to.endswith(_NOWHERE):
        return "Its reader was erased."
    known = suppressed.get(letter.to.lower(), "")
    if letter.broadcast is None:
        return f"Suppressed: {known}" if known == Reason.HARD_BOUNCE else ""
    if known:
        return f"Suppressed: {known}"
    if not _still_published(letter):
        return WITHDRAWN
    subscription = letter.subscription
    if subscription is None or not Subscription.objects.active().filter(pk=subscription.pk).exists():
        return "Unsubscribed."
    return ""


def _still_published(letter: Letter) -> bool:
    update = letter.broadcast.update if letter.broadcast else None
    return (
        update is not None
        and update.status == UpdateStatus.PUBLISHED
        and update.published_at is not None
        and update.published_at <= timezone.now()
    )
