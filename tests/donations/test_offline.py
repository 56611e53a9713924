"""Gifts written down by staff: counted once, never edited, undone with a reason."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from donations import ledger, offline
from donations.models import Donation, Donor, EntryKind, LedgerEntry, OfflineGift, Pledge, Receipt, Status
from donations.proofs import Proof
from outreach import rendering, subscriptions
from outreach.models import Letter
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import CAMILLE, DAY, in_order, received, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Program:
    return receipt_gifts.program()


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


def announced(program: Program) -> Pledge:
    """A gift announced by somebody who asked for news."""
    donor = Donor.objects.as_said(**CAMILLE)
    return Pledge.objects.create(
        program=program, donor=donor, way="transfer", language="fr", updates_consent="Send me news."
    )


def test_who_gave_a_cheque_is_not_told_that_the_gift_was_made_on_the_site(campaign: Program) -> None:
    record(campaign)

    letter = rendering.render(Letter.objects.get())

    for text in (letter.text, letter.html):
        assert "un don a été fait" not in text
        assert "votre adresse e-mail nous a été indiquée avec un don" in text


def test_a_standing_order_brings_back_no_news_that_its_donor_has_stopped(campaign: Program) -> None:
    pledge = announced(campaign)
    record(campaign, "1", pledge=pledge, bank_reference="JAN", received_on=dt.date(2026, 1, 5))
    assert subscriptions.told(CAMILLE["email"]).exists()
    subscriptions.end(CAMILLE["email"], campaign)

    record(campaign, "2", pledge=pledge, bank_reference="FEB", received_on=dt.date(2026, 2, 5))

    assert not subscriptions.told(CAMILLE["email"]).exists()
    promised = [letter.facts["updates"] for letter in Letter.objects.order_by("pk")]
    assert promised == [True, False]


def test_undoing_a_gift_and_recording_it_anew_brings_back_no_news_either(campaign: Program) -> None:
    pledge = announced(campaign)
    wrong = record(campaign, "1", pledge=pledge)
    subscriptions.end(CAMILLE["email"], campaign)
    offline.correct(wrong, by=staff.member("Treasurer"), reason="Another amount")

    record(campaign, "2", pledge=pledge, amount_cents=700)

    assert not subscriptions.told(CAMILLE["email"]).exists()


def test_who_announces_again_after_stopping_news_is_told_again(campaign: Program) -> None:
    record(campaign, "1", pledge=announced(campaign))
    subscriptions.end(CAMILLE["email"], campaign)

    record(campaign, "2", pledge=announced(campaign), amount_cents=700)

    assert subscriptions.told(CAMILLE["email"]).exists()


def test_the_consent_of_one_subscribes_nobody_else_and_to_nothing_else(campaign: Program) -> None:
    pledge = announced(campaign)
    other = Program.objects.create(
        title_en="Other", slug_en="other", slug_fr="autre", target_cents=100, starts_on=DAY
    )

    record(campaign, "1", pledge=pledge, email="uncle@example.org", first_name="Oncle", last_name="Autre")
    record(other, "2", pledge=pledge, amount_cents=700)

    assert not subscriptions.told("uncle@example.org").exists()
    assert not subscriptions.told(CAMILLE["email"]).exists()
    assert not any(letter.facts["updates"] for letter in Letter.objects.all())


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
    offline.correct(OfflineGift.objects.get(key="a"), by=staff.member("Treasurer"), reason="No such cheque")
    assert not Letter.objects.exists()
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
    void = Receipt.objects.get(donation=wrong.donation)
    letter = Letter.objects.get(kind="gift_undone")
    assert (void.state, letter.facts["voided_reference"]) == ("voided", void.reference)
    assert (letter.to, letter.language) == ("camille@example.org", "fr")
    assert Receipt.objects.get(donation=kept.donation).state == "issued"
    assert ledger.read_total(campaign) == ledger.Total(700, 1, 1, 3)
    assert ledger.read_account(campaign).total == ledger.Total(700, 1, 1, 3)
    assert in_order()
    offline.correct(kept, by=treasurer, reason="This one too")
    assert ledger.read_total(campaign) == ledger.Total(0, 0, 0, 4)
    assert in_order()


def test_the_same_gift_is_found_among_however_many_of_its_amount(
    campaign: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "_MOST_LOOKED_AT", 1)
    first = record(campaign, "a")
    record(campaign, "b", email="zoe@example.org", last_name="Autrement", bank_reference="other")

    with pytest.raises(offline.Doubtful):
        record(campaign, "c", last_name="Exemple-Autre", bank_reference="another")
    assert [each.pk for each in offline.alike(received(campaign))] == [first.donation_id]


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


@pytest.mark.parametrize("gone", ["designation", "pledge", "program"])
def test_what_a_gift_refers_to_may_be_gone_at_the_last_moment(campaign: Program, gone: str) -> None:
    other = Program.objects.create(
        title_en="Other", slug_en="other", slug_fr="autre", target_cents=100, starts_on=DAY
    )
    refers = {"designation": receipt_gifts.need(), "pledge": announced(campaign), "program": other}
    wanted = received(other, designation_id=refers["designation"].pk, pledge=refers["pledge"])
    type(refers[gone]).objects.filter(pk=refers[gone].pk).delete()  # type: ignore[attr-defined]

    with pytest.raises(offline.Gone):
        offline.record(wanted, by=staff.member("Treasurer"), key="k")
    assert not Donation.objects.exists()


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
