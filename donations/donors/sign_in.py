"""A link by e-mail instead of a password: asked for, answered, used once.

Asking never looks whether an address is known. It leaves a row, the same for everybody; a worker
answers it, and writes only to an address that gifts were made with. So neither the page nor the time
it takes can tell a stranger who gives.
"""

import datetime as dt
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from donations.donors import limits
from donations.models import Donor, SignInLink
from outreach import letters

LIFETIME = dt.timedelta(minutes=30)
WINDOW = dt.timedelta(minutes=15)
MOST_PER_ADDRESS = 3
MOST_PER_NETWORK = 30
# A link that was never used or has been: nothing needs the row, and it holds an address.
_KEEP = dt.timedelta(days=1)
_BATCH = 200

_signer = signing.Signer(salt="donations.donors.sign_in", sep="~")


class Unusable(Exception):
    """The link was used, or is too old."""


class NotOurs(Unusable):
    """It is no link of ours, or not the whole of it."""


def ask(*, email: str, language: str, network: str) -> None:
    """Ask for a link. The same row and the same work whoever has that address.

    `network` is a keyed hash; empty where it is not known, and then not counted.
    Raises `limits.TooOften` where the address, or the network it is asked from, has had its share.
    """
    address = email.strip().lower()
    with transaction.atomic():
        limits.hold(f"sign-in:{address}")
        limits.check(SignInLink.objects.filter(email=address), most=MOST_PER_ADDRESS, within=WINDOW)
        if network:
            limits.hold(f"sign-in-from:{network}")
            limits.check(SignInLink.objects.filter(network=network), most=MOST_PER_NETWORK, within=WINDOW)
        SignInLink.objects.create(
            email=address, language=language, network=network, expires_at=timezone.now() + LIFETIME
        )


def answer_waiting() -> int:
    """Owe a letter for each link asked for with an address that gifts were made with; returns how many.

    Any number may run at once, and again: a letter is owed once for a link.
    """
    waiting = SignInLink.objects.filter(answered_at=None).order_by("asked_at")
    return sum(_answer(link) for link in waiting[:_BATCH])


def address(reference: str) -> str:
    """The link itself, for the letter that carries it, made as the letter leaves."""
    link = SignInLink.objects.get(reference=reference)
    with translation.override(link.language):
        path = reverse("donations:my_gifts_open", kwargs={"token": _signer.sign(link.reference.hex)})
    return urljoin(settings.SITE_URL, path)


def find(token: str) -> SignInLink:
    """The link that can still be used. Raises `Unusable`."""
    link = _open(token).first()
    if link is None:
        raise Unusable
    return link


def use(token: str) -> str:
    """Use the link up: the e-mail address that it proves. One call wins. Raises `Unusable`."""
    link = find(token)
    if not _open(token).update(used_at=timezone.now()):
        raise Unusable
    return link.email


def tidy() -> int:
    """Forget the links of days past: how many."""
    return SignInLink.objects.filter(expires_at__lt=timezone.now() - _KEEP).delete()[0]


def _answer(link: SignInLink) -> bool:
    with transaction.atomic():
        mine = SignInLink.objects.filter(pk=link.pk, answered_at=None).update(answered_at=timezone.now())
        if (
            not mine
            or link.expires_at < timezone.now()
            or not Donor.objects.filter(email=link.email).exists()
        ):
            return False
        return letters.owe(
            key=f"sign-in:{link.reference}",
            kind="sign_in",
            to=link.email,
            language=link.language,
            facts={"reference": str(link.reference), "minutes": int(LIFETIME.total_seconds()) // 60},
        )


def _open(token: str) -> QuerySet[SignInLink]:
    try:
        reference = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotOurs from None
    return SignInLink.objects.filter(reference=reference, used_at=None, expires_at__gt=timezone.now())
