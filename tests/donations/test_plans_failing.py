"""Payments of a recurring gift that fail: who is told, how it is mended, and when it ends."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import ledger, plans
from donations.donors import sessions
from donations.gateway import asking
from donations.hearing import HANDLERS
from donations.models import Donation, EndReason, PlanStatus, RecurringDonation, Status
from donations.plans import watching
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox.billing import renewals
from sandbox.models import StripeObject
from tests.giving import DECLINED_CARD, GOOD_CARD, REFUSED_IBAN, banks_answer, debit, give, pay
from tests.planning import CONFIRMING_CARD, FAILING_CARD, begin, hear, letter_kinds, mend, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_a_declined_first_card_begins_nothing() -> None:
    donation = give(frequency="monthly")
    pay(donation, DECLINED_CARD)

    hear()

    assert plan().status == PlanStatus.PENDING
    assert Donation.objects.get().status == Status.PENDING


def test_a_failed_renewal_writes_once_for_each_attempt_and_ends_kindly() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()

    failing = plan()
    assert (failing.status, failing.failures) == (PlanStatus.PAST_DUE, 1)
    assert failing.next_attempt_at
    assert Donation.objects.order_by("pk")[1].status == Status.FAILED
    letter = rendering.render(Letter.objects.get(kind="renewal_failed"))
    assert failing.mend_url in letter.text

    pass_days(60)
    hear()
    hear()

    over = plan()
    assert (over.status, over.end_reason, over.next_charge_at) == (PlanStatus.ENDED, EndReason.FAILED, None)
    assert letter_kinds()[0] == "gift_thanks"
    assert letter_kinds()[-1] == "plan_ended"
    assert Donation.objects.count() == 2


def test_an_answer_about_an_earlier_attempt_covers_no_later_one() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    earlier = StripeObject.objects.of_kind("invoice").newest_first()[0]
    pass_days(36)
    hear()
    later = plan()
    assert later.failures > earlier.data["attempt_count"]
    earlier.save()

    hear()

    now = plan()
    assert (now.failures, now.next_attempt_at) == (later.failures, later.next_attempt_at)
    assert letter_kinds() == ["gift_thanks", "renewal_failed"]


def test_a_plan_that_is_paused_while_a_payment_fails_is_not_charged_for_it(program: Program) -> None:
    """Stripe goes on trying an invoice that was made before the pause, unless it is void."""
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    plans.pause(plan())
    paused = plan()
    assert (paused.status, paused.failures, paused.mend_url) == (PlanStatus.PAUSED, 0, "")
    assert paused.failing_since is None

    StripeObject.objects.of_kind("payment_method").update(private={"number": GOOD_CARD})
    pass_days(50)
    hear()

    assert ledger.read_total(program).gifts == 1


def test_a_debit_that_is_with_the_bank_arrives_in_spite_of_a_pause(program: Program) -> None:
    debit(give(frequency="monthly"))
    hear()
    plans.pause(plan())
    told = rendering.render(Letter.objects.get(kind="plan_changed"))
    assert "already with your bank may still arrive" in told.text

    banks_answer()
    hear()

    assert plan().status == PlanStatus.PAUSED
    assert ledger.read_total(program).gifts == 1


def test_a_plan_that_only_fails_is_ended_here_whatever_stripe_is_set_to_do() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    assert plan().failing_since
    watching.sweep()
    assert plan().status == PlanStatus.PAST_DUE
    RecurringDonation.objects.update(failing_since=timezone.now() - dt.timedelta(days=62))

    watching.sweep()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.FAILED)
    assert letter_kinds()[-1] == "plan_ended"


def test_a_failed_renewal_is_mended_on_the_hosted_page(program: Program) -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    mend(plan())

    hear()

    mended = plan()
    assert (mended.status, mended.failures, mended.mend_url) == (PlanStatus.ACTIVE, 0, "")
    assert mended.failing_since is None
    assert mended.card_last4 == "4444"
    assert ledger.read_total(program).raised_cents == 10000
    assert [gift.status for gift in Donation.objects.all()] == [Status.PAID] * 2


def test_a_bank_that_asks_to_confirm_gets_one_letter_that_says_so() -> None:
    begin(CONFIRMING_CARD)
    pass_days(32)

    hear()

    words = rendering.render(Letter.objects.get(kind="renewal_failed"))
    assert "Your bank asks you to confirm your gift" in words.subject


def test_a_first_debit_that_is_refused_can_be_mended() -> None:
    donation = give(frequency="monthly")
    debit(donation, REFUSED_IBAN)
    banks_answer()

    hear()

    assert Donation.objects.get().status == Status.FAILED
    assert letter_kinds()[-1] == "renewal_failed"
    words = rendering.render(Letter.objects.order_by("pk").reverse()[0]).text
    assert "an account that takes no debits" in words
    assert "a card expires" not in words

    plans.cancel(plan(), reason=EndReason.DONOR)
    words = rendering.render(Letter.objects.get(kind="plan_ended")).text
    assert "Thank you for having wished to help." in words  # and not for what never came


def test_a_failure_long_ago_does_not_end_a_plan_at_its_next_failure(program: Program) -> None:
    """Its payment was given up, and the next one arrived: nothing has failed since."""
    begin()
    RecurringDonation.objects.update(
        status=PlanStatus.PAST_DUE,
        failed_invoice_id="in_january",
        failing_since=timezone.now() - dt.timedelta(days=30),
        failures=4,
    )
    pass_days(32)
    hear()
    assert (plan().status, plan().failing_since) == (PlanStatus.ACTIVE, None)
    assert ledger.read_total(program).gifts == 2

    StripeObject.objects.of_kind("payment_method").update(private={"number": FAILING_CARD})
    pass_days(63)
    hear()
    assert plan().next_attempt_at
    watching.sweep()

    assert plan().status == PlanStatus.PAST_DUE


def test_days_of_failing_begin_anew_when_an_earlier_payment_is_mended() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    failing = plan()
    RecurringDonation.objects.update(
        failed_invoice_id="in_february", failing_since=timezone.now() - dt.timedelta(days=61)
    )
    # The subscription waits for February still.
    StripeObject.objects.of_kind("subscription").update(data=past_due())
    mend(failing)
    StripeObject.objects.of_kind("subscription").update(data=past_due())
    hear()

    since = plan().failing_since
    assert plan().status == PlanStatus.PAST_DUE
    assert since
    assert since > timezone.now() - dt.timedelta(days=1)


def past_due() -> dict[str, Any]:
    data: dict[str, Any] = StripeObject.objects.of_kind("subscription").get().data
    return data | {"status": "past_due"}


def test_a_debit_that_fails_after_its_plan_was_ended_is_told() -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    hear()
    plans.cancel(plan(), reason=EndReason.DONOR)
    assert letter_kinds() == ["gift_processing", "plan_ended"]

    banks_answer()
    hear()
    hear()

    assert Donation.objects.get().status == Status.FAILED
    assert letter_kinds() == ["gift_processing", "plan_ended", "gift_failed"]


def test_the_letter_names_what_the_failed_payment_asks_and_not_what_was_chosen_since() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    plans.change_amount(plan(), 2000)
    pass_days(36)
    hear()

    assert plan().failures == 2
    first, second = Letter.objects.filter(kind="renewal_failed").order_by("pk")
    assert "What is still to be paid this time is €50:" in rendering.render(second).text
    assert "still to be paid" not in rendering.render(first).text


def test_a_debit_that_is_tried_again_is_with_the_bank_and_neither_mended_nor_announced(
    client: Client,
) -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    banks_answer()
    hear()
    again_at = plan().next_attempt_at
    assert again_at
    renewals.run_due(int(again_at.timestamp()) + 60)
    RecurringDonation.objects.update(checked_at=None)
    watching.sweep()

    assert Donation.objects.get().status == Status.PROCESSING
    assert (plan().status, plan().next_attempt_at, plan().mend_url) == (PlanStatus.PAST_DUE, None, "")
    client.cookies["my-gifts"] = sessions.begin(plan().donor.email)
    page = client.get(f"/en/my-gifts/plans/{plan().public_id}/").content.decode()
    assert "Your bank has been asked again" in page


def test_the_page_of_a_failed_payment_of_a_plan_that_goes_on_begins_no_second_plan(client: Client) -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    banks_answer()
    hear()
    page = f"/en/gifts/{Donation.objects.get().public_id}/"

    going_on = client.get(page).content.decode()
    RecurringDonation.objects.update(stop_requested_at=timezone.now())
    over = client.get(page).content.decode()

    assert 'class="button" href="/en/my-gifts/"' in going_on
    assert 'class="button" href="/en/hematology/give/"' not in going_on
    assert 'class="button" href="/en/hematology/give/"' in over


@pytest.mark.parametrize("ending", ["void", "mark_uncollectible"])
def test_a_payment_that_is_asked_no_more_need_not_be_mended(ending: str) -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    assert plan().mend_url

    invoices = asking.client().v1.invoices
    if ending == "void":
        invoices.void_invoice(plan().failed_invoice_id)
    else:
        invoices.mark_uncollectible(plan().failed_invoice_id)
    hear()

    assert plan().mend_url == ""
    assert (plan().failing_since is None) is (ending == "void")


def test_a_debit_that_fails_after_a_pause_is_not_tried_again_while_paused(program: Program) -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    hear()
    plans.pause(plan())
    banks_answer()
    hear()
    pass_days(20)
    banks_answer()
    hear()

    assert StripeObject.objects.of_kind("charge").count() == 1
    assert (plan().status, Donation.objects.get().status) == (PlanStatus.PAUSED, Status.FAILED)
    assert letter_kinds() == ["gift_processing", "plan_changed", "gift_failed"]


def test_a_failed_payment_is_heard_in_the_words_of_an_older_version_of_stripes_api() -> None:
    """An endpoint that nobody told which version to speak speaks the account's, which may be years old."""
    begin(FAILING_CARD)
    pass_days(32)
    event = StripeObject.objects.of_kind("event").filter(data__type="invoice.payment_failed").latest("pk")
    invoice = event.data["data"]["object"]
    details = invoice.pop("parent")["subscription_details"]
    invoice |= {"subscription": details.pop("subscription"), "subscription_details": details}

    assert HANDLERS["invoice.payment_failed"](invoice) == "failed"

    assert letter_kinds()[-1] == "renewal_failed"
