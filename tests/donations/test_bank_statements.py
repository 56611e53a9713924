"""Statements of the bank: read in every form they come in, once; lines decided by a person, once."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from donations import ledger, offline
from donations.bank import camt, deciding, importing, matching, table
from donations.bank.movements import MOST_BYTES, Unreadable
from donations.models import BankLine, BankStatement, Donation, Donor, LineState, OfflineGift, Pledge
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.test_offline import CAMILLE, draft_in, in_order, received, typed

IBAN = "FR7630006000011234567890189"
TODAY = dt.date(2026, 11, 26)
ADD = reverse("admin:donations_bankstatement_add")
RECORD = reverse("admin:donations_offlinegift_add")


def entry(
    amount: str = "50.00",
    *,
    name: str = "CAMILLE EXEMPLE",
    text: str = "DON",
    ref: str = "",
    day: str = "2026-05-04",
    currency: str = "EUR",
    version: int = 8,
    **changes: str,
) -> str:
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= 8 else "<Sts>BOOK</Sts>"
    payer = f"<Pty><Nm>{name}</Nm></Pty>" if version >= 8 else f"<Nm>{name}</Nm>"
    values = {"sign": "CRDT", "status": status, "more": ""} | changes
    return (
        f'<Ntry><NtryRef>1</NtryRef><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{values['sign']}</CdtDbtInd>{values['more']}{values['status']}"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<RltdPties><Dbtr>{payer}</Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def statement(*entries: str, version: int = 8, account: str = IBAN, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02d}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


FRENCH = (
    "Compte courant;00012345678\n"
    "Période du 01/05/2026 au 31/05/2026\n"
    "\n"
    "Date;Libellé;Débit euros;Crédit euros;Référence\n"
    "04/05/2026;VIR DE CAMILLE EXEMPLE DON;;1 050,50;R1\n"
    "05/05/2026;PRLV ÉLECTRICITÉ;-80,00;;R2\n"
    "06/05/2026;VIR DE ZOÉ;;20,00;R3\n"
    "Total;;;;\n"
)


@pytest.fixture
def treasurer(db: None) -> User:
    return staff.member("Treasurer")


@pytest.fixture
def campaign(db: None) -> Program:
    return receipt_gifts.program()


def bring(content: bytes, by: User) -> BankStatement:
    return importing.upload("releve.xml", content, by=by)


def one_line(by: User, **changes: Any) -> BankLine:
    bring(statement(entry(**changes)), by)
    return BankLine.objects.latest("pk")


def upload(content: bytes, name: str = "releve.xml") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


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
        (b"Date;Credit" + b";x" * 100, "long"),
        (b'Date;Credit\n"' + b"x" * 200_000 + b'";1\n', "text"),
    ],
)
def test_a_broken_table_is_refused(content: bytes, code: str) -> None:
    def attempt() -> None:
        rows = table.read(content)
        table.credits(rows, table.guess(rows), account=IBAN, today=TODAY)

    with pytest.raises(Unreadable) as refused:
        attempt()

    assert refused.value.code == code


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
    answer = client.post(ADD, upload(FRENCH.encode("latin-1"), "releve.csv"))
    page = client.get(answer["Location"]).content.decode()
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
    assert BankStatement.objects.get().skipped == 2


def test_a_statement_sent_in_leads_to_its_lines(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")

    answer = client.post(ADD, upload(statement(entry(), entry(sign="DBIT"))), follow=True)

    assert "1 new line" in answer.content.decode()
    assert "CAMILLE EXEMPLE" in answer.content.decode()
    refused = client.post(ADD, upload(b"<html></html>"))
    assert (refused.status_code, "not a camt.053" in refused.content.decode()) == (422, True)
    large = client.post(ADD, upload(b"<" + b"x" * MOST_BYTES))
    assert "larger than 10 MB" in large.content.decode()


def test_who_may_have_sent_it_is_said_with_its_reason(campaign: Program, treasurer: User) -> None:
    def announced(name: str, cents: int | None) -> Pledge:
        donor = Donor.objects.create(**{**CAMILLE, "last_name": name, "email": f"{name.lower()}@example.org"})
        pledge = Pledge.objects.create(
            program=campaign, donor=donor, way="transfer", language="fr", amount_cents=cents
        )
        Pledge.objects.update(created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
        return pledge

    quoted, likely = announced("Autre", None), announced("Exemple", 5000)
    announced("Ailleurs", 5000)
    text = quoted.reference.replace("-", " ").lower().replace("0", "o")
    line = one_line(treasurer, text=f"don {text}")

    found = matching.proposals(line)

    assert line.quoted == quoted
    assert [(each.donor, str(each.sure)) for each in found] == [
        (quoted.donor, "Sure"),
        (likely.donor, "Likely"),
    ]
    page = staff.signed_in("Treasurer").get(reverse("admin:donations_bankline_change", args=[line.pk]))
    assert "The transfer quotes their reference." in page.content.decode()


def test_a_line_of_nobody_known_has_no_proposal(treasurer: User) -> None:
    assert matching.proposals(one_line(treasurer, name="", text="")) == []
    assert matching.proposals(one_line(treasurer, name="ZOE INCONNUE", text="x")) == []


def test_a_line_is_recorded_from_its_own_amount_and_day(campaign: Program, treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer, ref="R1")
    donor = Donor.objects.create(**CAMILLE)
    page = client.get(f"{RECORD}?line={line.pk}&donor={donor.pk}").content.decode()
    assert 'value="camille@example.org"' in page

    lies = typed(campaign, line=line.pk, amount="9999", received_on="2020-01-01", method="cash")
    client.post(RECORD, {"draft": draft_in(client.post(RECORD, lies)), "record": "1"})

    gift = OfflineGift.objects.get()
    line.refresh_from_db()
    assert (gift.donation.amount_cents, gift.received_on) == (5000, dt.date(2026, 5, 4))
    assert (gift.donation.method, gift.bank_reference) == ("transfer", "R1")
    assert (line.state, line.gift, gift.donation.donor) == (LineState.RECORDED, gift, donor)
    assert ledger.read_total(campaign).raised_cents == 5000
    assert in_order()


def test_a_line_becomes_one_gift_whoever_confirms_it(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    gift = offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)

    with pytest.raises(offline.Decided):
        offline.record(
            received(campaign, amount_cents=5000, email="x@example.org", last_name="Y", bank_reference="z"),
            by=treasurer,
            key="b",
            line=line,
            seen=[gift.donation_id],
        )
    assert Donation.objects.count() == 1
    assert offline.record(received(campaign), by=treasurer, key="a", line=line) == gift


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("keys", "told"),
    [("ab", ["recorded", "refused"]), ("aa", ["recorded", "recorded"])],
    ids=["two", "twice"],
)
def test_two_who_confirm_at_once_record_once(keys: str, told: list[str]) -> None:
    """Two people are told apart; the two halves of one person's double click are not."""
    program, treasurer = receipt_gifts.program(), staff.member("Treasurer")
    line = one_line(treasurer)

    def confirm(key: str) -> str:
        try:
            what = received(program, amount_cents=5000, email=f"{key}@example.org", last_name=key * 9)
            offline.record(what, by=treasurer, key=key, line=line)
        except (offline.Decided, offline.Doubtful):
            return "refused"
        finally:
            connection.close()
        return "recorded"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, keys)) == told

    assert Donation.objects.count() == OfflineGift.objects.count() == 1
    call_command("check_totals", stdout=StringIO())


def test_an_undone_gift_opens_its_line_again(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    gift = offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)

    offline.correct(gift, by=treasurer, reason="Somebody else’s")

    line.refresh_from_db()
    assert (line.state, line.gift) == (LineState.OPEN, None)
    offline.record(received(campaign, amount_cents=5000), by=treasurer, key="b", line=line)
    assert in_order()


def test_a_line_that_is_no_gift_is_put_aside_with_a_reason_and_taken_up_again(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer)
    place = reverse("admin:donations_bankline_dismiss", args=[line.pk])

    client.post(place, {"reason": " "})
    line.refresh_from_db()
    assert line.state == LineState.OPEN
    client.post(place, {"reason": "Interest of the bank"})
    client.post(place, {"reason": "Again"})
    line.refresh_from_db()
    assert (line.state, line.reason, line.decided_by) == (
        LineState.DISMISSED,
        "Interest of the bank",
        treasurer,
    )
    client.post(reverse("admin:donations_bankline_reopen", args=[line.pk]))
    line.refresh_from_db()
    assert (line.state, line.reason, line.decided_by) == (LineState.OPEN, "", None)


def test_a_dismissed_line_is_not_recorded(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    deciding.dismiss(line, by=treasurer, reason="x")

    with pytest.raises(offline.Decided):
        offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)


def test_a_line_in_another_currency_is_shown_and_not_recorded(campaign: Program, treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer, currency="USD")
    page = client.get(reverse("admin:donations_bankline_change", args=[line.pk])).content.decode()

    assert "not in euros" in page
    assert client.get(f"{RECORD}?line={line.pk}").status_code == 404
    with pytest.raises(offline.Decided):
        offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)


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


def test_lines_that_wait_are_on_the_first_page(treasurer: User) -> None:
    one_line(treasurer)

    page = staff.signed_in("Treasurer").get("/admin/").content.decode()

    assert "1 line of a bank statement waits to be looked at." in page
