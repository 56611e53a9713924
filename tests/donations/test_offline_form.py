"""The pages where staff record a gift received otherwise and undo one; wrong answers and hostile papers."""

import html
import re
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from donations import ledger, offline, proofs
from donations.donors import erasure
from donations.models import Donation, Donor, OfflineGift, Pledge
from outreach.models import Subscription
from programs.models import FundingNeed, Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import ADD, CAMILLE, DAY, draft_in, pdf, picture, record, typed
from tests.donations.statements import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Program:
    return receipt_gifts.program()


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


@pytest.mark.parametrize("kept", [False, True], ids=["nothing kept", "name kept"])
def test_a_reference_of_somebody_who_was_forgotten_asks_who_gave_it(campaign: Program, kept: bool) -> None:
    donor = Donor.objects.create(**CAMILLE)
    pledge = Pledge.objects.create(program=campaign, donor=donor, way="transfer", language="fr")
    gifts = [record(campaign)] if kept else []
    erasure.erase(erasure.ask(donor.email, "fr"), by=staff.member("Treasurer"))
    client = staff.signed_in("Treasurer")
    nobody = dict.fromkeys(("email", "first_name", "last_name"), "")
    form = typed(campaign, reference=pledge.reference, amount="10") | nobody

    asked = client.post(ADD, form)
    donor.refresh_from_db()
    refused = client.post(ADD, form | {"email": donor.email, "last_name": "Exemple"})
    client.post(ADD, {"draft": draft_in(client.post(ADD, form | {"last_name": "Zoé"})), "record": "1"})

    assert (asked.status_code, refused.status_code) == (422, 422)
    assert "Who gave it? A name is needed." in html.unescape(asked.content.decode())
    assert "This stands for an address that was erased." in refused.content.decode()
    new = OfflineGift.objects.latest("pk").donation
    assert (new.donor.name, new.donor.email, new.reference) == ("Zoé", "", pledge.reference)
    assert Donation.objects.filter(donor=donor).count() == len(gifts)


def test_an_undone_gift_of_somebody_who_was_forgotten_is_recorded_again_without_their_address(
    campaign: Program,
) -> None:
    gift = record(campaign)
    erasure.erase(erasure.ask(CAMILLE["email"], "fr"), by=staff.member("Treasurer"))
    offline.correct(gift, by=staff.member("Treasurer"), reason="Twice")

    page = staff.signed_in("Treasurer").get(f"{ADD}?again={gift.pk}").content.decode()

    assert 'value="Exemple"' in page
    assert "erased.invalid" not in page


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


def test_a_wrong_answer_costs_nobody_the_file_they_chose(campaign: Program) -> None:
    client = staff.signed_in("Treasurer")
    page = client.post(ADD, typed(campaign, proof=pdf(), bank_reference="", amount="much"))
    assert "“cheque.pdf” is kept" in page.content.decode()
    held = draft_in(page)
    assert client.post(ADD, {"draft": held, "record": "1"}).status_code == 422

    confirm = client.post(ADD, typed(campaign, bank_reference="", draft=held))
    client.post(ADD, {"draft": draft_in(confirm), "record": "1"})

    assert OfflineGift.objects.get().proof_name == "cheque.pdf"


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
    assert re.search(rf'<a href="#id_\w+">[^<]*{said}', answer.content.decode())  # from the head of the form


@pytest.mark.parametrize("button", ["record", "edit"])
@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("designation", "no longer there"),
        ("program", "no longer there"),
        ("reference", "Nobody was given"),
    ],
)
def test_what_was_removed_before_the_confirmation_is_said_beside_its_field(
    field: str, said: str, button: str
) -> None:
    other = Program.objects.create(
        title_en="Other", slug_en="other", slug_fr="autre", target_cents=100, starts_on=DAY
    )
    need = FundingNeed.objects.create(program=other, label_en="A bench", label_fr="Une paillasse")
    pledge = Pledge.objects.create(
        program=receipt_gifts.program(), donor=Donor.objects.as_said(**CAMILLE), way="cheque", language="fr"
    )
    client = staff.signed_in("Treasurer")
    form = typed(other, designation=need.pk, reference=pledge.reference, proof=pdf(), note="By hand")
    draft = draft_in(client.post(ADD, form))
    rows = {"designation": need, "program": other, "reference": pledge}
    rows[field].delete()

    answer = client.post(ADD, {"draft": draft, button: "1"})

    words = answer.content.decode()
    assert answer.status_code == (422 if button == "record" else 200)
    assert (f'<a href="#id_{field}">' in words) is (said in words) is (button == "record")
    for kept in ('value="By hand"', 'value="120,50"', "“cheque.pdf” is kept"):
        assert kept in words
    assert not Donation.objects.exists()


def test_a_line_that_is_gone_before_the_confirmation_is_said(campaign: Program) -> None:
    line = one_line(staff.member("Treasurer"))
    client = staff.signed_in("Treasurer")
    draft = draft_in(client.post(ADD, typed(campaign, line=line.pk)))
    line.delete()

    answer = client.post(ADD, {"draft": draft, "record": "1"}, follow=True)

    assert answer.status_code == 200
    assert "this line of the bank’s is no longer there" in answer.content.decode()
    assert not Donation.objects.exists()


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


def test_undoing_the_gift_of_somebody_who_was_forgotten_promises_no_letter(campaign: Program) -> None:
    gift = record(campaign)
    erasure.erase(erasure.ask("camille@example.org", "en"), by=staff.member("Treasurer"))

    page = staff.signed_in("Treasurer").get(reverse("admin:donations_offlinegift_undo", args=[gift.pk]))

    assert "says that the gift was recorded by mistake" not in page.content.decode()
    assert "Nobody is written to: the address was erased" in page.content.decode()


def test_an_undone_gift_is_recorded_again_from_what_was_written_down(campaign: Program) -> None:
    gift = record(campaign, note="By hand")
    client = staff.signed_in("Treasurer")
    page = reverse("admin:donations_offlinegift_change", args=[gift.pk])
    undo = reverse("admin:donations_offlinegift_undo", args=[gift.pk])
    assert "Nothing of a recorded gift is edited" in client.get(page).content.decode()
    assert (
        "camille@example.org says that the gift was recorded by mistake" in client.get(undo).content.decode()
    )
    assert 'value="By hand"' not in client.get(f"{ADD}?again={gift.pk}").content.decode()

    client.post(undo, {"reason": "Another amount"})

    again = f"{ADD}?again={gift.pk}"
    assert again in client.get(page).content.decode()
    words = client.get(again).content.decode()
    for value in ("120.50", "2026-05-04", "camille@example.org", "REM 42", "By hand"):
        assert f'value="{value}"' in words
    for wrong in ("0", "x", "9" * 30):
        assert client.get(f"{ADD}?again={wrong}").status_code == 200


def test_a_gift_announced_for_another_programme_is_proposed_for_that_one(campaign: Program) -> None:
    other = Program(target_cents=1, starts_on=campaign.starts_on, status="published")
    for language, title in (("en", "Deafness"), ("fr", "Surdité")):
        setattr(other, f"title_{language}", title)
        setattr(other, f"slug_{language}", title.lower().replace("é", "e"))
        setattr(other, f"tagline_{language}", title)
    other.save()
    donor = Donor.objects.create(**CAMILLE)
    pledge = Pledge.objects.create(program=other, donor=donor, way="transfer", language="fr")
    line = one_line(staff.member("Treasurer"), text=f"DON {pledge.reference}")
    treasurer = staff.signed_in("Treasurer")

    page = treasurer.get(ADD, {"line": str(line.pk), "reference": pledge.reference})
    assert page.context["form"].initial["program"] == other.pk

    asked = treasurer.post(ADD, typed(campaign, reference=pledge.reference))
    assert "announced for “Deafness”" in asked.content.decode()
