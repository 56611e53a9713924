"""Whether Stripe is set up for this site: told of every event we handle, and nothing in the wrong mode."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import reverse

from donations import gateway, hearing
from donations.gateway import Endpoint
from donations.models import Donation, PlanStatus, RecurringDonation, Status

_WAITING = (Status.PENDING, Status.PROCESSING, Status.HELD)


@dataclass(frozen=True)
class Problem:
    """What is wrong, in a sentence, and what to do about it."""

    text: str
    hint: str


def address() -> str:
    """Where Stripe must send its events to."""
    return urljoin(settings.SITE_URL, reverse("stripe_webhook"))


def problems() -> list[Problem]:
    """Everything that would keep this site from hearing of its money. Empty when all is well.

    Asks Stripe; changes nothing. Raises `gateway.Unavailable`, also where the key may not read that, or
    `gateway.Refused`.
    """
    return [*_of_endpoints(gateway.endpoints()), *_of_payment_page(), *_of_modes()]


def _of_endpoints(found: list[Endpoint]) -> Iterator[Problem]:
    ours = [each for each in found if _same_place(each.url, address())]
    if not ours:
        yield Problem(
            f"No webhook endpoint points at {address()}.",
            "Add one in Stripe’s dashboard, Developers, Webhooks. Its signing secret is"
            " STRIPE_WEBHOOK_SECRET.",
        )
    if len(ours) > 1:
        yield Problem(
            f"{len(ours)} webhook endpoints point at {address()}.",
            "Keep the one whose signing secret is STRIPE_WEBHOOK_SECRET: the others’ events are refused.",
        )
    for each in ours:
        yield from _of_endpoint(each)


def _of_endpoint(endpoint: Endpoint) -> Iterator[Problem]:
    if not endpoint.enabled:
        yield Problem(f"{endpoint.endpoint_id} is disabled.", "Enable it, then run `manage.py reconcile`.")
    if endpoint.livemode != gateway.is_live():
        yield Problem(
            f"{endpoint.endpoint_id} is an endpoint of {_mode(endpoint.livemode)} mode, the key is of"
            f" {_mode(gateway.is_live())} mode.",
            "Use the key and the signing secret of the same mode.",
        )
    if lacking := endpoint.lacks(frozenset(hearing.HANDLERS)):
        yield Problem(
            f"{endpoint.endpoint_id} is not sent {', '.join(lacking)}.",
            "Add these events to the endpoint, then run `manage.py reconcile`.",
        )
    if endpoint.api_version != gateway.api_version():  # none is the account's own, whichever that is
        spoken = (
            f"API version {endpoint.api_version}" if endpoint.api_version else "the account’s own version"
        )
        yield Problem(
            f"{endpoint.endpoint_id} speaks {spoken}, we {gateway.api_version()}.",
            "Make a new endpoint with our version: an endpoint keeps the one it was made with.",
        )


def _of_payment_page() -> Iterator[Problem]:
    """Stripe opens no page for a donor before somebody has said in its dashboard what may be done there."""
    if not gateway.payment_page_is_set_up():
        mode = _mode(gateway.is_live())
        yield Problem(
            "Stripe’s page where donors change their card or account cannot be opened.",
            f"Save the customer portal’s settings in {mode} mode, with changing the way of paying on"
            " (Stripe’s dashboard, Settings, Billing).",
        )


def _of_modes() -> Iterator[Problem]:
    """Rows that Stripe would not know under this key."""
    other = not gateway.is_live()
    gifts = Donation.objects.filter(status__in=_WAITING, livemode=other).exclude(stripe_session_id=None)
    if count := gifts.count():
        yield Problem(
            f"{count} waiting gifts were begun in {_mode(other)} mode.",
            "Under this key Stripe does not know them. Put back the other key until they have ended.",
        )
    plans = RecurringDonation.objects.filter(livemode=other).exclude(
        status__in=[PlanStatus.PENDING, PlanStatus.ENDED]
    )
    if count := plans.count():
        yield Problem(
            f"{count} recurring gifts run in {_mode(other)} mode.",
            "Their payments are not heard of under this key. End them, or put back the other key.",
        )


def _same_place(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc, first.path) == (second.scheme, second.netloc, second.path)


def _mode(live: bool) -> str:
    return "live" if live else "test"
