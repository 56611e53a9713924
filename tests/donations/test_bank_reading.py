"""What a bank's files say, in every form they come in; what is hostile or broken is refused."""

import datetime as dt
import re

import pytest

from donations.bank import camt, table
from donations.bank.movements import Unreadable, keyed
from tests.donations.statements import FRENCH, IBAN, TODAY, entry, statement


@pytest.mark.embedded
@pytest.mark.parametrize("version", [2, 4, 6, 8, 12])
def test_every_version_of_a_statement_says_the_same(version: int) -> None:
    found = camt.read(
        statement(entry(ref="R1", text="DON IM-7K04-2M1W", version=version), version=version), today=TODAY
    )

    assert [(each.amount_cents, each.name, each.text) for each in found.credits] == [
        (5000, "CAMILLE EXEMPLE", "DON IM-7K04-2M1W")
    ]
    assert found.credits[0].account == IBAN
    assert (found.credits[0].booked_on, found.credits[0].bank_reference) == (dt.date(2026, 5, 4), "R1")


@pytest.mark.embedded
def test_only_what_came_in_and_is_booked_is_read() -> None:
    found = camt.read(
        statement(
            entry(sign="DBIT"),
            entry(status="<Sts><Cd>PDNG</Cd></Sts>"),
            entry(more="<RvslInd>true</RvslInd>"),
            entry("0"),
            entry("7"),
        ),
        today=TODAY,
    )

    assert [each.amount_cents for each in found.credits] == [700]
    assert found.skipped == 4


@pytest.mark.embedded
def test_an_entry_that_sums_up_several_is_read_as_several_when_they_add_up() -> None:
    def batch(*amounts: str) -> bytes:
        parts = "".join(f'<TxDtls><Amt Ccy="EUR">{amount}</Amt></TxDtls>' for amount in amounts)
        whole = entry("30.00")
        return statement(re.sub("<NtryDtls>.*</NtryDtls>", f"<NtryDtls>{parts}</NtryDtls>", whole))

    assert [each.amount_cents for each in camt.read(batch("10", "20"), today=TODAY).credits] == [1000, 2000]
    assert [each.amount_cents for each in camt.read(batch("10", "10"), today=TODAY).credits] == [3000]


@pytest.mark.embedded
def test_an_entry_keeps_its_sum_where_its_parts_are_in_another_currency() -> None:
    parts = "".join(f'<TxDtls><Amt Ccy="{code}">{cents}</Amt></TxDtls>' for code, cents in PARTS)
    whole = re.sub("<NtryDtls>.*</NtryDtls>", f"<NtryDtls>{parts}</NtryDtls>", entry("30.00"))

    assert [each.amount_cents for each in camt.read(statement(whole), today=TODAY).credits] == [3000]


PARTS = [("KWD", "9.125"), ("EUR", "30.00")]


@pytest.mark.embedded
def test_each_of_several_statements_in_a_file_has_its_own_account() -> None:
    other = "DE89370400440532013000"
    one = statement(entry("1")).decode()
    second = re.search("<Stmt>.*</Stmt>", statement(entry("2"), account="DE89 37040044 0532013000").decode())
    assert second

    def read(more: str) -> list[tuple[int, str]]:
        both = one.replace("</BkToCstmrStmt>", f"{more}</BkToCstmrStmt>").encode()
        return [(each.amount_cents, each.account) for each in camt.read(both, today=TODAY).credits]

    assert read(second[0]) == [(100, IBAN), (200, other)]
    with pytest.raises(Unreadable, match="account"):
        read(re.sub("<Acct>.*</Acct>", "", second[0]))


@pytest.mark.embedded
def test_what_looks_the_same_to_a_careless_bank_is_told_apart_by_all_that_it_says() -> None:
    def keys(*names: str) -> dict[str, str]:
        rows = [entry(name=name, ref="VIR") for name in names]
        return {each.name: key for key, each in keyed(camt.read(statement(*rows), today=TODAY).credits)}

    assert keys("CAMILLE", "ZOE") == keys("ZOE", "CAMILLE")


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (statement(entry(), before='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "xml"),
        (statement(entry(), before='<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'), "xml"),
        (statement(entry(), before=f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>'), "xml"),
        (statement(entry())[:-30], "xml"),
        (b"<a>" * 5000, "xml"),
        (statement(entry()).replace(b"UTF-8", b"UTF-32"), "xml"),
        (statement(entry()).replace(b"UTF-8", b"nothing"), "xml"),
        (statement(entry(name="\x00")), "xml"),
        (statement(entry(name="Zoé")).decode().encode("latin-1"), "xml"),
        (b"<html></html>", "camt"),
        (statement(entry("-50.00")), "amount"),
        (statement(entry("5e3")), "amount"),
        (statement(entry("0.001")), "amount"),
        (statement(entry("9" * 14)), "amount"),
        (statement(entry("NaN")), "amount"),
        (statement(entry("٥٠")), "amount"),
        (statement(entry(currency="")), "amount"),
        (statement(entry(day="2026-11-28")), "future"),
        (statement(entry(day="0001-01-01")), "date"),
        (statement(entry(day="today")), "date"),
        (statement(entry(), account=""), "account"),
    ],
)
def test_a_hostile_or_broken_statement_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        camt.read(content, today=TODAY)

    assert refused.value.code == code


@pytest.mark.embedded
@pytest.mark.parametrize(
    "content",
    [
        statement("<x/>" * 300),
        statement(*[entry()] * 6),
        statement(entry("6").replace("<TxDtls>", '<TxDtls><Amt Ccy="EUR">1</Amt></TxDtls>' * 6 + "<TxDtls>")),
    ],
    ids=["elements", "entries", "parts"],
)
def test_a_statement_longer_than_any_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt, "_MOST_ELEMENTS", 200)
    monkeypatch.setattr(camt, "MOST_LINES", 5)

    with pytest.raises(Unreadable) as refused:
        camt.read(content, today=TODAY)

    assert refused.value.code == "long"


@pytest.mark.embedded
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_french_table_is_read_in_every_coding(coding: str) -> None:
    rows = table.read(FRENCH.encode(coding))
    columns = table.guess(rows)
    found = table.credits(rows, columns, account=IBAN, today=TODAY)

    assert columns == {"date": 0, "text": 1, "debit": 2, "credit": 3, "reference": 4}
    assert [(each.amount_cents, each.text) for each in found.credits] == [
        (105_050, "VIR DE CAMILLE EXEMPLE DON"),
        (2000, "VIR DE ZOÉ"),
    ]


@pytest.mark.embedded
def test_a_table_with_commas_and_signs_is_read_too() -> None:
    rows = table.read(b'Date,Label,Amount\n2026-05-04,"Gift, thanks",1250.00\n2026-05-05,Rent,-80.00\n')
    found = table.credits(rows, table.guess(rows), account=IBAN, today=TODAY)

    assert [(each.amount_cents, each.text) for each in found.credits] == [(125_000, "Gift, thanks")]
    assert found.skipped == 1


@pytest.mark.embedded
def test_a_column_that_says_credit_or_debit_is_believed_and_a_day_of_value_is_no_amount() -> None:
    rows = table.read(
        b"Date;Valeur;Libelle;Montant;Sens\n04/05/2026;05/05/2026;VIR A;5,00;C\n"
        b"04/05/2026;05/05/2026;PRLV;8,00;D\n04/05/2026;05/05/2026;VIR B;6,00;CR\xe9DIT\n"
    )
    columns = table.guess(rows)
    found = table.credits(rows, columns, account=IBAN, today=TODAY)

    assert columns == {"date": 0, "text": 2, "amount": 3, "direction": 4}
    assert [(each.amount_cents, each.booked_on.day) for each in found.credits] == [(500, 4), (600, 4)]


@pytest.mark.embedded
def test_what_is_left_out_of_a_table_and_may_be_money_is_counted() -> None:
    rows = table.read(
        b"Date;Libelle;Montant;Sens\n04/05/2026;VIR A;-5,00;C\n;VIR B;8,00;C\n"
        b"04/05/2026;PRLV;8,00;D\n;its second line;;\n04/05/2026;VIR C;0,00;C\n"
    )
    signed = table.read(b"Date;Libelle;Montant\n04/05/2026;PRLV;-5,00\n")
    found = table.credits(rows, table.guess(rows), account=IBAN, today=TODAY)
    plain = table.credits(signed, table.guess(signed), account=IBAN, today=TODAY)

    assert (found.credits, found.skipped, found.negative, found.undated) == ([], 5, 1, 1)
    assert (plain.skipped, plain.negative) == (1, 0)  # money that went out


@pytest.mark.embedded
def test_what_is_wrong_in_a_table_is_named_by_its_line_in_the_file() -> None:
    rows = table.read(b'Compte;1\n\nDate;Libelle;Credit\n04/05/2026;"two\nlines";5,00\n\n05/05/2026;x;five\n')

    with pytest.raises(Unreadable) as refused:
        table.credits(rows, table.guess(rows), account=IBAN, today=TODAY)

    assert refused.value.where == 7


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,5", 1250),
        ("1 234,50 €", 123_450),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("1.234.567", 123_456_700),
        ("-3,00", -300),
        ("3,00-", -300),
        ("+7", 700),
        ("1.234", None),
        ("1,2345", None),
        ("1.234,567", None),
        ("12,34,56", None),
        ("1,2,3", None),
        ("1.23.456,00", None),
        ("+-5", None),
        ("(5,00)", None),
        (",5", 50),
        ("1\u202f234,56 \u00a4", 123_456),
        ("a", None),
        ("", None),
        ("=1+1", None),
    ],
)
def test_an_amount_in_a_table_is_read_or_refused_but_never_guessed(text: str, cents: int | None) -> None:
    if cents is None:
        with pytest.raises(Unreadable):
            table.signed_cents(text, 1)
    else:
        assert table.signed_cents(text, 1) == cents


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "text"),
        (b"\x00\x01\x02", "text"),
        (b"nothing;of;the;kind\n1;2;3;4\n", "headings"),
        (b"Date;Credit\n04/05/2026;1.234\n", "amount"),
        (b"Date;Credit\n31/02/2026;5,00\n", "date"),
        (b"Date;Credit\n04/05/2099;5,00\n", "future"),
        (b"Date;Credit;Devise\n04/05/2026;5,00;euro-ish\n", "currency"),
        (b'Date;Libelle;Credit\n04/05/2026;"VIR A;5,00\n05/05/2026;VIR B;6,00\n', "quotes"),
        (b'Date;Libelle;Credit\n04/05/2026;"VIR A;5,00\n05/05/2026;"VIR B;6,00\n', "quotes"),
        (b"Date;Sens;Montant\n04/05/2026;?;5,00\n", "direction"),
        (b"Date;Credit" + b";x" * 100, "long"),
        (b'Date;Credit\n"' + b"x" * 200_000 + b'";1\n', "quotes"),
    ],
)
def test_a_broken_table_is_refused(content: bytes, code: str) -> None:
    def attempt() -> None:
        rows = table.read(content)
        table.credits(rows, table.guess(rows), account=IBAN, today=TODAY)

    with pytest.raises(Unreadable) as refused:
        attempt()

    assert refused.value.code == code
