"""A fictitious statement for development: what staff see of the bank, with each kind of line once.

Account, bank and people are invented: the account number is the one that examples of IBANs have.
"""

import datetime as dt
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from donations import offline
from donations.bank import deciding, importing
from donations.models import BankLine, BankStatement, Donor, Method, Pledge, Way
from programs.models import Program

NAME = "SPÉCIMEN-relevé.xml"
_ACCOUNT = "FR7630006000011234567890189"
_INES, _NOE, _LOU = "ines.temoin@example.org", "noe.essai@example.org", "lou.patron@example.org"
_SAID = (
    "kind",
    "email",
    "first_name",
    "last_name",
    "company_name",
    "siren",
    "address",
    "postal_code",
    "city",
    "country",
    "language",
)


@dataclass(frozen=True)
class _Row:
    days_ago: int
    euros: int
    name: str
    text: str


def load(program: Program, *, by: User) -> bool:
    """Announce two gifts, import a statement, decide two of its lines: all of it, or nothing.

    Once: what staff decided since stays. True when this call did it; False also where the donors of
    `load_demo` are not all there.
    """
    people = {donor.email: donor for donor in Donor.objects.filter(email__in=[_INES, _NOE, _LOU])}
    if len(people) < 3 or BankStatement.objects.filter(name=NAME).exists():
        return False
    with transaction.atomic():
        quoted = _announced(program, people[_INES], 20_000)
        _announced(program, people[_NOE], 8_000)
        importing.upload(NAME, _statement(_rows(quoted)), by=by)
        _decide(program, people[_LOU], by)
    return True


def _announced(program: Program, donor: Donor, cents: int) -> str:
    """The reference of somebody who said three weeks ago that they would send money."""
    pledge, _made = Pledge.objects.get_or_create(
        program=program, donor=donor, way=Way.TRANSFER, amount_cents=cents, language=donor.language
    )
    Pledge.objects.filter(pk=pledge.pk).update(created_at=timezone.now() - dt.timedelta(days=21))
    return pledge.reference


def _rows(quoted: str) -> list[_Row]:
    return [
        _Row(9, 300, "MME LOU PATRON", "DON"),
        _Row(8, 200, "INES TEMOIN", f"DON HEMATOLOGIE {quoted}"),
        _Row(7, 80, "M NOE ESSAI", "VIREMENT"),
        _Row(6, 45, "MLE ELOISE MODELE", "POUR LA RECHERCHE"),
        _Row(5, 500, "SCI INCONNUE", "DON"),
        _Row(4, 12, "ASSURANCE EXEMPLE", "REMBOURSEMENT TROP PERCU"),
    ]


def _statement(rows: list[_Row]) -> bytes:
    entries = "".join(_entry(number, row) for number, row in enumerate(rows, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>SPÉCIMEN</MsgId></GrpHdr><Stmt><Id>SPÉCIMEN</Id>"
        f"<Acct><Id><IBAN>{_ACCOUNT}</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _entry(number: int, row: _Row) -> str:
    day = timezone.localdate() - dt.timedelta(days=row.days_ago)
    return (
        f'<Ntry><Amt Ccy="EUR">{row.euros}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>SPÉCIMEN-{number}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(row.name)}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(row.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _decide(program: Program, donor: Donor, by: User) -> None:
    """The first line is a gift, the last is none."""
    lines = BankLine.objects.filter(statement__name=NAME)
    deciding.dismiss(lines.get(name="ASSURANCE EXEMPLE"), by=by, reason="Remboursement de l’assurance.")
    line = lines.get(name="MME LOU PATRON")
    received = offline.Received(
        program=program,
        method=Method.TRANSFER,
        amount_cents=line.amount_cents,
        received_on=line.booked_on,
        donor={field: getattr(donor, field) for field in _SAID},
        bank_reference=line.bank_reference,
    )
    offline.record(received, by=by, key="demo-bank", line=line)
