"""Donors, Stripe, workers and sweeps in any order: the books end equal to what Stripe charged."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations import gateway, ledger, reconcile, tasks
from donations.models import Donation, LedgerEntry, ProgramTotal, Receipt, Status
from outreach.models import Letter
from programs.models import Program
from sandbox import deliveries
from sandbox.models import Delivery, StripeObject, StripeObjectQuerySet
from tests import content
from tests.giving import DECLINED_CARD, give, pay
from tests.journeys.waiting import post

pytestmark = pytest.mark.django_db(transaction=True)

_AMOUNTS = ("5", "12.50", "50", "1000")


class Story:
    """What may happen to some gifts; `place` chooses among those there are."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.gifts: list[Donation] = []

    def gives(self, place: int) -> None:
        self.gifts.append(give(other_amount=_AMOUNTS[place], amount="other", email=f"d{place}@example.org"))

    def pays(self, place: int) -> None:
        if gift := self._gift(place):
            pay(gift)

    def pays_another_amount(self, place: int) -> None:
        """Stripe says another amount than was asked, by whatever accident, before it tells of it."""
        gift = self._gift(place)
        if gift and Donation.objects.filter(pk=gift.pk, status=Status.PENDING).exists():
            pay(gift)
            about = {"data__metadata__donation": str(gift.public_id), "data__paid": True}
            for charge in StripeObject.objects.of_kind("charge").filter(**about):
                charge.data["amount_captured"] = charge.data["amount"] + 1
                charge.save()

    def is_declined(self, place: int) -> None:
        if gift := self._gift(place):
            pay(gift, DECLINED_CARD)

    def lets_it_expire(self, place: int) -> None:
        if gift := self._gift(place):
            with suppress(gateway.Refused):  # paid, or expired before
                gateway.expire_checkout(gift.stripe_session_id or "")

    def stripe_tells_all(self, place: int) -> None:
        deliveries.deliver_due()

    def stripe_tells_the_last_only(self, place: int) -> None:
        """The others stay on their way."""
        if (last := _events().last()) is not None:
            assert post(last, self.site) == 200

    def stripe_tells_twice(self, place: int) -> None:
        if events := list(_events()):
            deliveries.resend(events[place % len(events)], times=2)
            deliveries.deliver_due()

    def stripe_tells_in_reverse(self, place: int) -> None:
        deliveries.resend_in_reverse(_events())
        deliveries.deliver_due()

    def a_worker_handles(self, place: int) -> None:
        tasks.process_events()

    def the_donor_looks(self, place: int) -> None:
        if gift := self._gift(place):
            reconcile.refresh(Donation.objects.get(pk=gift.pk))

    def the_sweep_looks(self, place: int) -> None:
        long_ago = timezone.now() - dt.timedelta(hours=1)
        Donation.objects.update(created_at=long_ago, checked_at=None)
        tasks.reconcile_pending()

    def ends(self) -> None:
        """Everything that was on its way arrives."""
        Delivery.objects.undelivered().update(due_at=timezone.now())
        self.stripe_tells_all(0)
        self.a_worker_handles(0)
        self.the_sweep_looks(0)

    def _gift(self, place: int) -> Donation | None:
        return self.gifts[place % len(self.gifts)] if self.gifts else None


Step = Callable[[Story, int], None]
_STEPS: list[Step] = [
    Story.gives,
    Story.pays,
    Story.pays_another_amount,
    Story.is_declined,
    Story.lets_it_expire,
    Story.stripe_tells_all,
    Story.stripe_tells_the_last_only,
    Story.stripe_tells_twice,
    Story.stripe_tells_in_reverse,
    Story.a_worker_handles,
    Story.the_donor_looks,
    Story.the_sweep_looks,
]
# Payments more often than the rest: without them there is nothing to get wrong.
_SOME_STEPS = st.lists(
    st.tuples(st.sampled_from([*_STEPS, Story.pays, Story.pays, Story.pays]), st.integers(0, 3)),
    min_size=4,
    max_size=12,
)


def _events() -> StripeObjectQuerySet:
    return StripeObject.objects.of_kind("event").order_by("pk")


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=_SOME_STEPS)
def test_whatever_the_order_the_books_equal_what_stripe_charged(
    stripe_sandbox: str, steps: list[tuple[Step, int]]
) -> None:
    content.begin_anew()
    story = Story(stripe_sandbox)
    for place in range(3):
        story.gives(place)

    for step, place in steps:
        step(story, place)
    story.ends()

    assert_books_equal_stripe()


def assert_books_equal_stripe() -> None:
    paid = [row.data for row in StripeObject.objects.of_kind("charge") if row.data["paid"]]
    charges = [charge for charge in paid if charge["amount_captured"] == charge["amount"]]
    program = Program.objects.get(slug_en="hematology")
    entries = LedgerEntry.objects.all()
    settled = Donation.objects.filter(status=Status.PAID)
    numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))

    assert sorted(entries.values_list("source_ref", flat=True)) == sorted(each["id"] for each in charges)
    assert set(settled.values_list("stripe_charge_id", flat=True)) == {each["id"] for each in charges}
    assert settled.count() == len(charges)
    assert ledger.read_total(program) == ledger.sum_entries(program)
    assert ledger.read_total(program).raised_cents == sum(each["amount"] for each in charges)
    assert (ProgramTotal.objects.aggregate(all=Sum("gifts"))["all"] or 0) == len(charges)
    assert numbers == list(range(1, len(charges) + 1))
    assert Receipt.objects.values("donation").distinct().count() == len(charges)
    assert sorted(Letter.objects.values_list("key", flat=True)) == sorted(
        f"gift-thanks:{gift.public_id}" for gift in settled
    )
    held = Donation.objects.filter(status=Status.HELD)
    assert held.count() == len(paid) - len(charges)
    assert not Donation.objects.filter(status=Status.PROCESSING).exists()
