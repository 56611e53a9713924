"""Donors, Stripe, staff, webhooks, dying workers and sweeps in any order: the money is never wrong.

`STORIES=500 make test ARGS=tests/journeys/test_whatever_happens.py` tells more stories than the suite does.
"""

import datetime as dt
import os
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F, QuerySet
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
    Dispute,
    DisputeStatus,
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
from tests.giving import DECLINED_CARD, GOOD_CARD, GOOD_IBAN, REFUSED_IBAN, debit, form_data, give, pay
from tests.journeys.dying import dying_after
from tests.journeys.waiting import post
from tests.planning import FAILING_CARD

pytestmark = pytest.mark.django_db(transaction=True)

_STORIES = int(os.environ.get("STORIES", "6"))
_CARDS = [GOOD_CARD, GOOD_CARD, GOOD_CARD, DECLINED_CARD, "4000000000000259", FAILING_CARD]
_IBANS = [
    GOOD_IBAN,
    "FR3020041010050500013M02609",  # paid later
    REFUSED_IBAN,
    "FR5720041010050500013M02608",  # paid, then contested
]
_WAYS = st.sampled_from(_CARDS + _IBANS)
_FREQUENCIES = st.sampled_from(["once", "once", "monthly"])
_SELDOM = st.sampled_from([False, False, True])
_PLACES = st.integers(0, 3)
_AN_HOUR, _TWO_DAYS = dt.timedelta(hours=1), dt.timedelta(days=2)


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

    @initialize(
        paid=st.lists(st.tuples(_FREQUENCIES, _WAYS, _SELDOM), min_size=1, max_size=2), is_told=st.booleans()
    )
    def begins(self, paid: list[tuple[str, str, bool]], is_told: bool) -> None:
        """With gifts that are paid: most of what may happen happens to these."""
        content.begin_anew()
        self.treasurer = User.objects.create_user("treasurer")
        self.statuses: dict[int, str] = {}
        self.later = timezone.now()
        for place, (frequency, way, is_asked_otherwise) in enumerate(paid):
            self.gives(place, frequency)
            if is_asked_otherwise:
                self.is_asked_for_another_amount(place)
            self.pays(place, way)
        if is_told:
            self.stripe_tells_all()
            self.a_worker_handles()

    # --- Donors ---

    @rule(place=_PLACES, frequency=_FREQUENCIES)
    def gives(self, place: int, frequency: str) -> None:
        give(email=f"d{place}@example.org", amount="other", other_amount="12.50", frequency=frequency)

    @rule(place=_PLACES)
    def gives_in_an_odd_way(self, place: int) -> None:
        """Its money is only set aside until somebody has looked."""
        program = Program.objects.get(slug_en="hematology")
        form = GiftForm(form_data(email=f"d{place}@example.org"), program=program)
        assert form.is_valid()
        pay(checkout.start(program, form.answers(), token="", review_because="odd"))

    @rule(place=_PLACES)
    def is_asked_for_another_amount(self, place: int) -> None:
        """What its payment page takes is not what we have written down: once paid, it is held."""
        if gift := self._gift(place, status=Status.PENDING):
            Donation.objects.filter(pk=gift.pk).update(amount_cents=F("amount_cents") + 100)

    @rule(place=_PLACES, way=_WAYS)
    def pays(self, place: int, way: str) -> None:
        """The page may have been paid already, and nobody have told us."""
        if gift := self._gift(place, status=Status.PENDING, stripe_invoice_id=None):
            (debit if way in _IBANS else pay)(gift, way)

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

    @rule(place=_PLACES, change=st.sampled_from(["pause", "resume", "amount"]))
    def changes_a_plan(self, place: int, change: str) -> None:
        if plan := self._plan(place):
            with suppress(plans.Refused):  # it is to end
                if change == "amount":
                    plans.change_amount(plan, 2000 + place)
                elif change == "pause":
                    plans.pause(plan)
                else:
                    plans.resume(plan)

    @rule(place=_PLACES)
    def cancels(self, place: int) -> None:
        if plan := self._plan(place):
            plans.cancel(plan, reason=EndReason.DONOR)

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
        if found := list(_open_disputes().order_by("pk").values_list("object_id", flat=True)):
            _end_dispute(found[place % len(found)], won=won)

    @rule(place=_PLACES)
    def a_refund_comes_back(self, place: int) -> None:
        made = StripeObject.objects.of_kind("refund").filter(data__status__in=["pending", "succeeded"])
        moved = made.exclude(data__balance_transaction=None)  # and not money that was only set aside
        if found := list(moved.order_by("pk").values_list("object_id", flat=True)):
            refund = found[place % len(found)]
            store.retrying(lambda: stripe_refunds.come_back(store.fetch("refund", refund)))

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
        _was_ago(_AN_HOUR)
        _sweeps()

    @rule()
    def the_sweep_looks_after_two_days(self) -> None:
        """What is left to itself for a day is looked at too."""
        _was_ago(_TWO_DAYS)
        _sweeps()

    @rule(statements=st.integers(1, 80))
    def the_sweep_dies(self, statements: int) -> None:
        _was_ago(_AN_HOUR)
        with dying_after(statements):
            _sweeps()

    @rule(statements=st.integers(1, 80))
    def the_comparison_dies(self, statements: int) -> None:
        with dying_after(statements):
            self._compare()

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
            before = _everything()
            sweep.settle_due(self.later + dt.timedelta(minutes=10))
            Delivery.objects.undelivered().update(due_at=timezone.now())
            deliveries.deliver_due()
            _was_ago(_AN_HOUR)
            tasks.process_events()
            _sweeps()
            self._ends_what_is_held()
            self._compare()
            if _everything() == before:
                return

    def _ends_what_is_held(self) -> None:
        """A gift that is contested cannot be taken: it waits for its bank, which here takes it."""
        for gift in Donation.objects.filter(status=Status.HELD):
            self._decide(gift, True)
        contested = Dispute.objects.filter(donation__status=Status.HELD).values("stripe_dispute_id")
        for dispute in _open_disputes().filter(object_id__in=contested):
            _end_dispute(dispute.object_id, won=False)

    def _holds_in_the_end(self) -> None:
        outcome = self._compare()
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
        self._thanks(settled)
        issued = Receipt.objects.filter(state=ReceiptState.ISSUED).select_related("donation")
        with_money = settled.filter(status=Status.PAID)
        assert sorted(issued.values_list("donation", flat=True)) == sorted(
            with_money.values_list("pk", flat=True)
        )
        for receipt in issued:
            assert receipt.facts["amount_cents"] == payments.left_of(receipt.donation)
        numbers = Receipt.objects.order_by("year", "number").values_list("year", "number")
        for year in {year for year, _number in numbers}:
            taken = [number for each, number in numbers if each == year]
            assert taken == list(range(1, len(taken) + 1))

    def _thanks(self, settled: QuerySet[Donation]) -> None:
        """Every donor who paid has one thank-you for each gift, but for gifts that nobody took.

        A held gift that staff refused, or whose money had gone back before they decided, was never
        counted: its donor hears that it was not taken, or that their bank has it. Where the refund of
        such a gift comes back it counts, for the money is here; the letter that says so brings its
        document. Thanks for what was refused would contradict the letter before.
        """
        not_taken = settled.exclude(review_reason="").filter(reviewed_at=None)
        thanks = Letter.objects.filter(kind="gift_thanks").values_list("key", flat=True)
        taken = settled.exclude(pk__in=not_taken)
        assert sorted(thanks) == sorted(f"gift-thanks:{gift.public_id}" for gift in taken)
        for gift in not_taken:
            told = Letter.objects.filter(key=f"gift-not-taken:{gift.public_id}").exists()
            assert told or gift.disputes.filter(status=DisputeStatus.LOST).exists()
            came_back = Letter.objects.filter(
                key__in=[f"refund-returned:{refund}" for refund in gift.refunds.all()]
            )
            assert gift.status != Status.PAID or came_back.exclude(attachments=[]).exists()

    def _decide(self, gift: Donation, take: bool) -> None:
        with suppress(review.NotPossible):
            if take:
                review.release(gift, by=self.treasurer)
            else:
                review.reject(gift, by=self.treasurer, note="")

    def _compare(self) -> comparison.Outcome:
        two_days = dt.timedelta(days=2)
        return comparison.compare(since=timezone.now() - two_days, until=self.later + two_days)

    def _plan(self, place: int) -> RecurringDonation | None:
        """One that has begun and goes on."""
        running = RecurringDonation.objects.exclude(status__in=[PlanStatus.PENDING, PlanStatus.ENDED])
        found = running.order_by("pk")
        return found[place % len(found)] if found else None

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


def _everything() -> tuple[int, ...]:
    """How much there is of what only ever grows, here and at Stripe."""
    grows = (StripeObject, StripeEvent, LedgerEntry, Letter, Receipt)
    return tuple(model._default_manager.count() for model in grows)


def _open_disputes() -> StripeObjectQuerySet:
    return StripeObject.objects.of_kind("dispute").filter(data__status="needs_response")


def _end_dispute(dispute: str, *, won: bool) -> None:
    end = disputes.win if won else disputes.lose
    store.retrying(lambda: end(store.fetch("dispute", dispute)))


def _sweeps() -> None:
    """What beat asks for again and again."""
    tasks.reconcile_pending()
    tasks.send_refunds()
    tasks.watch_plans()
    tasks.review_held()


def _was_ago(long: dt.timedelta) -> None:
    """Everything that waits has waited so long, and nobody has looked at it."""
    then = timezone.now() - long
    Donation.objects.update(created_at=then, checked_at=None)
    RecurringDonation.objects.update(created_at=then, checked_at=None)
    Refund.objects.update(created_at=then)
    StripeEvent.objects.filter(processed_at=None).update(not_before=None, attempts=0)


def test_whatever_happens_the_books_end_equal_to_stripes(stripe_sandbox: str) -> None:
    Campaign.site = stripe_sandbox
    run_state_machine_as_test(
        Campaign,
        settings=settings(
            max_examples=_STORIES,
            stateful_step_count=20,
            deadline=None,
            derandomize="STORIES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
