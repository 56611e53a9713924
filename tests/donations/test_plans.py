"""Recurring gifts: each payment is a gift of its own, counted once, whatever Stripe tells and when."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils.html import strip_tags

from donations import gateway, ledger, payments, plans, promised, reversals
from donations.donors import sessions
from donations.gateway import asking
from donations.models import (
    Donation,
    EndReason,
    Frequency,
    LedgerEntry,
    PlanStatus,
    Receipt,
    RecurringDonation,
    Status,
)
from donations.plans import announcing, renewals, stopping, telling, watching
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import disputes
from sandbox.billing import renewals as at_stripe
from sandbox.models import StripeObject
from tests.giving import give, pay
from tests.planning import begin, hear, letter_kinds, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_the_first_payment_begins_the_plan_and_is_a_gift(program: Program) -> None:
    begun = begin()

    donation = Donation.objects.get()
    assert (begun.status, begun.frequency, begun.amount_cents) == (PlanStatus.ACTIVE, "monthly", 5000)
    assert (begun.card_last4, begun.method) == ("4242", "card")
    assert begun.next_charge_at
    assert begun.started_at
    assert (donation.status, donation.plan) == (Status.PAID, begun)
    assert donation.stripe_invoice_id
    assert ledger.read_total(program) == ledger.Total(raised_cents=5000, gifts=1, donors=1, entries=1)
    words = rendering.render(Letter.objects.get())
    assert "every month" in words.text


def test_whatever_stripe_tells_of_the_first_payment_counts_once(program: Program) -> None:
    begin()

    hear()
    hear()

    assert Donation.objects.count() == LedgerEntry.objects.count() == Receipt.objects.count() == 1
    assert letter_kinds() == ["gift_thanks"]


def test_the_events_alone_begin_a_plan(program: Program) -> None:
    donation = give(frequency="yearly")
    pay(donation)

    hear()

    assert plan().status == PlanStatus.ACTIVE
    assert plan().frequency == Frequency.YEARLY
    assert ledger.read_total(program).raised_cents == 5000


def test_each_renewal_is_a_gift_of_its_own(program: Program) -> None:
    begin()
    pass_days(63)

    hear()
    hear()

    gifts = Donation.objects.order_by("pk")
    assert [gift.status for gift in gifts] == [Status.PAID] * 3
    assert {gift.plan for gift in gifts} == {plan()}
    assert len({gift.stripe_charge_id for gift in gifts}) == 3
    assert ledger.read_total(program) == ledger.Total(raised_cents=15000, gifts=3, donors=1, entries=3)
    assert letter_kinds() == ["gift_thanks"] * 3
    assert Receipt.objects.count() == 3


def test_a_plan_whose_payment_page_ran_out_is_given_up() -> None:
    donation = give(frequency="monthly")
    gateway.expire_checkout(donation.stripe_session_id or "")

    hear()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.ABANDONED)
    assert letter_kinds() == []


def test_a_changed_amount_is_what_the_next_payment_asks(program: Program) -> None:
    plans.change_amount(begin(), 2000)
    pass_days(32)
    hear()

    assert plan().amount_cents == 2000
    assert [gift.amount_cents for gift in Donation.objects.order_by("pk")] == [5000, 2000]
    assert ledger.read_total(program).raised_cents == 7000
    assert letter_kinds() == ["gift_thanks", "plan_changed", "gift_thanks"]


def test_the_amount_is_changed_although_its_product_was_archived_at_stripe() -> None:
    """Each gift has made a product of its own, and whoever tidies Stripe's catalogue archives them."""
    begin()
    product = StripeObject.objects.of_kind("product").get().object_id
    asking.client().v1.products.update(product, {"active": False})

    plans.change_amount(plan(), 7000)

    assert plan().amount_cents == 7000
    pass_days(32)
    hear()
    assert [each.amount_cents for each in Donation.objects.order_by("pk")] == [5000, 7000]


def test_a_paused_plan_asks_nothing_until_it_is_resumed(program: Program) -> None:
    plans.pause(begin())
    plans.pause(plan())
    assert plan().status == PlanStatus.PAUSED
    pass_days(32)
    hear()
    assert ledger.read_total(program).gifts == 1

    plans.resume(plan())
    pass_days(63)
    hear()

    assert plan().status == PlanStatus.ACTIVE
    assert ledger.read_total(program).gifts == 2
    assert letter_kinds() == ["gift_thanks", "plan_changed", "plan_changed", "gift_thanks"]


def test_an_answer_that_took_its_time_never_covers_a_newer_one() -> None:
    slow = begin()
    told = gateway.fetch_subscription(slow.stripe_subscription_id or "")
    plans.pause(plan())

    assert telling.record(slow, told) is False

    assert plan().status == PlanStatus.PAUSED


def test_answers_are_told_apart_while_the_clock_stands_still() -> None:
    slow = begin()
    told = gateway.fetch_subscription(slow.stripe_subscription_id or "")

    with time_machine.travel(slow.checked_at, tick=False):
        plans.pause(plan())
        assert telling.record(slow, told) is False

    assert plan().status == PlanStatus.PAUSED


def test_a_subscription_of_the_other_mode_is_not_the_plans() -> None:
    begun = begin()
    told = gateway.fetch_subscription(begun.stripe_subscription_id or "")

    with pytest.raises(payments.Impossible):
        telling.record(begun, replace(told, status="paused", livemode=True))

    assert plan().status == PlanStatus.ACTIVE


def test_a_plan_is_ended_at_once_and_asks_nothing_more(program: Program) -> None:
    assert plans.cancel(begin(), reason=EndReason.DONOR, comment="I move abroad") is True
    assert plans.cancel(plan(), reason=EndReason.STAFF) is True
    pass_days(70)
    hear()

    over = plan()
    assert (over.status, over.end_reason, over.end_comment) == (
        PlanStatus.ENDED,
        EndReason.DONOR,
        "I move abroad",
    )
    assert ledger.read_total(program).gifts == 1
    assert letter_kinds() == ["gift_thanks", "plan_ended"]
    words = rendering.render(Letter.objects.get(kind="plan_ended")).text
    assert "Thank you for what you gave." in words
    assert "may still arrive" not in words


def test_a_wish_to_end_is_kept_while_stripe_is_down(settings: Any) -> None:
    begun = begin()
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:1"):
        assert plans.cancel(begun, reason=EndReason.DONOR) is False
    assert plan().status == PlanStatus.ACTIVE

    watching.sweep()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.DONOR)


def test_staff_hear_of_a_payment_that_was_taken_before_stripe_heard_of_the_wish(settings: Any) -> None:
    settings.STAFF_EMAIL = ["staff@example.org"]
    stopping.stop(begin(), EndReason.DONOR)
    pass_days(32)

    for _ in range(2):
        hear()

    told = Letter.objects.get(kind="staff_notice")
    assert "Un paiement a été pris après" in rendering.render(told).text
    assert plan().status == PlanStatus.ENDED


def test_a_contested_payment_ends_its_plan_and_winning_does_not_begin_it_again(program: Program) -> None:
    begin()
    charge = StripeObject.objects.of_kind("charge").get()
    disputes.open_for(charge)

    assert reversals.compare(charge.object_id) == "caught up with Stripe"
    assert reversals.compare(charge.object_id) == "nothing new"

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.DISPUTED)
    pass_days(70)
    hear()
    assert Donation.objects.count() == 1


def test_a_plan_that_is_over_refuses_what_is_asked() -> None:
    plans.cancel(begin(), reason=EndReason.DONOR)

    with pytest.raises(plans.Refused):
        plans.pause(plan())


def test_a_renewal_of_an_unknown_plan_is_not_ours() -> None:
    begun = begin()
    invoice_id = Donation.objects.get().stripe_invoice_id or ""
    Donation.objects.update(plan=None, stripe_invoice_id=None)
    begun.delete()

    assert renewals.hear(invoice_id) == "not a plan of this site"


def test_the_thank_you_page_says_how_the_plan_goes_on() -> None:
    begin()

    page = strip_tags(Client().get(f"/en/gifts/{Donation.objects.get().public_id}/").content.decode())

    assert "You give €50 every month. The next payment is planned for" in page
    assert "Nothing more will be charged" not in page


def test_a_plan_that_ends_with_its_period_promises_and_announces_nothing(
    program: Program, client: Client
) -> None:
    begun = begin(frequency="yearly")
    assert promised.pledged_cents(program) > 0

    asking.client().v1.subscriptions.update(
        begun.stripe_subscription_id or "", {"cancel_at_period_end": True}
    )
    hear()

    assert (plan().status, plan().next_charge_at) == (PlanStatus.ACTIVE, None)
    assert plan().ends_at
    assert (announcing.sweep(), promised.pledged_cents(program)) == (0, 0)
    client.cookies["my-gifts"] = sessions.begin(plan().donor.email)
    assert "Nothing more is asked: it ends on" in client.get("/en/my-gifts/").content.decode()
    page = client.get(f"/en/my-gifts/plans/{plan().public_id}/").content.decode()
    assert "End my gift" in page
    assert "Pause my gift" not in page
    assert "Change the amount" not in page

    pass_days(400)
    hear()
    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.STRIPE)
    assert Donation.objects.count() == 1


def test_staff_hear_of_a_payment_that_was_drafted_before_the_wish_and_taken_after_it(settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]
    stopping.stop(begin(), EndReason.DONOR)
    pass_days(32)
    drafted = StripeObject.objects.of_kind("invoice").order_by("-pk")[0].data["created"]
    wished = dt.datetime.fromtimestamp(drafted + 600, tz=dt.UTC)  # it is charged an hour after it is drafted
    RecurringDonation.objects.update(stop_requested_at=wished)

    hear()

    assert Donation.objects.count() == 2
    assert Letter.objects.filter(kind="staff_notice", facts__what="after_end").count() == 1


def test_a_payment_that_is_drafted_when_its_plan_ends_is_not_charged(program: Program) -> None:
    begin()
    due = StripeObject.objects.of_kind("subscription").get().data["items"]["data"][0]["current_period_end"]
    at_stripe.run_due(due + 60)
    assert StripeObject.objects.of_kind("invoice").order_by("-pk")[0].data["status"] == "draft"

    plans.cancel(plan(), reason=EndReason.DONOR)
    pass_days(40)
    hear()

    assert ledger.read_total(program).gifts == 1
    assert StripeObject.objects.of_kind("charge").count() == 1


def test_a_new_amount_of_a_paused_plan_names_no_day(client: Client) -> None:
    plans.pause(begin())
    client.cookies["my-gifts"] = sessions.begin(plan().donor.email)
    page = client.get(f"/en/my-gifts/plans/{plan().public_id}/amount/").content.decode()

    plans.change_amount(plan(), 2000)

    words = rendering.render(Letter.objects.filter(kind="plan_changed").order_by("-pk")[0]).text
    assert "now €20, from its next payment on" in words
    assert "planned for" not in words
    assert "from the next payment on." in page


def test_a_subscription_that_is_not_the_plans_is_refused_and_its_wish_to_end_is_kept() -> None:
    begin()
    subscription = StripeObject.objects.of_kind("subscription").get()
    subscription.data["metadata"]["plan"] = "00000000-0000-4000-8000-000000000000"
    subscription.save()

    with pytest.raises(plans.Refused):
        plans.change_amount(plan(), 2000)
    assert not plans.cancel(plan(), reason=EndReason.DONOR)

    assert plan().stop_requested_at


def test_a_draft_that_stripe_finalizes_at_this_moment_does_not_keep_its_plan_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin()
    pass_days(32)
    invoices = type(asking.client().v1.invoices)
    listed = invoices.list

    def a_moment_ago(*asked: Any, **options: Any) -> Any:
        found = listed(*asked, **options)
        found.data[0].status = "draft"
        return found

    monkeypatch.setattr(invoices, "list", a_moment_ago)

    assert plans.cancel(plan(), reason=EndReason.DONOR)


def test_a_new_amount_is_what_is_asked_whatever_the_quantity_was() -> None:
    subscription_id = begin().stripe_subscription_id or ""
    subscriptions = asking.client().v1.subscriptions
    item = subscriptions.retrieve(subscription_id)["items"].data[0].id
    subscriptions.update(
        subscription_id, {"items": [{"id": item, "quantity": 2}], "proration_behavior": "none"}
    )

    plans.change_amount(plan(), 2000)

    assert plan().amount_cents == 2000


def test_an_answer_from_before_the_wish_does_not_take_the_donors_reason_away() -> None:
    slow = begin()
    plans.stop(plan(), EndReason.DONOR)
    gateway.cancel_subscription(slow.stripe_subscription_id or "")
    told = gateway.fetch_subscription(slow.stripe_subscription_id or "")

    assert telling.record(slow, told) is False
    watching.sweep()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.DONOR)


def test_a_plan_that_was_paid_and_ended_before_we_heard_of_it_was_not_abandoned() -> None:
    pay(give(frequency="monthly"))
    asking.client().v1.subscriptions.cancel(StripeObject.objects.of_kind("subscription").get().object_id)

    hear()

    assert Donation.objects.get().status == Status.PAID
    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.STRIPE)
