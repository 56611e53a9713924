"""Being forgotten: what goes, what the law keeps, who answers, and the trace that stays."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.utils import timezone

from donations import ledger, receipts
from donations.donors import erasure, limits, sessions, sign_in
from donations.models import (
    Donation,
    Donor,
    EmailChange,
    ErasureRequest,
    ErasureStatus,
    LedgerEntry,
    OfflineGift,
    PlanStatus,
    ProgramTotal,
    Receipt,
    Refund,
    SignInLink,
    Status,
    StripeEvent,
)
from outreach import delivery, letters, subscriptions
from outreach.models import Letter, Subscription, Suppression
from tests import staff
from tests.donations.offline_gifts import CAMILLE, record
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.test_my_gifts_about_me import plan
from tests.donations.test_my_gifts_gifts import EMAIL, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client: Client) -> Client:
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


@pytest.fixture
def treasurer() -> Client:
    return staff.signed_in("Treasurer")


def answer(client: Client, asked: ErasureRequest, **data: str) -> Any:
    return client.post(f"/admin/donations/erasurerequest/{asked.pk}/answer/", data)


def a_full_life() -> Receipt:
    """Everything that the site may hold about somebody."""
    given = gift(display="name", public_name="Marie D.", stripe_charge_id="ch_77")
    receipt = settled(given)
    gift(donor(first_name="Mimi", city="Nice"), status=Status.EXPIRED)
    plan(given.donor, status=PlanStatus.ENDED, ended_at=timezone.now(), end_comment="Marie moves")
    subscriptions.confirm(
        email=EMAIL,
        program=program(),
        language="fr",
        consent_text="Oui",
        source="form",
        consented_at=timezone.now(),
    )
    for number in range(2):
        letters.owe(
            key=f"k{number}",
            kind="gift_thanks",
            to=EMAIL,
            language="fr",
            facts={"donor_name": "Marie Dupont"},
        )
    Letter.objects.filter(key="k1").update(
        state="sent", sent_at=timezone.now(), text="Marie Dupont", html="Marie", subject="Marie"
    )
    StripeEvent.objects.create(
        event_id="evt_1",
        type="charge.succeeded",
        livemode=False,
        payload={
            "data": {"object": {"id": "ch_77", "object": "charge", "billing_details": {"email": EMAIL}}}
        },
        created_at=timezone.now(),
        processed_at=timezone.now(),
    )
    Suppression.objects.create(email=EMAIL, reason="request")
    sign_in.ask(email=EMAIL, language="fr", network="n")
    sessions.begin(EMAIL)
    return receipt


def everywhere(*, but: tuple[str, ...] = ()) -> str:
    """All rows that may name the donor, as text."""
    models = (
        *(Donor, Donation, Subscription, Suppression, Letter, StripeEvent),
        *(SignInLink, EmailChange, ErasureRequest),
    )
    return "".join(
        str(list(model._default_manager.values())) for model in models if model.__name__ not in but
    )


def test_asking_says_what_goes_and_what_stays_and_is_done_once(own: Client) -> None:
    settled(gift(), paid_at=timezone.now())
    page = own.get("/en/my-gifts/erasure/").content.decode()
    assert "for 6 years" in page
    assert str(timezone.localdate().year + 6) in page

    for _ in range(2):
        assert own.post("/en/my-gifts/erasure/")["Location"] == "/en/my-gifts/?done=erasure"
    assert ErasureRequest.objects.get().email == EMAIL
    assert "You asked on" in own.get("/en/my-gifts/erasure/").content.decode()


def test_a_recurring_gift_is_ended_first(own: Client) -> None:
    plan(gift().donor)

    own.post("/en/my-gifts/erasure/")

    assert not ErasureRequest.objects.exists()
    assert "Please end it first" in own.get("/en/my-gifts/erasure/").content.decode()


def test_what_may_be_erased_is_gone_and_what_the_law_keeps_stands(treasurer: Client) -> None:
    receipt = a_full_life()
    document = receipts.document(receipt)
    total = ProgramTotal.objects.values().get()
    entries = list(LedgerEntry.objects.values())
    asked = erasure.ask(EMAIL, "fr")

    assert answer(treasurer, asked, action="erase").status_code == 302
    delivery.deliver(0)
    assert erasure.finish() == 1

    assert [message.to for message in mail.outbox] == [[EMAIL]]
    left = everywhere()
    assert EMAIL not in left
    assert "Mimi" not in left
    assert "Marie D." not in left
    assert "Marie moves" not in left
    kept = Donor.objects.exclude(last_name="").get()
    assert (kept.first_name, kept.address) == ("Marie", "12 rue des Lilas")
    assert "Marie" not in everywhere(but=("Donor",))
    assert Receipt.objects.get().facts["donor"]["name"] == "Marie Dupont"
    assert receipts.document(Receipt.objects.get()) == document
    assert ProgramTotal.objects.values().get() == total
    assert list(LedgerEntry.objects.values()) == entries


def test_the_trace_says_who_did_what_and_answers_who_asks_later(treasurer: Client) -> None:
    receipt = a_full_life()
    asked = erasure.ask(EMAIL, "fr")
    answer(treasurer, asked, action="erase")
    delivery.deliver(0)
    erasure.finish()

    done = ErasureRequest.objects.get()
    assert done.status == ErasureStatus.DONE
    assert done.answered_by == staff.member("Treasurer")
    assert done.digest == limits.digest(EMAIL)
    assert done.outcome["givers_erased"] == done.outcome["givers_kept"] == 1
    assert done.outcome["letters"] == 2
    assert done.kept_until is not None
    assert done.kept_until.year == timezone.localdate(receipt.issued_at).year + 6
    assert EMAIL not in str(list(LogEntry.objects.values()))
    assert LogEntry.objects.get().object_id == str(asked.pk)


def test_nothing_is_written_to_a_placeholder(treasurer: Client) -> None:
    a_full_life()
    asked = erasure.ask(EMAIL, "fr")
    answer(treasurer, asked, action="erase")
    delivery.deliver(0)
    erasure.finish()
    mail.outbox.clear()
    letters.owe(key="late", kind="gift_thanks", to=Donor.objects.all()[0].email, language="fr", facts={})

    delivery.deliver(0)

    assert mail.outbox == []
    assert Letter.objects.get(key="late").state == "suppressed"


def test_the_address_stays_until_the_letter_has_left(treasurer: Client) -> None:
    settled(gift())
    answer(treasurer, erasure.ask(EMAIL, "fr"), action="erase")

    assert erasure.finish() == 0
    assert ErasureRequest.objects.get().email == EMAIL
    delivery.deliver(0)
    assert (erasure.finish(), erasure.finish()) == (1, 0)


def test_the_kept_names_go_when_their_time_has_come(treasurer: Client) -> None:
    settled(gift())
    answer(treasurer, erasure.ask(EMAIL, "fr"), action="erase")
    delivery.deliver(0)
    erasure.finish()
    ErasureRequest.objects.update(kept_until=timezone.localdate() - dt.timedelta(days=1))

    assert (erasure.finish(), erasure.finish()) == (1, 0)
    assert Donor.objects.get().name == ""


@pytest.mark.parametrize("status", [Status.PENDING, Status.PROCESSING, Status.HELD, Status.DISPUTED])
def test_money_on_its_way_comes_first(treasurer: Client, status: Status) -> None:
    gift(status=status)
    asked = erasure.ask(EMAIL, "fr")

    page = treasurer.get(f"/admin/donations/erasurerequest/{asked.pk}/answer/").content.decode()
    answer(treasurer, asked, action="erase")

    assert "wait until it is settled" in page
    assert ErasureRequest.objects.get().status == ErasureStatus.WAITING
    assert Donor.objects.get().email == EMAIL


def test_a_refusal_has_a_reason_that_the_donor_reads(treasurer: Client) -> None:
    settled(gift())
    asked = erasure.ask(EMAIL, "en")
    assert answer(treasurer, asked, action="refuse").status_code == 200

    answer(treasurer, asked, action="refuse", reason="A court asks for it.")
    delivery.deliver(0)

    assert ErasureRequest.objects.get().status == ErasureStatus.REFUSED
    assert "A court asks for it." in str(mail.outbox[0].body)
    assert Donor.objects.get().email == EMAIL


def test_it_is_answered_once_whoever_presses(treasurer: Client) -> None:
    settled(gift())
    asked = erasure.ask(EMAIL, "en")
    answer(treasurer, asked, action="erase")
    again = answer(treasurer, asked, action="refuse", reason="No")

    assert again.status_code == 302
    assert ErasureRequest.objects.get().status == ErasureStatus.DONE
    assert Letter.objects.filter(kind="erasure").count() == 1


@pytest.mark.parametrize("role", ["Editor", "Fundraiser"])
def test_other_roles_answer_nothing(role: str) -> None:
    settled(gift())
    asked = erasure.ask(EMAIL, "en")

    assert answer(staff.signed_in(role), asked, action="erase").status_code == 403
    assert Donor.objects.get().email == EMAIL


def test_the_home_of_the_admin_says_that_somebody_waits(treasurer: Client) -> None:
    erasure.ask(EMAIL, "en")

    assert "1 person asks to be forgotten" in treasurer.get("/admin/").content.decode()
    page = treasurer.get("/admin/donations/erasurerequest/").content.decode()
    assert "/answer/" in page


def test_the_home_of_the_admin_says_what_stripe_has_not_done_for_long(treasurer: Client) -> None:
    long_ago = timezone.now() - dt.timedelta(days=2)
    going_on = plan(gift().donor, stop_requested_at=long_ago)
    done = {"status": ErasureStatus.DONE, "answered_at": long_ago, "answered_by": staff.member("Treasurer")}
    ErasureRequest.objects.create(email="gone@example.org", language="en", **done)

    home = treasurer.get("/admin/").content.decode()

    assert "1 recurring gift is to end, and Stripe has not ended it yet." in home
    assert "1 person was forgotten here, and not at Stripe yet" in home
    listed = re.findall(
        r'href="(/admin/donations/(?:recurringdonation|erasurerequest)/\?[^"]+__isnull[^"]+)"', home
    )
    pages = [treasurer.get(html.unescape(address)).content.decode() for address in listed]
    assert len(pages) == 2
    assert f"recurringdonation/{going_on.pk}/" in pages[0]
    assert "gone@example.org" in pages[1]


def test_a_gift_of_a_forgotten_donor_still_settles_its_refund_in_the_books() -> None:
    """The ledger needs no person."""
    settled(given := gift())
    erasure.erase(erasure.ask(EMAIL, "en"), by=staff.member("Treasurer"))

    ledger.read_account(given.program)
    assert Donation.objects.get().amount_cents == 5000


def test_what_staff_noted_of_somebody_goes_with_them() -> None:
    record(program(), note="Mme Exemple, 06 12 34 56 78")
    stays = record(
        program(),
        key="2",
        email="zoe@example.org",
        amount_cents=500,
        first_name="Zoé",
        last_name="Z",
        bank_reference="R2",
        note="By post",
    )

    erasure.erase(erasure.ask(CAMILLE["email"], "fr"), by=staff.member("Treasurer"))

    notes = OfflineGift.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["", stays.note]


def test_company_names_go_too(treasurer: Client) -> None:
    gift(donor(kind="company", company_name="Atelier Dupont", siren="732829320"), status=Status.FAILED)

    answer(treasurer, erasure.ask(EMAIL, "en"), action="erase")

    emptied = Donor.objects.get()
    assert (emptied.company_name, emptied.siren, emptied.address) == ("—", "", "")


def test_what_staff_noted_of_a_refund_goes_too() -> None:
    given = gift(status=Status.REFUNDED, settled_at=timezone.now(), paid_at=timezone.now())
    Refund.objects.create(
        donation=given, amount_cents=5000, reason="donor", note="Mme Dupont, 06 12 34 56 78"
    )

    erasure.erase(erasure.ask(EMAIL, "fr"), by=staff.member("Treasurer"))

    assert Refund.objects.get().note == ""
