"""What is promised: the payments of active plans before the programme's end, apart from what has arrived."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import plans, promised
from donations.models import Donor, EndReason, PlanStatus, RecurringDonation
from programs.models import Program


@pytest.mark.parametrize(
    ("frequency", "first", "last", "count"),
    [
        ("monthly", (2026, 1, 15), (2026, 1, 15), 1),
        ("monthly", (2026, 1, 15), (2026, 2, 14), 1),
        ("monthly", (2026, 1, 15), (2026, 12, 31), 12),
        ("monthly", (2026, 1, 31), (2030, 12, 31), 60),
        ("monthly", (2026, 1, 16), (2026, 1, 15), 0),
        ("monthly", (2027, 1, 1), (2026, 1, 1), 0),
        ("yearly", (2026, 6, 1), (2030, 12, 31), 5),
        ("yearly", (2026, 6, 1), (2027, 5, 31), 1),
        ("yearly", (2028, 2, 29), (2029, 2, 28), 2),
        ("yearly", (2028, 2, 29), (2029, 2, 27), 1),
        ("monthly", (2026, 1, 31), (2026, 4, 30), 4),
        ("monthly", (2026, 1, 31), (2026, 4, 29), 3),
    ],
)
def test_payments_are_counted_to_the_day(
    frequency: str, first: tuple[int, int, int], last: tuple[int, int, int], count: int
) -> None:
    assert promised.payments(frequency, dt.date(*first), dt.date(*last)) == count


def monthly(program: Program, status: PlanStatus, **values: Any) -> RecurringDonation:
    """A plan of ten euros a month."""
    donor, _ = Donor.objects.get_or_create(
        kind="individual", email="a@example.org", first_name="A", last_name="B", country="FR", language="en"
    )
    return RecurringDonation.objects.create(
        program=program,
        donor=donor,
        amount_cents=1000,
        frequency="monthly",
        language="en",
        status=status,
        stripe_subscription_id=f"sub_{status}",
        **values,
    )


@pytest.mark.django_db
def test_a_plan_that_is_set_to_end_promises_what_comes_before(program: Program) -> None:
    first = timezone.now() + dt.timedelta(days=3)
    monthly(program, PlanStatus.ACTIVE, next_charge_at=first, ends_at=first + dt.timedelta(days=40))

    assert promised.pledged_cents(program) == 2000


@pytest.mark.django_db
def test_only_active_plans_promise_and_the_page_says_it_apart(program: Program, client: Client) -> None:
    last_but_one = dt.datetime.combine(program.ends_on, dt.time(12), tzinfo=timezone.get_default_timezone())
    last_but_one -= dt.timedelta(days=32)
    for status in PlanStatus:
        ended_at = timezone.now() if status == PlanStatus.ENDED else None
        monthly(program, status, ended_at=ended_at, next_charge_at=last_but_one)

    assert promised.pledged_cents(program) == 2000
    assert client.get("/programs/hematology/progress.json").json()["pledged_cents"] == 2000
    page = client.get("/en/hematology/").content.decode()
    assert "€20.00" in page[page.index("Pledged, not counted") :][:400]


@pytest.mark.django_db
def test_a_wish_to_end_is_on_the_page_at_once_also_while_stripe_is_silent(
    client: Client, program: Program
) -> None:
    first = timezone.now() + dt.timedelta(days=3)
    running = monthly(program, PlanStatus.ACTIVE, next_charge_at=first)
    page = program.get_absolute_url()
    before = client.get(page).content

    plans.stop(running, EndReason.DONOR)

    assert promised.pledged_cents(program) == 0
    assert client.get(page).content != before
