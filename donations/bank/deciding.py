"""What becomes of a line: no gift, with a reason, or open again. That it is a gift is `offline.record`'s."""

from django.contrib.auth.models import User
from django.utils import timezone

from donations.models import BankLine, LineState


def dismiss(line: BankLine, *, by: User, reason: str) -> bool:
    """Say that a line is no gift. True when this call did it; False when it was decided before."""
    return bool(
        BankLine.objects.filter(pk=line.pk, state=LineState.OPEN).update(
            state=LineState.DISMISSED, reason=reason, decided_by=by, decided_at=timezone.now()
        )
    )


def reopen(line: BankLine) -> bool:
    """Take back that a line is no gift. False when it was not dismissed."""
    return bool(
        BankLine.objects.filter(pk=line.pk, state=LineState.DISMISSED).update(
            state=LineState.OPEN, reason="", decided_by=None, decided_at=None
        )
    )
