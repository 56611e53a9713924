"""A failed payment of a recurring gift that is mended, by whatever, or never: who is told, who ends it."""

import datetime as dt
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from donations import gateway, plans
from donations.gateway import asking
from donations.hearing import HANDLERS
from donations.models import Donation, EndReason, PlanStatus, RecurringDonation, Status
from donations.plans import watching
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox.models import StripeObject
from tests.giving import GOOD_IBAN, REFUSED_IBAN, banks_answer, debit, give
from tests.planning import FAILING_CARD, begin, hear, letter_kinds, mend, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def mend_by_debit(failing: RecurringDonation, iban: str) -> None:
    """On the hosted page; nobody tells us of it before the bank has answered."""
    form = {"iban": iban, "action": "pay"}
    requests.post(failing.mend_url, data=form, allow_redirects=False, timeout=20).raise_for_status()
    RecurringDonation.objects.update(checked_at=None)
    watching.sweep()
    assert plan().payment_under_way


def test_a_debit_that_was_to_mend_a_payment_and_is_refused_too_is_told() -> None:
    """Stripe counts its own attempts alone, and none that the donor makes after the first."""
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    mend_by_debit(plan(), REFUSED_IBAN)

    banks_answer()
    hear()
    hear()

    assert plan().mend_url
    assert letter_kinds() == ["gift_thanks", "renewal_failed", "renewal_failed"]


def test_a_refused_debit_is_not_told_as_a_card_where_the_card_pays_on() -> None:
    """Stripe leaves the plan's way to pay as it was, unless it was set to save what the hosted page took
    (docs.stripe.com/api/subscriptions/object#subscription_object-payment_settings).
    """
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    row = StripeObject.objects.of_kind("subscription").get()
    card = row.data["default_payment_method"]
    mend_by_debit(plan(), REFUSED_IBAN)
    row.refresh_from_db()
    row.data["default_payment_method"] = card
    row.save()

    banks_answer()
    hear()

    last = Letter.objects.filter(kind="renewal_failed").order_by("-pk")[0]
    words = rendering.render(last).text
    assert "a card expires" not in words
    assert "an account that takes no debits" in words


def test_the_mandate_that_is_kept_is_the_one_that_paid() -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    banks_answer()
    hear()
    mend_by_debit(plan(), GOOD_IBAN)
    banks_answer()
    hear()

    charge = StripeObject.objects.of_kind("charge").newest_first()[0].data
    mandate = gateway.fetch_mandate(charge["payment_method_details"]["sepa_debit"]["mandate"])
    assert (Donation.objects.get().status, Donation.objects.get().mandate_reference) == (Status.PAID, mandate)


def test_the_page_of_a_failed_payment_that_is_asked_no_more_leads_to_no_mending(client: Client) -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    hear()
    plans.pause(plan())
    banks_answer()
    hear()
    assert (plan().status, plan().mend_url) == (PlanStatus.PAUSED, "")

    page = client.get(f"/en/gifts/{Donation.objects.get().public_id}/").content.decode()

    assert "mended in one step" not in page
    assert "Your recurring gift is paused" in page


def test_the_page_of_a_payment_given_up_does_not_lead_to_the_mending_of_another(client: Client) -> None:
    begin(FAILING_CARD)
    pass_days(31.5)
    hear()
    given_up = plan().failed_invoice_id
    asking.client().v1.invoices.mark_uncollectible(given_up)
    pass_days(63)
    hear()
    assert plan().mend_url
    assert plan().failed_invoice_id != given_up

    page = client.get(
        f"/en/gifts/{Donation.objects.get(stripe_invoice_id=given_up).public_id}/"
    ).content.decode()

    assert "this payment is mended in one step" not in page


def test_a_payment_that_fails_while_its_plan_is_to_end_is_not_said_to_be_asked_again() -> None:
    begin(FAILING_CARD)
    pass_days(32)
    plans.stop(plan(), EndReason.DONOR)  # Stripe did not answer the donor
    failed = StripeObject.objects.of_kind("invoice").newest_first()[0].data

    HANDLERS["invoice.payment_failed"](failed)

    assert letter_kinds() == ["gift_thanks"]


@pytest.mark.parametrize("mended_by", ["card", "debit"])
def test_a_plan_that_was_mended_and_nobody_told_us_is_not_given_up(mended_by: str) -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    if mended_by == "card":
        mend(plan())
    else:
        mend_by_debit(plan(), GOOD_IBAN)
    RecurringDonation.objects.update(failing_since=timezone.now() - dt.timedelta(days=62))

    watching.sweep()
    banks_answer()
    hear()

    assert plan().status == PlanStatus.ACTIVE
    assert "plan_ended" not in letter_kinds()


def test_a_plan_of_which_stripe_gives_up_each_payment_and_not_the_plan_is_ended_here() -> None:
    """The dashboard sets apart what becomes of the invoice and of the subscription."""
    begin(FAILING_CARD)
    for month in (1, 2):
        pass_days(31.5 * month)
        hear()
        asking.client().v1.invoices.mark_uncollectible(plan().failed_invoice_id)
        hear()
        RecurringDonation.objects.exclude(failing_since=None).update(
            failing_since=timezone.now() - dt.timedelta(days=31 * month)
        )
    assert plan().status == PlanStatus.PAST_DUE

    watching.sweep()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.FAILED)
    assert letter_kinds()[-1] == "plan_ended"


def test_no_plan_is_given_up_while_stripe_does_not_say_how_it_stands(settings: Any) -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    now = timezone.now()
    RecurringDonation.objects.update(
        failing_since=now - dt.timedelta(days=62), checked_at=now - dt.timedelta(hours=2)
    )
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody answers there

    watching.sweep()

    assert plan().stop_requested_at is None
