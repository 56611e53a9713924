"""Gifts written down by staff: counted once, never edited, undone with a reason; and hostile papers."""

import datetime as dt
import io
import re
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from donations import ledger, offline, proofs
from donations.models import Donation, Donor, EntryKind, LedgerEntry, OfflineGift, Pledge, Receipt, Status
from donations.proofs import Proof
from outreach.models import Letter, Subscription
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

ADD = reverse("admin:donations_offlinegift_add")
DAY = dt.date(2026, 5, 4)
CAMILLE = {
    "kind": "individual",
    "email": "camille@example.org",
    "first_name": "Camille",
    "last_name": "Exemple",
    "company_name": "",
    "siren": "",
    "address": "1 rue de l’Exemple",
    "postal_code": "75015",
    "city": "Paris",
    "country": "FR",
    "language": "fr",
}


@pytest.fixture
def campaign() -> Program:
    return receipt_gifts.program()


def received(program: Program, **changes: Any) -> offline.Received:
    donor = CAMILLE | {name: changes.pop(name) for name in list(changes) if name in CAMILLE}
    values: dict[str, Any] = {
        "program": program,
        "method": "cheque",
        "amount_cents": 12_050,
        "received_on": DAY,
        "donor": donor,
        "bank_reference": "REM 42",
    }
    return offline.Received(**values | changes)


def record(program: Program, key: str = "k", seen: Any = (), **changes: Any) -> OfflineGift:
    return offline.record(received(program, **changes), by=staff.member("Treasurer"), key=key, seen=seen)


def in_order() -> bool:
    call_command("check_totals", stdout=StringIO())
    return True


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("cheque.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF\n", content_type="application/pdf")


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "#a02030").save(data, kind)
    return data.getvalue()


def typed(program: Program, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        **{name: value for name, value in CAMILLE.items() if name != "kind"},
        "program": program.pk,
        "method": "cheque",
        "amount": "120,50",
        "received_on": "2026-05-04",
        "designation": "",
        "reference": "",
        "donor_kind": "individual",
        "public_name": "",
        "bank_reference": "REM 42",
        "note": "",
    }
    return values | changes


def draft_in(answer: Any) -> str:
    found = re.search(r'name="draft" value="([^"]*)"', answer.content.decode())
    assert found
    return found[1]


def test_a_gift_received_otherwise_counts_and_is_thanked_for(campaign: Program) -> None:
    gift = record(campaign)

    donation = gift.donation
    entry = LedgerEntry.objects.get()
    assert (donation.status, donation.method, donation.amount_cents) == (Status.PAID, "cheque", 12_050)
    assert (entry.kind, entry.amount_cents, entry.donation) == (EntryKind.OFFLINE, 12_050, donation)
    assert timezone.localdate(entry.occurred_at) == DAY
    assert ledger.read_total(campaign) == ledger.Total(12_050, 1, 1, 1)
    assert ledger.read_account(campaign).total == ledger.Total(12_050, 1, 1, 1)
    assert Letter.objects.get().to == "camille@example.org"
    assert Receipt.objects.get().facts["amount_cents"] == 12_050
    assert in_order()


def test_recording_again_records_once(campaign: Program) -> None:
    assert record(campaign).pk == record(campaign).pk

    assert Donation.objects.count() == LedgerEntry.objects.count() == Letter.objects.count() == 1


def test_without_an_address_there_is_no_letter_and_each_donor_counts(campaign: Program) -> None:
    record(campaign, "a", email="", last_name="Un")
    record(campaign, "b", email="", last_name="Deux", amount_cents=700)
    record(campaign, "c", email="", last_name="Deux", amount_cents=800)

    assert not Letter.objects.exists()
    assert not Receipt.objects.exists()
    assert ledger.read_total(campaign) == ledger.Total(13_550, 3, 2, 3)
    assert in_order()


def test_a_donor_who_gave_online_is_the_same_donor(campaign: Program) -> None:
    gift = receipt_gifts.gift(receipt_gifts.donor(email="camille@example.org"))
    with transaction.atomic():
        ledger.post_gift(gift, charge_id="ch_1", fee_cents=0, occurred_at=timezone.now())
    record(campaign)

    assert ledger.read_total(campaign) == ledger.Total(17_050, 2, 1, 2)
    assert in_order()


def test_a_mistake_is_undone_by_an_entry_and_counts_no_more(campaign: Program) -> None:
    kept, wrong = record(campaign, "a", amount_cents=700), record(campaign, "b")
    treasurer = staff.member("Treasurer")

    assert offline.correct(wrong, by=treasurer, reason="No such cheque") is True
    assert offline.correct(wrong, by=treasurer, reason="Again") is False

    wrong.refresh_from_db()
    wrong.donation.refresh_from_db()
    assert wrong.donation.status == Status.UNDONE
    assert (wrong.undone_reason, wrong.undone_by) == ("No such cheque", treasurer)
    assert list(wrong.donation.entries.values_list("kind", "amount_cents").order_by("pk")) == [
        (EntryKind.OFFLINE, 12_050),
        (EntryKind.CORRECTION, -12_050),
    ]
    assert Receipt.objects.get(donation=wrong.donation).state == "voided"
    assert Receipt.objects.get(donation=kept.donation).state == "issued"
    assert ledger.read_total(campaign) == ledger.Total(700, 1, 1, 3)
    assert ledger.read_account(campaign).total == ledger.Total(700, 1, 1, 3)
    assert in_order()
    offline.correct(kept, by=treasurer, reason="This one too")
    assert ledger.read_total(campaign) == ledger.Total(0, 0, 0, 4)
    assert in_order()


def test_an_undone_gift_can_be_recorded_anew(campaign: Program) -> None:
    offline.correct(record(campaign, "a"), by=staff.member("Treasurer"), reason="Wrong day")

    record(campaign, "b", received_on=DAY + dt.timedelta(days=1))

    assert ledger.read_total(campaign) == ledger.Total(12_050, 1, 1, 3)
    assert in_order()


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"bank_reference": "other", "email": "x@example.org", "last_name": "Exemples"}, True),
        ({"bank_reference": "other", "email": "", "first_name": "", "last_name": "EXEMPLE CAMILLE"}, True),
        ({"bank_reference": "other", "last_name": "Autrement", "first_name": "Zoé"}, True),  # the address
        ({"email": "", "first_name": "Zoé", "last_name": "Autrement"}, True),  # the bank's reference
        ({"bank_reference": "other", "email": "", "first_name": "Zoé", "last_name": "Autrement"}, False),
        ({"amount_cents": 12_051}, False),
        ({"received_on": DAY + dt.timedelta(days=30)}, False),
        ({"received_on": DAY - dt.timedelta(days=6)}, True),
    ],
)
def test_what_may_be_the_same_gift_must_be_looked_at(
    campaign: Program, changes: dict[str, Any], same: bool
) -> None:
    first = record(campaign, "a")

    if not same:
        record(campaign, "b", **changes)
        return
    with pytest.raises(offline.Doubtful):
        record(campaign, "b", **changes)
    assert LedgerEntry.objects.count() == 1
    record(campaign, "b", seen=[first.donation_id], **changes)
    assert in_order()


def test_an_announced_gift_brings_who_gives_and_what_they_agreed_to(campaign: Program) -> None:
    donor = Donor.objects.create(**CAMILLE)
    pledge = Pledge.objects.create(
        program=campaign, donor=donor, way="transfer", language="fr", updates_consent="Yes"
    )
    client = staff.signed_in("Fundraiser")
    form = typed(campaign, reference=pledge.reference.lower().replace("-", " "))
    form |= dict.fromkeys(("email", "first_name", "last_name", "address", "postal_code", "city"), "")

    client.post(ADD, {"draft": draft_in(client.post(ADD, form)), "record": "1"})

    gift = OfflineGift.objects.get()
    assert (gift.pledge, gift.donation.donor, gift.donation.reference) == (pledge, donor, pledge.reference)
    assert Subscription.objects.get().consent_text == "Yes"


def test_staff_look_first_and_record_then(campaign: Program) -> None:
    client = staff.signed_in("Fundraiser")
    page = client.post(ADD, typed(campaign, proof=pdf()))
    words = page.content.decode()

    assert page.status_code == 200
    assert "€120.50" in words
    assert "cheque.pdf" in words
    assert not Donation.objects.exists()
    draft = draft_in(page)
    answers = [client.post(ADD, {"draft": draft, "record": "1"}) for _twice in range(2)]
    gift = OfflineGift.objects.get()
    assert {answer["Location"] for answer in answers} == {
        reverse("admin:donations_offlinegift_change", args=[gift.pk])
    }
    assert ledger.read_total(campaign).raised_cents == 12_050
    saved = client.get(reverse("admin:donations_offlinegift_proof", args=[gift.pk]))
    assert b"".join(saved.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert "attachment" in saved["Content-Disposition"]
    assert saved["X-Content-Type-Options"] == "nosniff"


def test_going_back_keeps_what_was_typed_and_the_file(campaign: Program) -> None:
    client = staff.signed_in("Treasurer")
    draft = draft_in(client.post(ADD, typed(campaign, proof=pdf(), bank_reference="")))
    page = client.post(ADD, {"draft": draft, "edit": "1"})

    assert 'value="120,50"' in page.content.decode()
    again = client.post(ADD, typed(campaign, bank_reference="", amount="99", draft=draft_in(page)))
    assert "cheque.pdf" in again.content.decode()


def test_a_warning_must_be_answered(campaign: Program) -> None:
    client = staff.signed_in("Treasurer")
    record(campaign, "a")
    page = client.post(ADD, typed(campaign))
    assert "may be the same" in page.content.decode()

    refused = client.post(ADD, {"draft": draft_in(page), "record": "1"})
    assert (refused.status_code, OfflineGift.objects.count()) == (409, 1)
    client.post(ADD, {"draft": draft_in(refused), "record": "1", "another": "1"})

    assert OfflineGift.objects.count() == 2


def test_one_who_was_faster_is_seen_at_the_last_moment(campaign: Program) -> None:
    client = staff.signed_in("Treasurer")
    draft = draft_in(client.post(ADD, typed(campaign)))
    record(campaign, "somebody else")

    answer = client.post(ADD, {"draft": draft, "record": "1"})

    assert answer.status_code == 409
    assert OfflineGift.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0"}, "more than nothing"),
        ({"amount": "-12"}, "more than nothing"),
        ({"amount": "1.000"}, "Which one"),
        ({"amount": "9" * 30}, "more than one gift"),
        ({"received_on": "2099-01-01"}, "still to come"),
        ({"received_on": "0200-01-01"}, "too long ago"),
        ({"received_on": "soon"}, "valid date"),
        ({"bank_reference": ""}, "needs a proof"),
        ({"reference": "IM-0000-0001"}, "Nobody was given"),
        ({"email": "", "first_name": "", "last_name": ""}, "A name is needed"),
        ({"method": "card"}, "Select a valid choice"),
        ({"siren": "123"}, "SIREN"),
        ({"last_name": "x" * 501}, "at most 500"),
    ],
)
def test_a_wrong_answer_is_explained(campaign: Program, changes: dict[str, Any], said: str) -> None:
    answer = staff.signed_in("Treasurer").post(ADD, typed(campaign, **changes))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_designation_belongs_to_its_programme(campaign: Program) -> None:
    other = Program.objects.create(
        title_en="Other", slug_en="other", slug_fr="autre", target_cents=100, starts_on=DAY
    )

    answer = staff.signed_in("Treasurer").post(ADD, typed(other, designation=receipt_gifts.need().pk))

    assert "another programme" in answer.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.4 without an end",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00",
        b"GIF89a" + b"\x00" * 20,
        picture()[:-30],
        b"\xff\xd8\xff\xe0 no picture",
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused(campaign: Program, content: bytes) -> None:
    with pytest.raises(proofs.NotAProof):
        proofs.kind_of(content)

    upload = SimpleUploadedFile("cheque.pdf", content, content_type="application/pdf")
    answer = staff.signed_in("Treasurer").post(ADD, typed(campaign, proof=upload))
    assert answer.status_code == 422


def test_a_file_that_is_too_large_is_refused(campaign: Program) -> None:
    upload = SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * proofs.MOST_BYTES, content_type="application/pdf")

    answer = staff.signed_in("Treasurer").post(ADD, typed(campaign, proof=upload))

    assert "larger than 10 MB" in answer.content.decode()


def test_a_kept_file_is_named_by_us_and_lies_in_private() -> None:
    kept = proofs.keep("../../etc/<b>passwd.PNG", picture("JPEG"))

    assert (kept.type, kept.name) == ("image/jpeg", "<b>passwd.PNG")
    assert re.fullmatch(r"proofs/\d{4}/[0-9a-f]{32}\.jpg", kept.path)
    assert storages["private"].exists(kept.path)


def test_a_draft_that_was_tampered_with_is_no_draft(campaign: Program) -> None:
    client = staff.signed_in("Treasurer")
    draft = draft_in(client.post(ADD, typed(campaign)))

    for wrong in (draft[:-2], "x" + draft, "x", ""):
        assert client.post(ADD, {"draft": wrong, "record": "1"}).status_code == 422
    assert not Donation.objects.exists()


def test_who_may_record_and_who_may_undo(campaign: Program) -> None:
    gift = record(campaign)
    undo = reverse("admin:donations_offlinegift_undo", args=[gift.pk])
    proof = reverse("admin:donations_offlinegift_proof", args=[gift.pk])
    allowed = {
        role: tuple(staff.signed_in(role).get(path).status_code for path in (ADD, undo, proof))
        for role in staff.ROLES
    }

    assert allowed == {
        "Editor": (403, 403, 403),
        "Fundraiser": (200, 403, 404),  # no file came with this gift
        "Treasurer": (200, 200, 404),
        "Administrator": (200, 200, 404),
    }


def test_undoing_asks_why_and_shows_what_it_does(campaign: Program) -> None:
    gift = record(campaign)
    client = staff.signed_in("Treasurer")
    path = reverse("admin:donations_offlinegift_undo", args=[gift.pk])

    assert "€0.00" in client.get(path).content.decode()
    assert client.post(path, {"reason": " "}).status_code == 422
    client.post(path, {"reason": "Recorded twice"})

    gift.refresh_from_db()
    assert gift.undone_reason == "Recorded twice"
    assert Client().get(reverse("donations:gift", args=[gift.donation.public_id])).status_code == 200
    assert client.get(path).status_code == 302


def test_the_database_itself_asks_for_a_proof_and_a_reason(campaign: Program) -> None:
    gift = record(campaign)
    for wrong in ({"bank_reference": ""}, {"undone_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OfflineGift.objects.filter(pk=gift.pk).update(**wrong)


def test_a_gift_of_a_past_year_is_dated_then(campaign: Program) -> None:
    record(campaign, received_on=dt.date(2024, 12, 31), proof=Proof("p", "n", "application/pdf", "0"))

    assert timezone.localdate(Donation.objects.get().paid_at) == dt.date(2024, 12, 31)
    assert Receipt.objects.get().year == 2024
    assert in_order()
