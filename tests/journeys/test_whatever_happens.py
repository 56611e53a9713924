"""Donors, Stripe, staff, webhooks, dying workers and sweeps in any order: the money is never wrong.

`STORIES=500 make test ARGS=tests/journeys/test_whatever_happens.py` tells more stories than the suite does.
"""

import datetime as dt
import os
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from donations import (
    checkout,
    comparison,
    gateway,
    ledger,
    payments,
    plans,
    reconcile,
    refunds,
    review,
    tasks,
)
from donations.forms import GiftForm
from donations.models import (
    Donation,
    EndReason,
    EntryKind,
    LedgerEntry,
    PlanStatus,
    Receipt,
    ReceiptState,
    RecurringDonation,
    Refund,
    Status,
    StripeEvent,
)
from donations.payments import MOVES
from outreach.models import Letter
from programs.models import Program
from sandbox import deliveries, disputes, errors, store, sweep
from sandbox import refunds as stripe_refunds
from sandbox.models import Delivery, StripeObject, StripeObjectQuerySet
from tests import content
from tests.giving import DECLINED_CARD, GOOD_CARD, debit, form_data, give, pay
from tests.journeys.dying import dying_after
from tests.journeys.waiting import post

pytestmark = pytest.mark.django_db(transaction=True)

_STORIES = int(os.environ.get("STORIES", "6"))
_CARDS = [GOOD_CARD, GOOD_CARD, DECLINED_CARD, "4000000000000259", "4000000000000341"]
_IBANS = [
    "FR1420041010050500013M02606",  # paid
    "FR3020041010050500013M02609",  # paid later
    "FR8420041010050500013M02607",  # refused
    "FR5720041010050500013M02608",  # paid, then contested
]
_PLACES = st.integers(0, 3)


def reachable(before: str, after: str) -> bool:
    """Whether the table of moves leads from one status to the other, in any number of moves."""
    seen, todo = {Status(before)}, [Status(before)]
    while todo:
        fresh = MOVES[todo.pop()] - seen
        seen |= fresh
        todo += fresh
    return Status(after) in seen


class Campaign(RuleBasedStateMachine):
    """What may happen to a few gifts and plans; `place` chooses among those there are."""

    site = ""

    @initialize()
    def begins(self) -> None:
        content.begin_anew()
        self.treasurer = User.objects.create_user("treasurer")
        self.statuses: dict[int, str] = {}
        self.later = timezone.now()
        give(email="d0@example.org")

    # --- Donors ---

    @rule(place=_PLACES, frequency=st.sampled_from(["once", "once", "monthly"]))
    def gives(self, place: int, frequency: str) -> None:
        give(email=f"d{place}@example.org", amount="other", other_amount="12.50", frequency=frequency)

    @rule(place=_PLACES)
    def gives_in_an_odd_way(self, place: int) -> None:
        """Its money will only be set aside until somebody has looked."""
        program = Program.objects.get(slug_en="hematology")
        form = GiftForm(form_data(email=f"d{place}@example.org"), program=program)
        assert form.is_valid()
        checkout.start(program, form.answers(), token="", review_because="odd")

    @rule(place=_PLACES, card=st.sampled_from(_CARDS))
    def pays_by_card(self, place: int, card: str) -> None:
        if gift := self._gift(place):
            pay(gift, card)

    @rule(place=_PLACES, iban=st.sampled_from(_IBANS))
    def pays_by_debit(self, place: int, iban: str) -> None:
        if gift := self._gift(place):
            debit(gift, iban)

    @rule(place=_PLACES)
    def lets_it_expire(self, place: int) -> None:
        gift = self._gift(place)
        if gift and gift.stripe_session_id:
            with suppress(gateway.Refused):  # paid, or expired before
                gateway.expire_checkout(gift.stripe_session_id)

    @rule(place=_PLACES)
    def looks_at_the_thank_you_page(self, place: int) -> None:
        if gift := self._gift(place):
            with suppress(payments.Impossible):
                reconcile.refresh(gift)

    @rule(place=_PLACES)
    def cancels(self, place: int) -> None:
        running = RecurringDonation.objects.exclude(status__in=[PlanStatus.PENDING, PlanStatus.ENDED])
        if found := running.order_by("pk"):
            plans.cancel(found[place % len(found)], reason=EndReason.DONOR)

    # --- Banks and Stripe ---

    @rule()
    def banks_answer(self) -> None:
        sweep.settle_due(self.later + dt.timedelta(minutes=10))

    @rule()
    def a_month_passes_at_stripe(self) -> None:
        self.later += dt.timedelta(days=32)
        sweep.settle_due(self.later)

    @rule(place=_PLACES)
    def a_bank_contests(self, place: int) -> None:
        if charge := self._charge(place, disputed=False, refunded=False):
            store.retrying(lambda: disputes.open_for(store.fetch("charge", charge)))

    @rule(place=_PLACES, won=st.booleans())
    def a_dispute_ends(self, place: int, won: bool) -> None:
        open_ones = StripeObject.objects.of_kind("dispute").filter(data__status="needs_response")
        if found := list(open_ones.order_by("pk").values_list("object_id", flat=True)):
            dispute = found[place % len(found)]
            end = disputes.win if won else disputes.lose
            store.retrying(lambda: end(store.fetch("dispute", dispute)))

    # --- Staff ---

    @rule(place=_PLACES, cents=st.sampled_from([200, 1250, 5000]))
    def staff_refunds(self, place: int, cents: int) -> None:
        if gift := self._gift(place, status=Status.PAID):
            with suppress(refunds.NotPossible):
                refunds.ask(gift, cents=cents, reason="donor", note="", by=self.treasurer)

    @rule(place=_PLACES, cents=st.sampled_from([300, None]))
    def somebody_refunds_at_stripe(self, place: int, cents: int | None) -> None:
        if charge := self._charge(place, refunded=False):
            with suppress(errors.InvalidRequest):  # more than is left, or contested
                store.retrying(lambda: stripe_refunds.give_back(store.fetch("charge", charge), cents))

    @rule(place=_PLACES, take=st.booleans())
    def staff_decide(self, place: int, take: bool) -> None:
        if gift := self._gift(place, status=Status.HELD):
            self._decide(gift, take)

    # --- Webhooks, workers, sweeps ---

    @rule()
    def stripe_tells_all(self) -> None:
        deliveries.deliver_due()

    @rule()
    def stripe_tells_the_last_only(self) -> None:
        if (last := _events().last()) is not None:
            assert post(last, self.site) == 200

    @rule(place=_PLACES)
    def stripe_tells_twice(self, place: int) -> None:
        if events := list(_events()):
            deliveries.resend(events[-1 - place % len(events)], times=2)
            deliveries.deliver_due()

    @rule()
    def stripe_tells_in_reverse(self) -> None:
        deliveries.resend_in_reverse(list(_events())[-6:])
        deliveries.deliver_due()

    @rule()
    def what_stripe_tells_is_lost(self) -> None:
        Delivery.objects.undelivered().delete()

    @rule()
    def a_worker_handles(self) -> None:
        tasks.process_events()

    @rule(statements=st.integers(1, 60))
    def a_worker_dies(self, statements: int) -> None:
        with dying_after(statements):
            tasks.process_events()

    @rule()
    def the_sweep_looks(self) -> None:
        _long_ago()
        _sweeps()

    # --- What always holds ---

    @invariant()
    def a_status_moves_as_the_table_says(self) -> None:
        now = dict(Donation.objects.values_list("pk", "status"))
        for pk, status in now.items():
            assert reachable(self.statuses.get(pk, Status.PENDING), status)
        self.statuses = now

    @invariant()
    def the_meter_is_the_sum_of_the_ledger(self) -> None:
        program = Program.objects.get(slug_en="hematology")
        assert ledger.read_total(program) == ledger.sum_entries(program)
        assert ledger.read_account(program).months == ledger.sum_months(program)

    def teardown(self) -> None:
        if not hasattr(self, "statuses"):
            return  # it ended before it began
        self._settles()
        self._holds_in_the_end()

    def _settles(self) -> None:
        """Time passes and nothing new happens: everything owed arrives, the banks have answered."""
        for _ in range(4):
            sweep.settle_due(self.later + dt.timedelta(minutes=10))
            Delivery.objects.undelivered().update(due_at=timezone.now())
            deliveries.deliver_due()
            _long_ago()
            tasks.process_events()
            _sweeps()
            for gift in Donation.objects.filter(status=Status.HELD):
                self._decide(gift, True)
            comparison.compare(since=self._since(), until=self._until())

    def _holds_in_the_end(self) -> None:
        outcome = comparison.compare(since=self._since(), until=self._until())
        assert [str(row) for row in outcome.left] == []
        assert outcome.repaired == []
        assert not StripeEvent.objects.filter(processed_at=None).exists()
        entries = LedgerEntry.objects.filter(source="stripe")
        assert sum(entry.amount_cents for entry in entries) == sum(
            row.data["amount"] for row in StripeObject.objects.of_kind("balance_transaction")
        )
        self._each_gift_once()
        self._letters_and_receipts()

    def _each_gift_once(self) -> None:
        gifts = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
        settled = Donation.objects.exclude(settled_at=None)
        assert sorted(gifts.values_list("donation", flat=True)) == sorted(
            settled.values_list("pk", flat=True)
        )
        charges = [each.data for each in StripeObject.objects.of_kind("charge")]
        charged = [each["id"] for each in charges if each["paid"] and each["captured"]]
        assert sorted(gifts.values_list("source_ref", flat=True)) == sorted(charged)
        assert not Donation.objects.filter(status__in=[Status.PROCESSING, Status.HELD]).exists()
        assert not Refund.objects.filter(status="requested").exists()

    def _letters_and_receipts(self) -> None:
        settled = Donation.objects.exclude(settled_at=None)
        thanks = Letter.objects.filter(kind="gift_thanks").values_list("key", flat=True)
        assert sorted(thanks) == sorted(f"gift-thanks:{gift.public_id}" for gift in settled)
        issued = Receipt.objects.filter(state=ReceiptState.ISSUED)
        with_money = settled.filter(status=Status.PAID)
        assert sorted(issued.values_list("donation", flat=True)) == sorted(
            with_money.values_list("pk", flat=True)
        )
        numbers = Receipt.objects.order_by("year", "number").values_list("year", "number")
        for year in {year for year, _number in numbers}:
            taken = [number for each, number in numbers if each == year]
            assert taken == list(range(1, len(taken) + 1))

    def _decide(self, gift: Donation, take: bool) -> None:
        with suppress(review.NotPossible):
            if take:
                review.release(gift, by=self.treasurer)
            else:
                review.reject(gift, by=self.treasurer, note="")

    def _since(self) -> dt.datetime:
        return timezone.now() - dt.timedelta(days=2)

    def _until(self) -> dt.datetime:
        return self.later + dt.timedelta(days=2)

    def _gift(self, place: int, **wanted: Any) -> Donation | None:
        gifts = Donation.objects.select_related("donor", "program", "designation").filter(**wanted)
        found = gifts.order_by("pk")
        return found[place % len(found)] if found else None

    def _charge(self, place: int, **wanted: Any) -> str | None:
        """The id of a paid charge at Stripe."""
        fields = {f"data__{name}": value for name, value in {"captured": True, **wanted}.items()}
        paid = StripeObject.objects.of_kind("charge").filter(data__status="succeeded", **fields)
        found = list(paid.order_by("pk").values_list("object_id", flat=True))
        return found[place % len(found)] if found else None


def _events() -> StripeObjectQuerySet:
    return StripeObject.objects.of_kind("event").order_by("pk")


def _sweeps() -> None:
    """What beat asks for again and again."""
    tasks.reconcile_pending()
    tasks.send_refunds()
    tasks.watch_plans()
    tasks.review_held()


def _long_ago() -> None:
    """Everything that waits has waited long enough to be looked at."""
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Donation.objects.update(created_at=long_ago, checked_at=None)
    RecurringDonation.objects.update(created_at=long_ago, checked_at=None)
    Refund.objects.update(created_at=long_ago)
    StripeEvent.objects.filter(processed_at=None).update(not_before=None, attempts=0)


def test_whatever_happens_the_books_end_equal_to_stripes(stripe_sandbox: str) -> None:
    Campaign.site = stripe_sandbox
    run_state_machine_as_test(
        Campaign,
        settings=settings(
            max_examples=_STORIES,
            stateful_step_count=14,
            deadline=None,
            derandomize="STORIES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
