"""What will happen by itself: owed when its cause happens, done once when its time has come."""

from datetime import datetime, timedelta

from django.utils import timezone

from sandbox.models import Due, StripeObject


def owe(what: str, target: StripeObject, after: timedelta) -> None:
    """Let `what` happen to `target` after that time; owing it again moves it."""
    Due.objects.update_or_create(what=what, target=target, defaults={"due_at": timezone.now() + after})


def take(what: str, target: StripeObject) -> bool:
    """Whether it is ours to do now; False when it is done, or was never owed.

    Belongs in the transaction that does it, so that it is owed again should that fail.
    """
    taken, _ = Due.objects.filter(what=what, target=target).delete()
    return bool(taken)


def ripe(at: datetime | None = None) -> list[Due]:
    return list(Due.objects.ripe(at).select_related("target"))
