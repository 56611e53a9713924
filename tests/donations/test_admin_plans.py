"""Recurring gifts in the admin: looked at by three roles, ended by two."""

import pytest

from donations.models import Donation, EndReason, PlanStatus, Status
from outreach.models import Letter, Suppression
from programs.models import Program
from tests import staff
from tests.planning import begin, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_a_treasurer_ends_a_plan_after_reading_what_it_does() -> None:
    address = f"/admin/donations/recurringdonation/{begin().pk}/"
    client = staff.signed_in("Treasurer")

    page = client.get(f"{address}change/").content.decode()
    asked = client.get(f"{address}end/").content.decode()
    assert plan().status == PlanStatus.ACTIVE
    client.post(f"{address}end/", {"comment": "asked by telephone"})

    assert "End this recurring gift" in page
    assert "nothing is given back" in asked
    assert "a copy of everything kept about them" in asked
    over = plan()
    assert (over.status, over.end_reason, over.end_comment) == (
        PlanStatus.ENDED,
        EndReason.STAFF,
        "asked by telephone",
    )
    assert Letter.objects.filter(kind="plan_ended").exists()
    assert "End this recurring gift" not in client.get(f"{address}change/").content.decode()


def test_whoever_ends_a_plan_reads_that_a_debit_on_its_way_may_still_arrive() -> None:
    address = f"/admin/donations/recurringdonation/{begin().pk}/end/"
    client, words = staff.signed_in("Treasurer"), "with the donor’s bank may still arrive"
    assert words not in client.get(address).content.decode()

    gift = plan().donations.get()
    Donation.objects.create(
        program=gift.program, donor=gift.donor, plan=gift.plan, amount_cents=5000, status=Status.PROCESSING
    )

    assert words in client.get(address).content.decode()


def test_whoever_ends_a_plan_is_promised_no_letter_to_a_mailbox_that_does_not_exist() -> None:
    address = f"/admin/donations/recurringdonation/{begin().pk}/end/"
    client = staff.signed_in("Treasurer")
    Suppression.objects.create(email=plan().donor.email, reason="hard_bounce")

    asked = client.get(address).content.decode()
    done = client.post(address, {"comment": ""}, follow=True).content.decode()

    for page in (asked, done):
        assert "told by a letter" not in page
        assert "Nobody is written to: no letter can arrive." in page


def test_a_comment_is_kept_as_one_line_without_marks_that_no_database_takes() -> None:
    address = f"/admin/donations/recurringdonation/{begin().pk}/end/"
    client = staff.signed_in("Treasurer")

    long = client.post(address, {"comment": "x" * 1001})
    answer = client.post(address, {"comment": "asked\x00by\r\ntelephone"})

    assert long.status_code == 422
    assert "at most 1000 characters" in long.content.decode()
    assert answer.status_code == 302
    assert (plan().status, plan().end_comment) == (PlanStatus.ENDED, "asked by telephone")


def test_a_fundraiser_looks_and_ends_nothing() -> None:
    address = f"/admin/donations/recurringdonation/{begin().pk}/"
    client = staff.signed_in("Fundraiser")

    assert "End this recurring gift" not in client.get(f"{address}change/").content.decode()
    assert client.post(f"{address}end/").status_code == 403
    assert plan().status == PlanStatus.ACTIVE
