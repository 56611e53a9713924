"""Gifts received otherwise, as tests record them and as staff type them."""

import datetime as dt
import io
import re
from io import StringIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from donations import offline
from donations.models import OfflineGift
from programs.models import Program
from tests import staff

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
