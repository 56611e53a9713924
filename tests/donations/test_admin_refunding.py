"""A treasurer gives a gift back from its page: how much and why, then what it will do, then the deed."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from donations import ledger, refunds
from donations.donors import erasure
from donations.models import Donation, Refund, RefundStatus
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from tests import staff
from tests.donations.reversal_gifts import at_stripe, charge_of, listen, paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def address(gift: Donation) -> str:
    return reverse("admin:donations_donation_refund", args=[gift.pk])


def text_of(page: HttpResponseBase) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", b"".join(page).decode()))


def answers(client: Client, gift: Donation, **changes: str) -> dict[str, str]:
    """The form as it is shown, with what the treasurer changes."""
    form = client.get(address(gift)).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | changes


def test_the_form_offers_all_that_is_left_and_the_next_page_says_what_it_will_do(program: Program) -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    assert (
        address(gift)
        in client.get(reverse("admin:donations_donation_change", args=[gift.pk])).content.decode()
    )
    data = answers(client, gift)
    assert data["amount"] == "50"

    whole = text_of(client.post(address(gift), data))
    part = text_of(client.post(address(gift), {**data, "amount": "20,50"}))

    assert "Give €50 back to Camille Exemple?" in whole
    assert "€50 becomes €0." in whole
    assert "C-" in whole
    assert "becomes void." in whole
    assert "€50 becomes €29.50." in part
    assert "becomes void; a new one states €29.50." in part
    assert not Refund.objects.exists()
    assert ledger.read_total(program).raised_cents == 5000


def test_confirmed_twice_it_is_given_back_once(program: Program) -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    data = answers(client, gift, amount="20", reason="duplicate", note="by telephone", confirm="1")

    first = client.post(address(gift), data, follow=True)
    client.post(address(gift), data)

    refund = Refund.objects.get()
    assert "€20.00 goes back to the donor, who is told by letter" in text_of(first)
    assert (refund.amount_cents, refund.status, refund.note) == (
        2000,
        RefundStatus.SUCCEEDED,
        "by telephone",
    )
    assert refund.requested_by == staff.member("Treasurer")
    assert ledger.read_total(program).raised_cents == 3000


@pytest.mark.parametrize("amount", ["50,01", "0", "-1", "1.000", "much", ""])
def test_a_wrong_amount_is_explained_beside_its_field(amount: str) -> None:
    gift, client = paid(), staff.signed_in("Treasurer")

    page = client.post(address(gift), answers(client, gift, amount=amount, confirm="1"))

    assert page.context["form"].errors["amount"]
    assert 'role="alert"' in page.content.decode()
    assert not Refund.objects.exists()


def test_the_gifts_history_says_what_stripe_refused() -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    at_stripe(charge_of(gift), "dispute")

    client.post(address(gift), answers(client, gift, confirm="1"))

    assert Refund.objects.get().status == RefundStatus.REFUSED
    assert LogEntry.objects.get().change_message.startswith("Stripe did not give €50.00 back: ")


def test_others_have_neither_the_button_nor_the_address() -> None:
    gift = paid()
    for role in ("Fundraiser", "Editor"):
        client = staff.signed_in(role)
        page = client.get(reverse("admin:donations_donation_change", args=[gift.pk]))

        assert address(gift) not in page.content.decode()
        assert client.get(address(gift)).status_code == 403
        assert client.post(address(gift), {"amount": "50", "confirm": "1"}).status_code == 403
    assert not Refund.objects.exists()


def test_staff_are_not_told_of_a_letter_to_somebody_who_was_forgotten(settings: Any) -> None:
    settings.STAFF_EMAIL = ["treasurer@example.org"]
    gift, client = paid(), staff.signed_in("Treasurer")
    erasure.erase(erasure.ask(gift.donor.email, "en"), by=staff.member("Treasurer"))
    data = answers(client, gift)

    asked = text_of(client.post(address(gift), data))
    done = text_of(client.post(address(gift), {**data, "confirm": "1"}, follow=True))
    at_stripe(Refund.objects.get().stripe_refund_id or "", "come_back")
    listen()

    assert "A letter to" not in asked
    assert "who is told by letter" not in done
    for page in (asked, done):
        assert "Nobody is written to" in page
    told = rendering.render(Letter.objects.get(kind="staff_notice")).text
    assert "On demande au donateur" not in told
    assert "On ne peut demander à personne" in told


def test_what_was_given_back_offers_no_more() -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    refunds.ask(gift, cents=5000, reason="donor", note="", by=None)

    answer = client.get(address(gift), follow=True)

    assert "There is nothing to give back of this gift." in text_of(answer)
    assert address(gift) not in answer.content.decode()


def test_a_page_from_before_with_another_amount_is_not_said_to_give_back(program: Program) -> None:
    gift, client = paid(), staff.signed_in("Treasurer")
    data = answers(client, gift, amount="10", reason="donor", confirm="1")
    client.post(address(gift), data, follow=True)

    again = client.post(address(gift), {**data, "amount": "20"}, follow=True)  # the browser's way back

    assert Refund.objects.get().amount_cents == 1000
    assert "goes back to the donor" not in text_of(again)
    assert LogEntry.objects.count() == 1
