"""Being forgotten at Stripe too: its customer goes, what it told us of them goes, the payments stay."""

import re
from typing import Any

import pytest
from django.utils import timezone

from donations import gateway, plans, webhooks
from donations.donors import erasure
from donations.models import Donation, EndReason, ErasureRequest, StripeEvent
from programs.models import Program
from sandbox.models import StripeObject
from tests import planning, staff
from tests.broken_stripe import broken_stripe

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "camille@example.org"


def keep_events() -> None:
    """Put whatever the sandbox has told so far into the inbox, as it came."""
    for event in StripeObject.objects.of_kind("event").order_by("pk"):
        StripeEvent.objects.get_or_create(
            event_id=event.object_id,
            defaults={
                "type": event.data["type"],
                "livemode": False,
                "payload": event.data,
                "created_at": timezone.now(),
            },
        )


def inbox() -> str:
    return str(list(StripeEvent.objects.values_list("payload", flat=True)))


@pytest.fixture
def asked(stripe_sandbox: str, program: Program) -> ErasureRequest:
    """By a donor whose recurring gift has ended."""
    plans.cancel(planning.begin(), reason=EndReason.DONOR)
    keep_events()
    assert EMAIL in inbox()
    return erasure.ask(EMAIL, "en")


def test_stripe_forgets_its_customer_as_soon_as_it_answers(asked: ErasureRequest, settings: Any) -> None:
    customer_id, working = planning.plan().stripe_customer_id, settings.STRIPE_API_BASE
    with broken_stripe(500) as settings.STRIPE_API_BASE:
        erasure.erase(asked, by=staff.member("Treasurer"))
        assert erasure.finish_at_stripe() == 0
    assert ErasureRequest.objects.filter(stripe_forgotten_at=None).exists()
    settings.STRIPE_API_BASE = working

    gateway.forget_customer(customer_id)  # by a worker that was killed before it could say so
    assert (erasure.finish_at_stripe(), erasure.finish_at_stripe()) == (1, 0)

    assert not ErasureRequest.objects.filter(stripe_forgotten_at=None).exists()
    customer = StripeObject.objects.get(object_id=customer_id)
    assert customer.data == {"id": customer_id, "object": "customer", "deleted": True}
    kept = gateway.fetch_reversals(Donation.objects.get().stripe_charge_id or "")
    assert kept.payment is not None


def test_one_that_stripe_has_never_known_is_not_said_to_be_forgotten(stripe_sandbox: str) -> None:
    with pytest.raises(gateway.Refused):
        gateway.forget_customer("cus_unknown")


def test_nothing_that_stripe_told_or_tells_later_names_the_donor(asked: ErasureRequest) -> None:
    erasure.erase(asked, by=staff.member("Treasurer"))
    assert not re.search(f"{EMAIL}|Camille", inbox())
    erasure.finish_at_stripe()
    keep_events()  # of the customer that is deleted, who is told of whole
    assert EMAIL in inbox()
    erasure.finish_at_stripe()
    assert not re.search(f"{EMAIL}|Camille", inbox())

    # What is left of them is enough to ask Stripe by.
    assert all(webhooks.process(event.pk) for event in StripeEvent.objects.order_by("pk"))
    assert "settled" not in set(StripeEvent.objects.values_list("outcome", flat=True))
