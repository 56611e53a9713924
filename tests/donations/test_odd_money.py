"""What Stripe can hold that nobody meant: each gift ends in one place, and a person hears of the rest."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import gateway, payments, reconcile, refunds, reversals, review
from donations.gateway.asking import client
from donations.models import (
    Dispute,
    DisputeStatus,
    Donation,
    FraudWarning,
    PlanStatus,
    Receipt,
    RecurringDonation,
    Refund,
    RefundReason,
    RefundStatus,
    Status,
)
from donations.plans import renewals, telling, watching
from outreach.models import Letter
from programs.models import Program
from sandbox.models import StripeObject
from tests import staff
from tests.donations.odd_money import change, held, letters, notices, raised
from tests.donations.reversal_gifts import at_stripe, begun, charge_of, in_dashboard, listen, of_kind, paid
from tests.giving import give
from tests.planning import FAILING_CARD, begin, hear, pass_days, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.FAILED])
def test_what_was_given_up_and_is_paid_otherwise_than_asked_is_held(program: Program, status: Status) -> None:
    donation = begun()
    Donation.objects.update(amount_cents=6000, status=status)
    donation.refresh_from_db()

    reconcile.refresh(donation)

    donation.refresh_from_db()
    assert donation.status == Status.HELD
    assert raised(program) == 0


def test_a_way_to_pay_that_we_have_no_word_for_pays_all_the_same(program: Program) -> None:
    donation = begun()
    change("charge", payment_method_details={"type": "customer_balance", "customer_balance": {}})

    assert reconcile.refresh(donation) == "settled"

    donation.refresh_from_db()
    assert (donation.status, donation.method) == (Status.PAID, "")


def test_a_plan_goes_on_when_it_is_paid_in_a_way_that_we_have_no_word_for() -> None:
    begun_plan = begin()
    told = gateway.fetch_subscription(begun_plan.stripe_subscription_id or "")
    changed = type(told)(**{**vars(told), "method": "revolut_pay_later"})

    assert telling.record(begun_plan, changed)

    assert (plan().status, plan().method) == (PlanStatus.ACTIVE, "")


def test_a_subscription_of_nothing_is_an_answer_that_cannot_be_read() -> None:
    begun_plan = begin()
    change("subscription", items={"object": "list", "data": [], "has_more": False, "url": "/"})

    with pytest.raises(gateway.Unavailable):
        gateway.fetch_subscription(begun_plan.stripe_subscription_id or "")


def test_a_gift_that_cannot_be_written_breaks_neither_its_page_nor_the_sweep(client: Client) -> None:
    odd, good = begun(), begun(email="other@example.org")
    # Another gift has its PaymentIntent: no transaction can settle it.
    payment = gateway.fetch_checkout(odd.stripe_session_id or "").payment
    assert payment
    taken = give(email="third@example.org")
    Donation.objects.filter(pk=taken.pk).update(stripe_payment_intent_id=payment.payment_intent_id)
    Donation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))

    reconcile.sweep()

    statuses = Donation.objects.in_bulk()
    assert (statuses[odd.pk].status, statuses[good.pk].status) == (Status.PENDING, Status.PAID)
    Donation.objects.update(checked_at=None)
    assert client.get(f"/en/gifts/{odd.public_id}/").status_code == 200


def test_a_plan_that_cannot_be_written_keeps_no_other_waiting() -> None:
    odd = begin()
    pass_days(32)
    invoice_id = gateway.fetch_subscription(odd.stripe_subscription_id or "").latest_invoice_id
    payment = gateway.fetch_invoice(invoice_id).payment
    good = begun(frequency="monthly", email="other@example.org")
    reconcile.refresh(good)
    assert payment
    Donation.objects.filter(pk=good.pk).update(stripe_payment_intent_id=payment.payment_intent_id)
    RecurringDonation.objects.update(checked_at=None)

    watching.sweep()

    assert not RecurringDonation.objects.filter(checked_at=None).exists()
    assert set(Donation.objects.exclude(pk=good.pk).values_list("status", flat=True)) == {"paid", "pending"}


def test_an_invoice_that_was_paid_otherwise_after_it_failed_is_over(program: Program) -> None:
    begin(FAILING_CARD)
    pass_days(32)
    hear()
    failed = plan().failed_invoice_id
    assert failed
    invoice = StripeObject.objects.get(object_id=failed)
    invoice.data |= {"status": "paid"}  # “paid out of band”, in the dashboard
    invoice.save()

    renewals.hear(failed)

    assert (plan().failed_invoice_id, plan().mend_url) == ("", "")
    assert raised(program) == 5000


def test_anything_may_be_written_on_a_refund_in_the_dashboard(program: Program) -> None:
    donation = paid()
    client().v1.refunds.create(
        {"charge": charge_of(donation), "amount": 2000, "metadata": {"refund": "asked by telephone"}}
    )

    assert reversals.compare(charge_of(donation)) == "caught up with Stripe"

    assert (raised(program), Refund.objects.get().reason) == (3000, RefundReason.STRIPE)


def test_a_refund_that_nothing_can_be_done_about_keeps_no_other_back(
    program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good, base = paid(), paid(email="other@example.org"), settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    for donation in (broken, good):
        refunds.ask(donation, cents=5000, reason=RefundReason.DONOR, note="", by=None)
    settings.STRIPE_API_BASE = base
    # Its donation has become one that the books say cannot be: any error will do.
    Donation.objects.filter(pk=broken.pk).update(status=Status.UNDONE)
    monkeypatch.setattr(refunds, "_ASK_AGAIN_AFTER", refunds._ASK_AGAIN_AFTER * 0)

    assert refunds.sweep() == 2

    good.refresh_from_db()
    assert good.status == Status.REFUNDED


def test_a_refund_that_never_left_is_told_to_staff_and_to_nobody_else(program: Program) -> None:
    donation = paid()
    in_dashboard(donation)
    change("refund", status="canceled", balance_transaction=None)

    assert reversals.compare(charge_of(donation)) == "nothing new"
    assert reversals.compare(charge_of(donation)) == "nothing new"

    assert Refund.objects.get().status == RefundStatus.FAILED
    assert notices() == ["refund_refused"]
    assert (raised(program), letters()) == (5000, ["gift_thanks"])


def test_a_refused_gift_whose_refund_comes_back_counts_and_has_its_document(program: Program) -> None:
    donation = held()
    review.reject(donation, by=staff.member("Treasurer"), note="")
    assert not Receipt.objects.exists()
    at_stripe(of_kind("refund"), "come_back")

    listen()

    donation.refresh_from_db()
    assert (donation.status, raised(program)) == (Status.PAID, 5000)
    assert (Receipt.objects.get().facts["amount_cents"], Receipt.objects.get().facts["replaces"]) == (
        5000,
        "",
    )
    assert letters() == ["gift_not_taken", "refund_returned"]


def test_an_inquiry_is_an_older_answer_than_the_dispute_it_became(program: Program) -> None:
    donation = paid()
    at_stripe(charge_of(donation), "dispute")
    now = gateway.fetch_reversals(charge_of(donation))
    payments.catch_up(donation, now)
    (dispute,) = now.disputes
    older = type(dispute)(**{**vars(dispute), "status": "inquiry", "movements": ()})

    payments.catch_up(donation, type(now)(**{**vars(now), "disputes": (older,)}))

    donation.refresh_from_db()
    assert (donation.status, Dispute.objects.get().status) == (Status.DISPUTED, DisputeStatus.OPEN)


def test_another_charge_that_names_the_gift_is_for_a_person_to_look_at(program: Program) -> None:
    donation = paid()
    other = paid(email="other@example.org")
    in_dashboard(other)
    Donation.objects.filter(pk=other.pk).update(stripe_charge_id=None)
    change("charge", metadata={"donation": str(donation.public_id)})

    with pytest.raises(payments.Impossible):
        reversals.compare(other.stripe_charge_id or "")

    donation.refresh_from_db()
    assert donation.status == Status.PAID


def test_a_charge_with_notes_of_its_own_still_names_its_gift_by_its_intent() -> None:
    donation = begun()
    change("charge", metadata={"note": "telephoned"})

    assert gateway.fetch_reversals(charge_of(donation)).donation == str(donation.public_id)


def test_whoever_kept_a_warning_and_died_has_not_told_staff_yet() -> None:
    donation = paid()
    at_stripe(charge_of(donation), "warn")
    listen()
    Letter.objects.filter(kind="staff_notice").delete()
    assert FraudWarning.objects.count() == 1

    hear()
    hear()

    assert notices() == ["warning"]
