"""Statements of a bank, as tests write and import them."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from donations.bank import importing
from donations.models import BankLine, BankStatement

IBAN = "FR7630006000011234567890189"
TODAY = dt.date(2026, 11, 26)
ADD = reverse("admin:donations_bankstatement_add")


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


def bring(content: bytes, by: User) -> BankStatement:
    return importing.upload("releve.xml", content, by=by)


def one_line(by: User, **changes: Any) -> BankLine:
    bring(statement(entry(**changes)), by)
    return BankLine.objects.latest("pk")


def upload(content: bytes, name: str = "releve.xml") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def in_a_table(by: User, *rows: str) -> BankStatement:
    """The same account's statement as a table: `rows` are day; words; credit."""
    content = "\n".join(["Date;Libellé;Crédit", *rows]).encode()
    kept = importing.upload("releve.csv", content, by=by)
    importing.read_table(kept, {"date": 0, "text": 1, "credit": 2}, account=IBAN)
    return kept
