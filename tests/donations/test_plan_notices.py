"""What donors are told before a payment: a yearly one is near, a card will not last until then. Once each."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from donations.models import Donor, RecurringDonation
from donations.plans import announcing
from outreach import rendering
from outreach.models import Letter
from programs.models import Program

pytestmark = pytest.mark.django_db


def make(program: Program, **changes: Any) -> RecurringDonation:
    donor = Donor.objects.create(
        kind="individual", email="a@example.org", first_name="A", last_name="B", country="FR", language="en"
    )
    fields = {
        "program": program,
        "donor": donor,
        "amount_cents": 12000,
        "frequency": "yearly",
        "language": "en",
        "status": "active",
        "stripe_subscription_id": "sub_1",
        "next_charge_at": timezone.now() + dt.timedelta(days=10),
    }
    return RecurringDonation.objects.create(**(fields | changes))


def test_a_yearly_payment_is_announced_once(program: Program) -> None:
    make(program)

    assert announcing.sweep() == 1
    assert announcing.sweep() == 0

    words = rendering.render(Letter.objects.get(kind="renewal_upcoming"))
    assert "your yearly gift of €120" in words.text
    assert "/en/my-gifts/" in words.text


@pytest.mark.parametrize(
    "changes",
    [
        {"frequency": "monthly"},
        {"status": "paused"},
        {"next_charge_at": timezone.now() + dt.timedelta(days=40)},
        {"status": "ended", "ended_at": timezone.now()},
        {"stop_requested_at": timezone.now()},
    ],
)
def test_nothing_else_is_announced(program: Program, changes: dict[str, Any]) -> None:
    make(program, **changes)

    assert announcing.sweep() == 0


def test_a_plan_that_is_to_end_announces_nothing_although_stripe_does(program: Program) -> None:
    plan = make(program, stop_requested_at=timezone.now())

    assert announcing.announce(plan) is False

    assert not Letter.objects.exists()


def test_a_card_that_ends_before_the_next_payment_is_told_of_once(program: Program) -> None:
    today = timezone.localdate()
    plan = make(
        program,
        frequency="monthly",
        card_last4="4242",
        card_expires_on=today + dt.timedelta(days=5),
        next_charge_at=timezone.now() + dt.timedelta(days=20),
    )

    assert announcing.sweep() == 1
    assert announcing.sweep() == 0
    RecurringDonation.objects.filter(pk=plan.pk).update(card_expires_on=today + dt.timedelta(days=6))
    assert announcing.sweep() == 1

    assert "ends in 4242" in rendering.render(Letter.objects.order_by("pk")[0]).text


@pytest.mark.parametrize(("card_days", "charge_days"), [(25, 20), (20, 20), (60, 70)])
def test_a_card_that_lasts_or_ends_much_later_is_not_spoken_of(
    program: Program, card_days: int, charge_days: int
) -> None:
    make(
        program,
        frequency="monthly",
        card_expires_on=timezone.localdate() + dt.timedelta(days=card_days),
        next_charge_at=timezone.now() + dt.timedelta(days=charge_days),
    )

    assert announcing.sweep() == 0
