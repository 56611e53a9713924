"""Gifts that a person looks at before they count: released, refused, or left until the money is gone."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import checkout, gateway, ledger, reconcile, reversals, review
from donations.donors import giving
from donations.forms import GiftForm
from donations.gateway import asking
from donations.gateway.asking import client
from donations.models import Donation, LedgerEntry, Receipt, Refund, RefundStatus, Status, StripeEvent
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import faults, store
from sandbox.models import StripeObject
from sandbox.resources import refunds as refund_resource
from tests import staff
from tests.donations.reversal_gifts import at_stripe, begun, in_dashboard, listen, of_kind
from tests.giving import form_data, pay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]


def set_aside(program: Program) -> Donation:
    """A gift that looked odd: its donor has paid, and its money is only set aside."""
    form = GiftForm(form_data(), program=program)
    assert form.is_valid(), form.errors
    donation = checkout.start(program, form.answers(), token="", review_because="odd")
    assert pay(donation).status_code == 303
    assert reconcile.refresh(donation) == "held for review"
    return Donation.objects.select_related("donor", "program", "designation").get(pk=donation.pk)


def paid_otherwise() -> Donation:
    """A gift of which 50 euros were paid when 60 had been asked for."""
    donation = begun()
    Donation.objects.filter(pk=donation.pk).update(amount_cents=6000)
    donation = Donation.objects.select_related("donor", "program", "designation").get(pk=donation.pk)
    reconcile.refresh(donation)
    assert donation.status == Status.HELD
    return donation


def raised(program: Program) -> int:
    """What the meter shows; it is proved to be the ledger's sum."""
    call_command("check_totals", verbosity=0)
    return ledger.read_total(program).raised_cents


def letters() -> list[str]:
    return sorted(Letter.objects.exclude(kind="staff_notice").values_list("kind", flat=True))


def notices() -> list[str]:
    return [letter.facts["what"] for letter in Letter.objects.filter(kind="staff_notice").order_by("pk")]


def test_money_set_aside_is_counted_nowhere_and_staff_are_told_once(program: Program) -> None:
    donation = set_aside(program)

    listen()

    donation.refresh_from_db()
    assert (donation.status, donation.review_reason) == (Status.HELD, "odd")
    assert raised(program) == 0
    assert letters() == []
    assert notices() == ["held"]


def test_released_it_is_taken_and_settles_as_any_other(program: Program) -> None:
    donation = set_aside(program)

    review.release(donation, by=staff.member("Treasurer"))
    with pytest.raises(review.NotPossible):
        review.release(donation, by=staff.member("Treasurer"))

    assert donation.status == Status.PAID
    assert donation.reviewed_by == staff.member("Treasurer")
    assert raised(program) == 5000
    assert letters() == ["gift_thanks"]
    assert Receipt.objects.count() == 1


def test_released_by_somebody_who_died_in_the_middle_is_taken_at_the_next_look(program: Program) -> None:
    donation = set_aside(program)
    Donation.objects.update(reviewed_at=donation.created_at, reviewed_by=staff.member("Treasurer"))

    with pytest.raises(review.NotPossible):  # by somebody whose page is older than that
        review.reject(donation, by=staff.member("Administrator"), note="")
    review.sweep()
    Donation.objects.update(checked_at=None)
    review.sweep()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert raised(program) == 5000


def test_refused_it_is_let_go_and_the_donor_is_told_kindly(program: Program) -> None:
    donation = set_aside(program)

    review.reject(donation, by=staff.member("Treasurer"), note="")
    with pytest.raises(review.NotPossible):
        review.release(donation, by=staff.member("Treasurer"))
    listen()

    donation.refresh_from_db()
    assert donation.status == Status.FAILED
    assert raised(program) == 0
    assert letters() == ["gift_not_taken"]
    assert not LedgerEntry.objects.exists()


def test_the_page_of_a_gift_that_was_refused_does_not_blame_the_donors_bank(program: Program) -> None:
    donation = set_aside(program)
    review.reject(donation, by=staff.member("Treasurer"), note="")

    page = Client().get(reverse("donations:gift", args=[donation.public_id])).content.decode()

    assert "We could not accept your gift of €50. Nothing was charged" in page
    assert "Your bank gives the reason to you alone" not in page
    assert [gift.standing for year in giving.by_year(donation.donor.email) for gift in year.gifts] == [
        "Your gift was not charged"
    ]


def test_stripe_calls_it_a_refund_when_money_set_aside_is_let_go_and_nothing_goes_back(
    program: Program,
) -> None:
    donation = set_aside(program)
    review.reject(donation, by=staff.member("Treasurer"), note="")
    charge = StripeObject.objects.of_kind("charge").get()
    store.add(refund_resource.blank(charge.data, 5000, None, {}, pending=False))

    assert reversals.compare(charge.object_id) == "nothing new"

    donation.refresh_from_db()
    assert (donation.status, Refund.objects.count()) == (Status.FAILED, 0)


def test_taken_in_part_in_the_dashboard_the_rest_is_no_refund(program: Program) -> None:
    donation = set_aside(program)
    client().v1.payment_intents.capture(
        StripeObject.objects.get(kind="payment_intent").object_id, {"amount_to_capture": 2000}
    )

    listen()

    told = gateway.fetch_reversals(StripeObject.objects.get(kind="charge").object_id)
    now = timezone.now()
    books = gateway.movements(now - dt.timedelta(days=1), now + dt.timedelta(days=1))
    assert (told.payment and told.payment.amount_cents, told.refunds) == (2000, ())
    assert [(each.kind, each.amount_cents) for each in books] == [("gift", 2000)]
    donation.refresh_from_db()
    assert (donation.status, Refund.objects.count()) == (Status.HELD, 0)
    assert not StripeEvent.objects.filter(processed_at=None).exists()


def test_not_decided_in_time_staff_are_reminded_then_it_is_gone(program: Program) -> None:
    donation = set_aside(program)
    Donation.objects.update(created_at=donation.created_at - dt.timedelta(days=6))
    review.sweep()
    assert notices() == ["held", "held_expiring"]
    state = gateway.fetch_checkout(donation.stripe_session_id or "")
    client().v1.payment_intents.cancel(state.payment_intent_id)
    Donation.objects.update(checked_at=None)

    review.sweep()

    donation.refresh_from_db()
    assert donation.status == Status.FAILED
    assert letters() == ["gift_not_taken"]
    assert notices() == ["held", "held_expiring", "held_ended"]


def test_stripe_down_keeps_the_decision(program: Program, settings: Any) -> None:
    donation, base = set_aside(program), settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    with pytest.raises(gateway.Unavailable):
        review.reject(donation, by=staff.member("Treasurer"), note="")
    donation.refresh_from_db()
    assert donation.status == Status.HELD

    settings.STRIPE_API_BASE = base
    review.release(donation, by=staff.member("Treasurer"))

    assert donation.status == Status.PAID


def test_paid_otherwise_and_released_what_was_paid_is_the_gift(program: Program) -> None:
    donation = paid_otherwise()
    assert raised(program) == 0

    review.release(donation, by=staff.member("Treasurer"))

    assert (donation.status, donation.amount_cents) == (Status.PAID, 5000)
    assert "paid 5000 cents, asked 6000" in donation.review_reason
    assert raised(program) == 5000
    assert Receipt.objects.get().facts["amount_cents"] == 5000


def test_paid_otherwise_and_refused_it_goes_back_and_the_books_have_both(program: Program) -> None:
    donation = paid_otherwise()

    review.reject(donation, by=staff.member("Treasurer"), note="not ours")
    listen()

    donation.refresh_from_db()
    refund = Refund.objects.get()
    assert donation.status == Status.REFUNDED
    assert (refund.status, refund.amount_cents) == (RefundStatus.SUCCEEDED, 5000)
    assert raised(program) == 0
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["gift", "refund"]
    (letter,) = Letter.objects.filter(kind="gift_not_taken")
    assert letters() == ["gift_not_taken"]
    assert "All that you paid has been given back." in rendering.render(letter).text
    assert not Receipt.objects.exists()


def test_given_back_in_the_dashboard_while_it_was_held_is_given_back_here(program: Program) -> None:
    donation = paid_otherwise()
    in_dashboard(donation)

    listen()

    donation.refresh_from_db()
    assert donation.status == Status.REFUNDED
    assert raised(program) == 0


def address(donation: Donation, deed: str) -> str:
    return reverse(f"admin:donations_donation_{deed}", args=[donation.pk])


def text_of(page: HttpResponseBase) -> str:
    return b"".join(page).decode()


def test_a_treasurer_decides_after_reading_what_it_will_do(program: Program) -> None:
    donation, reader = set_aside(program), staff.signed_in("Treasurer")
    page = text_of(reader.get(reverse("admin:donations_donation_change", args=[donation.pk])))
    assert address(donation, "release") in page
    assert address(donation, "reject") in page

    asked = text_of(reader.get(address(donation, "release")))
    assert "€0 becomes €50." in asked
    assert Donation.objects.get().status == Status.HELD
    answer = reader.post(address(donation, "release"), follow=True)

    assert "counts now" in text_of(answer)
    assert Donation.objects.get().status == Status.PAID


def test_a_refusal_is_confirmed_too(program: Program) -> None:
    donation, reader = set_aside(program), staff.signed_in("Administrator")
    assert "set aside on the card is freed" in text_of(reader.get(address(donation, "reject")))

    reader.post(address(donation, "reject"), {"note": "a stolen card"})

    assert Donation.objects.get().status == Status.FAILED


def test_a_refusal_says_that_what_was_paid_is_among_the_gifts_that_came(program: Program) -> None:
    donation, reader = paid_otherwise(), staff.signed_in("Treasurer")
    before = ledger.read_total(program)

    asked = text_of(reader.get(address(donation, "reject")))
    reader.post(address(donation, "reject"), {"note": "not ours"})
    after = ledger.read_total(program)

    assert (after.raised_cents, after.gifts, after.donors) == (before.raised_cents, 1, 1)
    assert "never counted" not in asked
    assert "among the gifts and donors" in asked


def test_the_page_of_a_gift_leads_to_who_refused_it(program: Program) -> None:
    donation, reader = set_aside(program), staff.signed_in("Treasurer")
    page = reverse("admin:donations_donation_change", args=[donation.pk])
    history = reverse("admin:donations_donation_history", args=[donation.pk])
    assert history not in text_of(reader.get(page))

    reader.post(address(donation, "reject"), {"note": ""})

    assert history in text_of(reader.get(page))
    told = text_of(reader.get(history))
    assert "Refused." in told
    assert "treasurer" in told


def test_a_refusals_note_is_kept_as_one_line_without_marks_that_no_database_takes() -> None:
    donation, reader = paid_otherwise(), staff.signed_in("Treasurer")
    place = address(donation, "reject")

    long = reader.post(place, {"note": "x" * 501})
    assert long.status_code == 422
    assert "at most 500 characters" in text_of(long)
    answer = reader.post(place, {"note": "not\x00ours"})

    assert answer.status_code == 302
    assert Refund.objects.get().note == "not ours"


def test_a_release_is_confirmed_with_what_was_paid_and_not_with_what_was_asked(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, reader = paid_otherwise(), staff.signed_in("Treasurer")

    asked = text_of(reader.get(address(donation, "release")))

    assert "Take the €50 from" in asked
    assert "€0 becomes €50." in asked
    monkeypatch.setattr(asking, "_RETRIES", 0)  # it would wait between them
    settings.STRIPE_API_BASE = "http://127.0.0.1:2"
    away = reader.get(address(donation, "release"), follow=True)
    assert "Stripe does not answer now." in text_of(away)


def test_others_decide_nothing(program: Program) -> None:
    donation = set_aside(program)
    for role in ("Fundraiser", "Editor"):
        reader: Client = staff.signed_in(role)
        for deed in ("release", "reject"):
            assert reader.get(address(donation, deed)).status_code == 403
            assert reader.post(address(donation, deed)).status_code == 403
    assert Donation.objects.get().status == Status.HELD


def test_a_release_that_met_a_failure_of_stripes_is_taken_at_the_next_look(program: Program) -> None:
    """Stripe repeats what it answered to an idempotency key for a day, its own failures too."""
    donation = set_aside(program)
    faults.inject("error", match="POST payment_intents", count=1)

    with suppress(gateway.Unavailable):
        review.release(donation, by=staff.member("Treasurer"))
    for _ in range(2):
        Donation.objects.update(checked_at=None)
        review.sweep()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert raised(program) == 5000


def test_taken_in_the_dashboard_and_refused_here_it_goes_back(program: Program) -> None:
    donation = set_aside(program)
    at_stripe(of_kind("charge"), "capture")
    listen()

    review.reject(donation, by=staff.member("Treasurer"), note="")

    assert (donation.status, Refund.objects.get().status) == (Status.REFUNDED, RefundStatus.SUCCEEDED)
    assert raised(program) == 0
    assert letters() == ["gift_not_taken"]


def test_money_set_aside_last_year_and_taken_this_year_is_of_this_year(program: Program) -> None:
    donation = set_aside(program)
    charge = StripeObject.objects.get(kind="charge")
    charge.data["created"] -= 5 * 86_400
    charge.save()

    review.release(donation, by=staff.member("Treasurer"))

    assert donation.paid_at
    assert timezone.now() - donation.paid_at < dt.timedelta(minutes=5)
    assert Receipt.objects.get().facts["paid_on"] == timezone.localdate().isoformat()
    assert LedgerEntry.objects.get().occurred_at == donation.paid_at


def test_refused_by_staff_it_is_not_said_that_nobody_decided_in_time(program: Program) -> None:
    donation = set_aside(program)

    review.reject(donation, by=staff.member("Treasurer"), note="")

    for letter in Letter.objects.filter(facts__what="held_ended"):
        assert "n’a pas été débité à temps" not in rendering.render(letter).text


def test_a_refusal_that_cannot_be_carried_out_is_not_said_to_be_under_way(
    program: Program, client: Client
) -> None:
    donation = paid_otherwise()
    at_stripe(donation.stripe_charge_id or "", "dispute")
    listen()
    client.force_login(staff.member("Treasurer"))

    page = client.post(
        reverse("admin:donations_donation_reject", args=[donation.pk]), {"note": ""}, follow=True
    ).content.decode()

    assert Refund.objects.get().status == RefundStatus.REFUSED
    assert "Stripe has not finished yet" not in page
    assert "contests this gift" in page


def test_a_release_says_what_will_count_where_a_part_went_back(program: Program) -> None:
    donation = paid_otherwise()
    in_dashboard(donation, 2000)
    listen()

    said = review.worth(donation)
    review.release(donation, by=staff.member("Treasurer"))

    assert said == raised(program) == 3000


def test_taken_it_settles_whatever_the_payment_page_still_says(program: Program) -> None:
    donation = set_aside(program)
    Donation.objects.update(reviewed_at=donation.created_at, reviewed_by=staff.member("Treasurer"))
    client().v1.payment_intents.capture(of_kind("payment_intent"))
    page = StripeObject.objects.get(kind="checkout.session")
    page.data["payment_status"] = "unpaid"
    page.save()
    donation.refresh_from_db()

    reconcile.refresh(donation)

    assert (donation.status, raised(program)) == (Status.PAID, 5000)
