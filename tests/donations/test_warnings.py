"""A card scheme fears that a card was stolen: staff hear of it, nothing moves by itself."""

from typing import Any

import pytest
from django.urls import reverse

from donations import ledger, refunds
from donations.hearing import HANDLERS
from donations.models import FraudWarning, Status
from outreach.models import Letter
from programs.models import Program
from sandbox.models import StripeObject
from tests import staff
from tests.donations.reversal_gifts import at_stripe, charge_of, in_dashboard, listen, of_kind, paid
from tests.giving import give, pay
from tests.planning import hear

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def test_staff_hear_of_it_once_and_nothing_moves(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "warn")

    listen()
    listen()

    gift.refresh_from_db()
    warning = FraudWarning.objects.get()
    assert (warning.donation, warning.actionable, warning.seen_at) == (gift, True, None)
    assert gift.status == Status.PAID
    assert ledger.read_total(program).raised_cents == 5000
    notice = Letter.objects.get(kind="staff_notice")
    assert (notice.facts["what"], notice.facts["reason"]) == ("warning", "Une carte volée")


def test_given_back_there_is_nothing_more_to_do(program: Program) -> None:
    gift = paid()
    at_stripe(charge_of(gift), "warn")
    listen()

    refunds.ask(gift, cents=5000, reason="fraud", note="", by=None)
    listen()

    assert FraudWarning.objects.get().actionable is False


def test_a_warning_about_a_gift_that_was_given_back_meanwhile_is_no_news() -> None:
    gift = paid()
    at_stripe(charge_of(gift), "warn")
    in_dashboard(gift)

    listen()

    assert FraudWarning.objects.get().actionable is False
    assert not Letter.objects.filter(kind="staff_notice").exists()


def test_a_treasurer_sees_it_at_home_and_marks_it_as_seen() -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    at_stripe(charge_of(gift), "warn")
    listen()
    listed = reverse("admin:donations_fraudwarning_changelist")
    assert "1 gift may be fraudulent." in client.get("/admin/").content.decode()

    client.post(listed, {"action": "mark_seen", "_selected_action": [FraudWarning.objects.get().pk]})

    warning = FraudWarning.objects.get()
    assert warning.seen_by == staff.member("Treasurer")
    assert "may be fraudulent" not in client.get("/admin/").content.decode()
    assert "Camille Exemple" in client.get(listed).content.decode()


def test_a_warning_that_comes_before_the_payment_of_its_plan_is_not_lost() -> None:
    pay(give(frequency="monthly"))
    at_stripe(of_kind("charge"), "warn")
    told = {
        event.data["type"]: event.data["data"]["object"] for event in StripeObject.objects.of_kind("event")
    }

    HANDLERS["radar.early_fraud_warning.created"](told["radar.early_fraud_warning.created"])
    hear()

    assert FraudWarning.objects.get().donation.status == Status.PAID
    assert Letter.objects.filter(kind="staff_notice", facts__what="warning").count() == 1
