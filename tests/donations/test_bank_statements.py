"""Statements of the bank: each movement becomes one line, however often and in whatever file it comes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.urls import reverse

from donations.bank.movements import MOST_BYTES, Unreadable
from donations.models import BankLine, BankStatement
from tests import staff
from tests.donations.offline_gifts import ADD as RECORD
from tests.donations.statements import ADD, FRENCH, IBAN, bring, entry, one_line, statement, upload


@pytest.fixture
def treasurer(db: None) -> User:
    return staff.member("Treasurer")


def test_the_same_statement_and_one_that_overlaps_add_nothing_twice(treasurer: User) -> None:
    first = bring(statement(entry(ref="R1"), entry(), entry()), treasurer)
    again = bring(statement(entry(ref="R1"), entry(), entry()), treasurer)
    longer = bring(statement(entry(), entry(ref="R1"), entry(), entry(), entry("9")), treasurer)

    assert first == again
    assert (first.added, first.known) == (3, 0)
    assert (longer.added, longer.known) == (2, 3)  # a third that looks the same, and the new one
    assert BankLine.objects.count() == 5


def test_nothing_is_kept_of_what_cannot_be_read(treasurer: User) -> None:
    with pytest.raises(Unreadable):
        bring(statement(entry("-1")), treasurer)
    with pytest.raises(Unreadable):
        bring(b"<" + b"x" * MOST_BYTES, treasurer)

    assert not BankStatement.objects.exists()
    assert not storages["private"].exists("statements") or not storages["private"].listdir("statements")[1]


def test_a_table_is_imported_by_the_columns_a_person_confirms(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    bring(statement(entry(sign="DBIT"), entry()), treasurer)
    BankLine.objects.all().delete()
    answer = client.post(ADD, upload(FRENCH.encode("latin-1"), "releve.csv"))
    page = client.get(answer["Location"]).content.decode()
    assert f'value="{IBAN}"' in page  # as in the statement before
    assert "VIR DE CAMILLE EXEMPLE DON" in page
    assert not BankLine.objects.exists()

    columns = {"account": IBAN, "date": "0", "text": "1", "debit": "2", "credit": "3", "reference": "4"}
    wrong = client.post(answer["Location"], columns | {"date": "1"})
    assert "A date cannot be read" in wrong.content.decode()
    assert client.post(answer["Location"], columns | {"account": "FR76"}).status_code == 422
    for _twice in range(2):
        done = client.post(answer["Location"], columns)
        assert "state__exact=open" in done["Location"]

    assert list(BankLine.objects.values_list("amount_cents", flat=True)) == [2000, 105_050]
    assert BankStatement.objects.get(format="table").skipped == 2


def test_what_is_left_out_and_may_be_money_is_told_to_whoever_sends_it(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    content = "Date;Libellé;Crédit\n04/05/2026;VIR A;-5,00\n;VIR B;8,00\n;VIR C;9,00\n04/05/2026;VIR D;1,00\n"
    place = client.post(ADD, upload(content.encode(), "releve.csv"))["Location"]

    answer = client.post(place, {"account": IBAN, "date": "0", "text": "1", "credit": "2"}, follow=True)

    page = answer.content.decode()
    assert "1 new line" in page
    assert "1 row left out says credit and has a negative amount" in page
    assert "2 rows left out have an amount and no date" in page


def test_a_statement_sent_in_leads_to_its_lines(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")

    answer = client.post(ADD, upload(statement(entry(), entry(sign="DBIT"))), follow=True)

    assert "1 new line" in answer.content.decode()
    assert "CAMILLE EXEMPLE" in answer.content.decode()
    again = client.post(ADD, upload(statement(entry(), entry(sign="DBIT"))), follow=True).content.decode()
    assert f"This file was read before, by {treasurer} on" in again
    assert "1 new line" not in again
    back = client.post(
        ADD, upload(statement(entry(sign="DBIT", more="<RvslInd>true</RvslInd>"))), follow=True
    )
    assert "1 movement takes back money that had come in" in back.content.decode()
    refused = client.post(ADD, upload(b"<html></html>"))
    assert (refused.status_code, "not a camt.053" in refused.content.decode()) == (422, True)
    large = client.post(ADD, upload(b"<" + b"x" * MOST_BYTES))
    assert "larger than 10 MB" in large.content.decode()


@pytest.mark.parametrize("role", ["Editor", "Fundraiser"])
def test_only_who_keeps_the_books_sees_the_bank(treasurer: User, role: str) -> None:
    line = one_line(treasurer)
    client = staff.signed_in(role)
    sent: list[Callable[[str], Any]] = [client.get, client.post]
    for path in (
        ADD,
        reverse("admin:donations_bankline_changelist"),
        reverse("admin:donations_bankline_change", args=[line.pk]),
        reverse("admin:donations_bankstatement_columns", args=[line.statement_id]),
    ):
        assert {send(path).status_code for send in sent} <= {403, 404}, path
    assert client.post(reverse("admin:donations_bankline_dismiss", args=[line.pk])).status_code == 403
    assert client.get(f"{RECORD}?line={line.pk}").status_code == 403
    assert client.post(RECORD, {"line": line.pk}).status_code == 403
