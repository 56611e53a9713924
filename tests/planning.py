"""Recurring gifts in tests: begun as a donor would, time passing at Stripe, and what Stripe tells of it."""

import datetime as dt
from typing import Any

import requests
from django.utils import timezone

from donations import reconcile
from donations.hearing import HANDLERS
from donations.models import Donation, RecurringDonation
from outreach.models import Letter
from sandbox.billing import renewals
from sandbox.models import StripeObject
from tests.giving import GOOD_CARD, give, pay

# Taken at first, declined at each renewal.
FAILING_CARD = "4000000000000341"
# Authenticated at first, and again at each renewal.
CONFIRMING_CARD = "4000002760003184"


def begin(card: str = GOOD_CARD, *, frequency: str = "monthly", **changes: Any) -> RecurringDonation:
    """A plan whose first payment is made and settled."""
    donation = give(frequency=frequency, **changes)
    if "authenticate" in pay(donation, card).headers.get("Location", ""):
        authenticate(donation.checkout_url)
    reconcile.refresh(Donation.objects.select_related("donor", "program", "plan").get(pk=donation.pk))
    return plan()


def authenticate(address: str) -> None:
    requests.post(address + "authenticate/", data={"action": "complete"}, allow_redirects=False, timeout=20)


def plan() -> RecurringDonation:
    """The only plan there is, as it stands."""
    return RecurringDonation.objects.select_related("donor", "program").get()


def pass_days(days: float) -> None:
    """Let so many days pass at Stripe."""
    renewals.run_due(int((timezone.now() + dt.timedelta(days=days)).timestamp()))


def hear() -> list[str]:
    """Handle every event of the sandbox, in order, as if each had just come: what was done about each."""
    events = StripeObject.objects.of_kind("event").order_by("pk")
    return [
        HANDLERS[event.data["type"]](event.data["data"]["object"])
        for event in events
        if event.data["type"] in HANDLERS
    ]


def mend(failing: RecurringDonation) -> None:
    """Pay the failed renewal with another card on the hosted page."""
    card = {"card": "5555555555554444", "action": "pay"}
    answer = requests.post(failing.mend_url, data=card, allow_redirects=False, timeout=20)
    assert answer.status_code < 400, answer.text


def letter_kinds() -> list[str]:
    """Of all the letters that are owed, in the order they came."""
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))
