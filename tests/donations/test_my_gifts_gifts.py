"""What donors see of their own: every gift of their address, how it stands, and its documents."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from donations import ledger, receipts
from donations.donors import giving, sessions
from donations.models import Donation, EntryKind, LedgerEntry, Receipt, Status
from tests.browser.donor import plain
from tests.donations.receipt_gifts import donor, gift

pytestmark = pytest.mark.django_db

EMAIL = "marie.dupont@example.org"
PAGE = "/en/my-gifts/"
NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


def settled(given: Donation, *, paid_at: dt.datetime = NOON) -> Receipt:
    Donation.objects.filter(pk=given.pk).update(status=Status.PAID, paid_at=paid_at, settled_at=paid_at)
    given.refresh_from_db()
    ledger.post_gift(given, charge_id=f"ch_{given.pk}", fee_cents=0, occurred_at=paid_at)
    return receipts.issue(given, paid_at=paid_at)


@pytest.fixture
def own(client: Client) -> Client:
    """A browser in the space of `EMAIL`."""
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


def words(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return plain(answer.content.decode())


def test_all_gifts_of_the_address_are_there_whatever_name_they_were_made_under(own: Client) -> None:
    settled(gift(donor(), amount_cents=5000))
    settled(gift(donor(first_name="M.", last_name="Dupont"), amount_cents=7050))
    settled(gift(donor(kind="company", company_name="Atelier Exemple"), amount_cents=120000))
    settled(gift(donor(email="another@example.org"), amount_cents=9900))

    page = words(own)

    assert all(amount in page for amount in ("€50", "€70.50", "€1,200"))
    assert "€99" not in page
    assert "€1,320.50 received" in page


def test_gifts_stand_in_the_year_it_was_in_paris(own: Client) -> None:
    settled(gift(), paid_at=dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC))
    settled(gift(), paid_at=dt.datetime(2025, 12, 31, 22, 30, tzinfo=dt.UTC))

    assert [year.year for year in giving.by_year(EMAIL)] == [2026, 2025]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.PENDING, "Being confirmed"),
        (Status.PROCESSING, "On its way from your bank"),
        (Status.FAILED, "The payment did not go through"),
        (Status.HELD, "Being looked at by our team"),
        (Status.DISPUTED, "Contested with the bank"),
        (Status.LOST, "Taken back by the bank"),
        (Status.REFUNDED, "Refunded"),
    ],
)
def test_each_gift_says_how_it_stands(own: Client, status: Status, said: str) -> None:
    gift(status=status)

    assert said in words(own)


def test_what_was_never_paid_for_is_not_shown(own: Client) -> None:
    gift(status=Status.EXPIRED)

    assert "No gift is known for this address." in words(own)


def test_a_partial_refund_is_told(own: Client) -> None:
    given = gift()
    settled(given)
    LedgerEntry.objects.create(
        program=given.program,
        donation=given,
        kind=EntryKind.REFUND,
        amount_cents=-2000,
        occurred_at=timezone.now(),
        source="stripe",
        source_ref="re_1",
    )

    page = words(own)

    assert "€30 of it remain." in page
    assert "€30 received" in page


def test_a_debit_that_is_credited_next_year_is_not_said_to_have_been_received(own: Client) -> None:
    with time_machine.travel(dt.datetime(2026, 12, 28, 12, tzinfo=dt.UTC), tick=False):
        own.cookies["my-gifts"] = sessions.begin(EMAIL)
        settled(gift(), paid_at=dt.datetime(2027, 1, 4, tzinfo=dt.UTC))

        page = words(own)

    assert "4 January 2027" in page
    assert "received" not in page.lower()


def test_a_document_comes_as_it_was_kept(own: Client) -> None:
    receipt = settled(gift())

    answers = [own.get(f"{PAGE}documents/{receipt.reference}/") for _ in range(2)]

    assert answers[0].content == answers[1].content == receipts.document(Receipt.objects.get())
    assert answers[0]["Content-Type"] == "application/pdf"
    assert answers[0]["Content-Disposition"].startswith("attachment; filename=")
    assert receipt.reference in answers[0]["Content-Disposition"]
    assert "no-store" in answers[0]["Cache-Control"]


def test_a_void_document_is_named_and_not_handed_out(own: Client) -> None:
    receipt = settled(gift())
    Receipt.objects.update(state="voided", voided_at=timezone.now())

    assert "no longer valid" in words(own)
    assert own.get(f"{PAGE}documents/{receipt.reference}/").status_code == 404


def test_a_damaged_file_is_not_made_again_and_the_page_says_what_to_do(own: Client) -> None:
    receipt = settled(gift())
    receipts.document(receipt)
    storages["private"].delete(Receipt.objects.get().path)

    answer = own.get(f"{PAGE}documents/{receipt.reference}/")

    assert answer.status_code == 503
    assert receipt.reference in answer.content.decode()


@pytest.mark.parametrize(
    "reference",
    [
        "C-2026-1",
        "c-2026-000001",
        "C-2026-000001-1",
        "R-2026-000001",
        "%00-2026-000001",
        "C-²-000001",
        "x" * 999,
    ],
)
def test_only_the_whole_number_names_a_document(own: Client, reference: str) -> None:
    settled(gift())

    assert own.get(f"{PAGE}documents/{reference}/").status_code == 404


def test_many_gifts_cost_no_more_queries_than_few(own: Client, django_assert_max_num_queries: Any) -> None:
    person = donor()
    for number in range(12):
        settled(gift(person, amount_cents=1000 + number))

    with django_assert_max_num_queries(9):
        own.get(PAGE)


@pytest.mark.parametrize("status", [Status.LOST, Status.DISPUTED])
def test_a_part_that_the_bank_took_back_is_not_called_a_refund(own: Client, status: Status) -> None:
    given = gift()
    settled(given)
    ledger.post(
        LedgerEntry(
            program=given.program,
            donation=given,
            kind=EntryKind.DISPUTE,
            amount_cents=-2000,
            occurred_at=timezone.now(),
            source="stripe",
            source_ref="du_1",
        )
    )
    Donation.objects.filter(pk=given.pk).update(status=status)

    page = words(own)

    assert "€30 of it remain." in page
    assert "refund" not in page
