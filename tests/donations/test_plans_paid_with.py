"""What a recurring gift is paid with: the card or account chosen last, and banks that take their days."""

import pytest
import requests

from donations import ledger, plans, promised
from donations.donors import giving
from donations.gateway import asking
from donations.models import (
    Donation,
    EndReason,
    PlanStatus,
    Status,
)
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox.billing import renewals as at_stripe
from sandbox.models import StripeObject
from tests.donations.odd_money import change
from tests.giving import REFUSED_IBAN, banks_answer, debit, give
from tests.planning import FAILING_CARD, begin, hear, letter_kinds, mend, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_a_plan_by_direct_debit_waits_for_the_bank(program: Program) -> None:
    donation = give(frequency="monthly")
    debit(donation)
    hear()

    assert plan().status == PlanStatus.ACTIVE
    assert Donation.objects.get().status == Status.PROCESSING
    assert letter_kinds() == ["gift_processing"]

    banks_answer()
    hear()

    assert Donation.objects.get().status == Status.PAID
    assert Donation.objects.get().mandate_reference
    assert ledger.read_total(program).raised_cents == 5000
    assert letter_kinds() == ["gift_processing", "gift_thanks"]


def test_a_plan_that_stripe_calls_incomplete_while_the_bank_is_asked_is_there_to_be_ended(
    program: Program,
) -> None:
    """Stripe may call it so until the bank has answered: its donor has done all there is to do."""
    donation = give(frequency="monthly")
    debit(donation)
    change("subscription", status="incomplete")
    hear()

    assert plan().status == PlanStatus.ACTIVE
    assert list(giving.plans_of(donation.donor.email)) == [plan()]
    assert letter_kinds() == ["gift_processing"]

    assert plans.cancel(plan(), reason=EndReason.DONOR)
    banks_answer()
    hear()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.DONOR)
    assert ledger.read_total(program).raised_cents == 5000
    assert letter_kinds() == ["gift_processing", "plan_ended", "gift_thanks"]


def test_a_plan_whose_first_debit_is_refused_while_it_is_incomplete_is_told_of_once() -> None:
    debit(give(frequency="monthly"), REFUSED_IBAN)
    change("subscription", status="incomplete")
    hear()
    banks_answer()
    change("subscription", status="incomplete_expired")  # its 23 hours are long over
    change("invoice", status="void")

    hear()
    hear()

    assert (plan().status, plan().end_reason) == (PlanStatus.ENDED, EndReason.ABANDONED)
    assert Donation.objects.get().status == Status.FAILED
    assert letter_kinds() == ["gift_processing", "gift_failed"]


def test_a_first_debit_is_with_the_bank_although_its_invoice_was_not_attempted() -> None:
    """The bank was asked on the payment page, before there was an invoice: Stripe counts no attempt of it."""
    debit(give(frequency="monthly"), REFUSED_IBAN)
    change("invoice", attempted=False)

    hear()

    assert Donation.objects.get().status == Status.PROCESSING
    assert letter_kinds() == ["gift_processing"]

    banks_answer()
    change("invoice", attempted=False)
    hear()

    assert Donation.objects.get().status == Status.FAILED
    assert letter_kinds() == ["gift_processing", "renewal_failed"]


def test_stripes_page_for_the_card_is_opened_for_the_donor() -> None:
    address = plans.payment_page(begin(), return_url="https://example.org/back/")

    assert address.startswith("http")


def test_a_card_changed_on_stripes_page_pays_from_then_on() -> None:
    """The page changes the customer's choice, and a subscription that Checkout made has its own before it."""
    page = plans.payment_page(begin(), return_url="https://example.org/back/")
    requests.post(page, data={"card": "5555555555554444"}, allow_redirects=False, timeout=20)
    hear()
    assert plan().card_last4 == "4444"

    pass_days(32)
    hear()

    renewal = StripeObject.objects.of_kind("charge").newest_first()[0].data
    assert renewal["payment_method_details"]["card"]["last4"] == "4444"


@pytest.mark.parametrize("wish", ["end", "pause"])
def test_a_renewal_that_is_with_the_bank_is_not_denied_although_nobody_told_us_of_it(wish: str) -> None:
    debit(give(frequency="monthly"))
    banks_answer()
    hear()
    due = StripeObject.objects.of_kind("subscription").get().data["items"]["data"][0]["current_period_end"]
    at_stripe.run_due(due + 2 * 60 * 60)  # drafted, and handed to the bank an hour later
    hear()

    if wish == "end":
        plans.cancel(plan(), reason=EndReason.DONOR)
    else:
        plans.pause(plan())

    words = rendering.render(Letter.objects.order_by("-pk")[0]).text
    assert "A payment that is already with your bank may still arrive." in words


def test_a_plan_whose_customer_was_deleted_at_stripe_ends_here_too(program: Program) -> None:
    asking.client().v1.customers.delete(begin().stripe_customer_id)

    hear()

    assert (plan().status, promised.pledged_cents(program)) == (PlanStatus.ENDED, 0)
    assert letter_kinds() == ["gift_thanks", "plan_ended"]


def test_a_card_that_mended_a_payment_since_pays_on() -> None:
    """Newer than what was chosen on Stripe's page, whose choice stays the customer's."""
    page = plans.payment_page(begin(), return_url="https://example.org/back/")
    requests.post(page, data={"card": FAILING_CARD}, allow_redirects=False, timeout=20)
    hear()
    pass_days(32)
    hear()
    for method in StripeObject.objects.of_kind("payment_method"):
        method.data["created"] -= 3600
        method.save()
    mend(plan())

    hear()

    assert plan().card_last4 == "4444"
