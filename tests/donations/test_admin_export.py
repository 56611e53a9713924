"""The treasurer takes lists away as tables: as filtered, harmless to a spreadsheet, and on record."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from donations import ledger
from donations.admin import export
from donations.models import Donation, LedgerEntry
from tests import staff
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

GIFTS, LEDGER = "/admin/donations/donation/", "/admin/donations/ledgerentry/"


@pytest.fixture
def treasurer() -> Client:
    return staff.signed_in("Treasurer")


def taken(client: Client, address: str = GIFTS, query: str = "", language: str = "en") -> list[list[str]]:
    response = client.post(f"{address}export/{query}", headers={"accept-language": language})
    assert response.status_code == 200
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if language == "fr" else ","))


def test_gifts_are_taken_away_with_their_donors(treasurer: Client) -> None:
    gift = receipt_gifts.gift(amount_cents=1_234_50, status="failed")

    head, row = taken(treasurer)

    told = dict(zip(head, row, strict=True))
    assert told["reference"] == str(gift.public_id)
    assert told["amount"] == "1234.50"
    assert told["status"] == "Failed"
    assert told["name"] == "Marie Dupont"
    assert told["e-mail"] == "marie.dupont@example.org"
    assert told["paid"] == ""


def test_the_table_opens_in_a_french_spreadsheet_as_it_is(treasurer: Client) -> None:
    receipt_gifts.gift(amount_cents=1_234_50)

    answer = treasurer.post(f"{GIFTS}export/", headers={"accept-language": "fr"})

    text = b"".join(answer)
    assert text.startswith(b"\xef\xbb\xbf")
    assert "référence;".encode() in text
    assert b";1234,50;" in text
    assert answer["Content-Disposition"].startswith('attachment; filename="gifts-')


def test_the_ledger_is_taken_away_with_what_was_taken_back(treasurer: Client) -> None:
    gift = receipt_gifts.gift(amount_cents=50_00)
    ledger.post_gift(gift, charge_id="ch_1", fee_cents=75, occurred_at=timezone.now())
    LedgerEntry.objects.create(
        program=gift.program, donation=gift, kind="refund", amount_cents=-20_00,
        occurred_at=timezone.now(), source="stripe", source_ref="re_1",
    )  # fmt: skip

    head, *rows = taken(treasurer, LEDGER)

    amounts = {row[head.index("source reference")]: row[head.index("amount")] for row in rows}
    assert amounts == {"ch_1": "50.00", "re_1": "-20.00"}


def test_what_is_left_of_the_gifts_adds_up_to_the_meter(treasurer: Client) -> None:
    kept, returned = receipt_gifts.gift(amount_cents=50_00), receipt_gifts.gift(amount_cents=50_00)
    receipt_gifts.gift(amount_cents=9_00, status="failed")
    for number, gift in enumerate((kept, returned)):
        ledger.post_gift(gift, charge_id=f"ch_{number}", fee_cents=75, occurred_at=timezone.now())
    ledger.post(
        LedgerEntry(
            program=kept.program, donation=returned, kind="refund", amount_cents=-20_00,
            occurred_at=timezone.now(), source="stripe", source_ref="re_1",
        )
    )  # fmt: skip

    head, *rows = taken(treasurer)

    left = sorted(row[head.index("left of it in the ledger")] for row in rows)
    assert left == ["0.00", "30.00", "50.00"]
    assert ledger.read_total(kept.program).raised_cents == 80_00


@pytest.mark.parametrize(
    "query", ["?status__exact=held", "?q=other@example.org", "?q=Other&status__exact=held"]
)
def test_only_what_the_list_shows_is_taken_away(treasurer: Client, query: str) -> None:
    receipt_gifts.gift()
    other = receipt_gifts.donor(email="other@example.org", last_name="Other")
    kept = receipt_gifts.gift(other, status="held")

    _head, *rows = taken(treasurer, query=query)

    assert [row[0] for row in rows] == [str(kept.public_id)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dupont;=cmd|'/C calc'!A0", "Dupont;'=cmd|'/C calc'!A0"),
        ('Dupont, "@SUM(A1)', "Dupont, \"'@SUM(A1)"),
        ("Dupont\t-1+1", "Dupont\t'-1+1"),
    ],
)
def test_nor_does_one_begin_where_a_spreadsheet_of_another_language_cuts(name: str, shown: str) -> None:
    assert export.harmless(name) == shown


@pytest.mark.parametrize(
    "name",
    ["=HYPERLINK(1)", "+33 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "=cmd|' /C calc'!A0"],
)
def test_no_name_is_a_formula(treasurer: Client, name: str) -> None:
    receipt_gifts.gift(receipt_gifts.donor(first_name="", last_name="", company_name=name, kind="company"))

    head, row = taken(treasurer)

    assert row[head.index("name")].startswith("'")
    assert row[head.index("name")].strip("'").split() == name.split()


@pytest.mark.parametrize("name", ["Marie", "D’Arc", "1 + 1", "a=b", "", "émile"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert export.harmless(name) == name


def test_who_took_what_is_written_down(treasurer: Client) -> None:
    receipt_gifts.gift(status="held")

    taken(treasurer, query="?status__exact=held")

    line = LogEntry.objects.get()
    assert line.user.username == "treasurer"
    assert line.change_message == "Exported 1 row. status__exact=held"


def test_whom_somebody_searched_for_is_not_written_down(treasurer: Client) -> None:
    gift = receipt_gifts.gift(status="held")

    taken(treasurer, query=f"?q={gift.donor.email}&status__exact=held")

    assert LogEntry.objects.get().change_message == "Exported 1 row. status__exact=held&q"


def test_taking_away_is_a_deed_and_not_a_link(treasurer: Client) -> None:
    assert treasurer.get(f"{GIFTS}export/").status_code == 405
    assert not LogEntry.objects.exists()


def test_the_button_is_there_for_those_alone_who_may(treasurer: Client) -> None:
    receipt_gifts.gift()
    fundraiser = staff.signed_in("Fundraiser")

    assert "Export for a spreadsheet" in treasurer.get(GIFTS).content.decode()
    assert "Export for a spreadsheet" not in fundraiser.get(GIFTS).content.decode()
    assert fundraiser.post(f"{GIFTS}export/").status_code == 403
    assert not LogEntry.objects.exists()


def test_a_filter_that_means_nothing_leads_back_to_the_list(treasurer: Client) -> None:
    assert treasurer.post(f"{GIFTS}export/?nonsense=1").status_code == 302


def test_memory_stays_flat_however_long_the_list() -> None:
    def rows(count: int) -> Iterator[Any]:
        return (Donation(amount_cents=number) for number in range(count))

    columns = (export.Column("amount", lambda gift: gift.amount_cents, cents=True),)

    def peak(count: int) -> int:
        tracemalloc.start()
        for _line in export.lines(columns, rows(count), "en"):
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    # The least of three: what a thread of an earlier test still does is counted too.
    few, many = (min(peak(count) for _ in range(3)) for count in (50, 5_000))
    assert many < few + 50_000


def test_the_rows_are_read_a_few_at_a_time(treasurer: Client) -> None:
    answer = treasurer.post(f"{GIFTS}export/")

    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
