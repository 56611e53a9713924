"""Which gift of ours an event is about."""

from collections.abc import Callable
from typing import Any

from donations.models import Donation

Handler = Callable[[dict[str, Any]], str]


class UnknownDonation(Exception):
    """Stripe speaks of a gift that names us but that we have never heard of."""


def named(thing: dict[str, Any]) -> Donation | None:
    """The gift that the object names in its metadata; None when it names none of this site's.

    Raises `UnknownDonation` for a name that is not here: a person must look.
    """
    name = (thing.get("metadata") or {}).get("donation")
    if not name:
        return None
    donation = Donation.objects.select_related("donor", "program", "designation", "plan").named(name)
    if donation is None:
        raise UnknownDonation(f"{thing.get('id')} names the donation {name!r}, which is not here")
    return donation
