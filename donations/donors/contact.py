"""Where a donor lives and which language they read: for gifts to come.

A donor's row is what they said with a gift, and stays as it was: documents that were issued, and gifts
already made, keep it. A change makes a new row, and the recurring gifts that go on point to it from then on.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from donations.donors import erasure, limits
from donations.models import Donation, Donor, PlanStatus, RecurringDonation
from outreach import subscriptions

# What makes it the same giver, whatever the address.
_IDENTITY = ("kind", "email", "first_name", "last_name", "company_name", "siren", "legal_form")


@dataclass(frozen=True)
class Contact:
    address: str
    postal_code: str
    city: str
    country: str
    language: str


@dataclass(frozen=True)
class Giver:
    """One name under which an address has given: its newest row, and a gift by which pages name it."""

    donor: Donor
    gift_id: UUID


def givers(email: str) -> list[Giver]:
    """Each name once, the one that gave last first."""
    gifts = Donation.objects.filter(donor__email=email).order_by("created_at", "pk")
    named = {_identity(gift.donor): gift.public_id for gift in gifts.select_related("donor")}
    newest = {_identity(donor): donor for donor in Donor.objects.filter(email=email).order_by("pk")}
    return [Giver(newest[identity], gift_id) for identity, gift_id in reversed(list(named.items()))]


def find(email: str, gift_id: UUID) -> Donor | None:
    """The newest row of whoever made this gift, where it is a gift of this address."""
    gift = Donation.objects.select_related("donor").filter(public_id=gift_id, donor__email=email).first()
    return _same(gift.donor).order_by("-pk").first() if gift else None


def of(donor: Donor) -> Contact:
    return Contact(donor.address, donor.postal_code, donor.city, donor.country, donor.language)


def change(donor: Donor, wanted: Contact) -> bool:
    """Use this address and language from now on. False when nothing differs; repeating is fine.

    A plan that goes on may still have an older row than the newest, which a later gift has made.
    """
    with transaction.atomic():
        limits.hold_donor(donor.email)  # as a change of e-mail does, which moves every row
        donor.refresh_from_db()
        if erasure.is_placeholder(donor.email):  # erased while this waited: nothing is written down anew
            return False
        newest = _same(donor).order_by("-pk")[0]
        differs = of(newest) != wanted
        if differs:
            identity = {name: getattr(newest, name) for name in _IDENTITY}
            newest = Donor.objects.create(**identity, **vars(wanted))
        going_on = RecurringDonation.objects.filter(donor__in=_same(donor)).exclude(status=PlanStatus.ENDED)
        others = going_on.exclude(donor=newest, language=wanted.language)
        moved = others.update(donor=newest, language=wanted.language)
        subscriptions.write_in(newest.email, wanted.language)
    return differs or moved > 0


def _same(donor: Donor) -> QuerySet[Donor]:
    return Donor.objects.filter(**{name: getattr(donor, name) for name in _IDENTITY})


def _identity(donor: Donor) -> tuple[str, ...]:
    return tuple(getattr(donor, name) for name in _IDENTITY)
