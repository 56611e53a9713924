"""From one e-mail address to another: only when whoever reads the mail of each has said so.

Two letters, two links, in whichever order. Either side may also say no. The links are signed as the
letters leave and kept nowhere.
"""

import datetime as dt
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from donations import ledger
from donations.donors import limits, sessions
from donations.models import (
    Donor,
    EmailChange,
    ErasureRequest,
    ErasureStatus,
    PlanStatus,
    RecurringDonation,
    SignInLink,
)
from outreach import letters, subscriptions

LIFETIME = dt.timedelta(days=1)
MOST_PER_DAY = 3
_DAY = dt.timedelta(days=1)
_KEEP = dt.timedelta(days=30)
OLD, NEW = "old", "new"

_signer = signing.Signer(salt="donations.donors.email_change", sep="~")


class Unusable(Exception):
    """The change is done, was dropped or is too old, or this side has agreed already."""


class NotOurs(Unusable):
    """It is no link of ours, or not the whole of it."""


def ask(*, old: str, new: str, language: str) -> EmailChange:
    """Owe a letter to each address. A change that was asked for before and is not done is dropped.

    The other half of a double click finds the change that the first half has made. Raises
    `limits.TooOften`: also where others have asked for the new address, whose owner is to be left in peace.
    """
    old, new = old.strip().lower(), new.strip().lower()
    before = waiting(old)
    with transaction.atomic():
        limits.hold(f"email-change-from:{old}")
        now_waiting = waiting(old)
        if now_waiting and now_waiting != before and now_waiting.new_email == new:
            return now_waiting
        limits.check(EmailChange.objects.filter(old_email=old), most=MOST_PER_DAY, within=_DAY)
        limits.hold(f"email-change-to:{new}")
        limits.check(EmailChange.objects.filter(new_email=new), most=MOST_PER_DAY, within=_DAY)
        return _begin(old, new, language)


def waiting(old: str) -> EmailChange | None:
    """The change that this address has asked for and that is not done yet."""
    return _open().filter(old_email=old).first()


def address_for_old(reference: str) -> str:
    """The link in the letter to the old address, made as it leaves."""
    return _address(reference, OLD)


def address_for_new(reference: str) -> str:
    """The link in the letter to the new address, made as it leaves."""
    return _address(reference, NEW)


def find(token: str) -> tuple[EmailChange, str]:
    """The change that this link can still agree to, and its side. Raises `Unusable`."""
    reference, side = _read(token)
    change = _open().filter(**{"reference": reference, f"{side}_agreed_at": None}).first()
    if change is None:
        raise Unusable
    return change, side


def agree(token: str) -> bool:
    """Agree for one side, once. True when both have now, and the address has changed. Raises `Unusable`.

    Stripe is then still to be told (`plans.readdressing`), which uses the network.
    """
    change, side = find(token)
    now = timezone.now()
    with transaction.atomic():
        for address in sorted({change.old_email, change.new_email}):
            limits.hold_donor(address)
        mine = _open().filter(**{"pk": change.pk, f"{side}_agreed_at": None})
        if not mine.update(**{f"{side}_agreed_at": now}):
            raise Unusable
        # Two who agree at once both come here; the second sees what the first has written.
        agreed = _open().filter(pk=change.pk, old_agreed_at__isnull=False, new_agreed_at__isnull=False)
        if not agreed.update(done_at=now):
            return False
        _move(change.old_email, change.new_email)
    return True


def refuse(token: str) -> None:
    """Say no for one side: the other's link does nothing from now on.

    Raises `Unusable`, also where the change was made a moment before: no comes too late then.
    """
    change, _side = find(token)
    if not _unfinished().filter(pk=change.pk).update(dropped_at=timezone.now()):
        raise Unusable


def tidy() -> int:
    """Forget the changes of long ago: how many."""
    return EmailChange.objects.filter(asked_at__lt=timezone.now() - _KEEP).delete()[0]


def _begin(old: str, new: str, language: str) -> EmailChange:
    now = timezone.now()
    _unfinished().filter(old_email=old).update(dropped_at=now)
    change = EmailChange.objects.create(
        old_email=old, new_email=new, language=language, expires_at=now + LIFETIME
    )
    for side, to in ((OLD, old), (NEW, new)):
        letters.owe(
            key=f"email-change:{change.reference}:{side}",
            kind=f"email_change_{side}",
            to=to,
            language=language,
            facts={"reference": str(change.reference), "new_email": new},
        )
    return change


def _move(old: str, new: str) -> None:
    """Everything that is addressed to a donor from now on goes to the new address."""
    plans = RecurringDonation.objects.filter(donor__email=old)
    # Stripe has the old one and writes there before each debit: it is told once this is committed. Plans are
    # locked before their programmes, as where Stripe tells of a plan.
    plans.exclude(status=PlanStatus.ENDED).update(customer_email_due_at=timezone.now())
    ledger.join_donors(old, new)
    Donor.objects.filter(email=old).update(email=new)
    subscriptions.move(old, new)
    letters.move(old, new)
    _move_request(old, new)
    SignInLink.objects.filter(email=old).delete()
    sessions.end_all(old)
    _unfinished().filter(Q(old_email__in=[old, new]) | Q(new_email=old)).update(dropped_at=timezone.now())


def _move_request(old: str, new: str) -> None:
    """The wish to be forgotten goes with the address; where both had it, it is one wish."""
    refused = ErasureRequest.objects.filter(email=old, status=ErasureStatus.REFUSED)
    refused.update(email=new, digest=limits.digest(new))
    waiting = ErasureRequest.objects.filter(status=ErasureStatus.WAITING)
    if waiting.filter(email=new).exists():
        waiting.filter(email=old).delete()
    else:
        waiting.filter(email=old).update(email=new, digest=limits.digest(new))


def _unfinished() -> QuerySet[EmailChange]:
    return EmailChange.objects.filter(done_at=None, dropped_at=None)


def _open() -> QuerySet[EmailChange]:
    return _unfinished().filter(expires_at__gt=timezone.now())


def _address(reference: str, side: str) -> str:
    change = EmailChange.objects.get(reference=reference)
    token = _signer.sign(f"{change.reference.hex}-{side}")
    with translation.override(change.language):
        path = reverse("donations:my_gifts_email_agree", kwargs={"token": token})
    return urljoin(settings.SITE_URL, path)


def _read(token: str) -> tuple[UUID, str]:
    try:
        reference, _dash, side = _signer.unsign(token).partition("-")
        return UUID(reference), side
    except (signing.BadSignature, ValueError):
        raise NotOurs from None
