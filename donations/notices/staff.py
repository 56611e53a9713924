"""What the foundation's own people must know of a gift: a short letter that leads to it in the admin."""

import datetime as dt
from collections.abc import Callable, Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from donations.models import Donation
from donations.receipts import issuer
from outreach import forgetting, letters, refusals

_LANGUAGE = "fr"  # the foundation's own


def tell(
    what: str,
    key: str,
    gift: Donation,
    *,
    cents: int,
    due_by: dt.datetime | None = None,
    currency: str = "",
    why: Callable[[], str] = str,
) -> None:
    """Owe each address of STAFF_EMAIL, or else the issuer’s, one letter; nobody where neither is set.

    `what` is one of the cases of `templates/letters/staff_notice/`. `cents` are the gift's, or of another
    `currency` that it was paid in. `why` says a reason in the language
    it is called in, which is the letter's.
    """
    with translation.override(_LANGUAGE):
        reason = why()
    for address in _addresses():
        letters.owe(
            key=f"staff:{what}:{key}:{address}"[:200],
            kind="staff_notice",
            to=address,
            language=_LANGUAGE,
            facts={
                "what": what,
                "amount_cents": cents,
                "currency": currency or gift.currency,
                "donor_name": gift.donor.name,
                "program_title": gift.program.title,
                "reason": reason,
                "unreachable": not refusals.reachable(gift.donor.email),
                "due_on": timezone.localdate(due_by).isoformat() if due_by else "",
                "admin_url": urljoin(settings.SITE_URL, _path(gift)),
                "specimen": not gift.livemode,
            },
        )


def forget(gifts: Iterable[Donation]) -> None:
    """Take whoever made these gifts out of what was written about them. In the caller's transaction."""
    forgetting.forget_name("staff_notice", admin_paths=[_path(gift) for gift in gifts])


def _path(gift: Donation) -> str:
    return reverse("admin:donations_donation_change", args=[gift.pk])


def _addresses() -> list[str]:
    return list(settings.STAFF_EMAIL) or [each for each in [issuer.current().contact_email] if each]
