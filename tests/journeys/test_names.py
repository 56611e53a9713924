"""Names as people have them, and as attackers write them: from the form to the letter and its document."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from donations import tasks
from donations.models import Donation
from outreach import delivery
from outreach.models import Letter, State
from programs.models import Program
from sandbox import deliveries, mail
from tests.donations import pdf_text
from tests.giving import give, pay
from tests.journeys.waiting import paid
from tests.outreach import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)

_SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'
_HEADERS = "Zoé\r\nBcc: everyone@example.org\r\nSubject: Won"
# What is typed, and how it is shown: one line, without marks that turn the direction.
_NAMES = {
    _SCRIPT: _SCRIPT,
    '#panic("x") $x$ *b* _i_ `c` @a <l> // */ \\u{41}': '#panic("x") $x$ *b* _i_ `c` @a <l> // */ \\u{41}',
    "{{ settings.SECRET_KEY }}{% load x %}": "{{ settings.SECRET_KEY }}{% load x %}",
    "Anna\u202efdp.exe": "Annafdp.exe",
    "李小龙": "李小龙",
    "🙂👩‍🔬": "🙂👩‍🔬",
    "É" * 500: "É" * 500,
    "W" * 500: "W" * 500,
    "d’Été \"Q\" 'q' \\ \\\\ & &amp; %s %(a)s": "d’Été \"Q\" 'q' \\ \\\\ & &amp; %s %(a)s",
    "Z\u0351\u0343a\u0300\u0301\u0302" + "\u0336" * 20: "Z\u0351\u0343a\u0300\u0301\u0302" + "\u0336" * 20,
    _HEADERS: "Zoé Bcc: everyone@example.org Subject: Won",
    "محمد": "محمد",
}


def people() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each name in every field, as a person's in English and as a company's in French.

    Where the form is, what is typed into it, and how the letter addresses them.
    """
    for number, (typed, shown) in enumerate(_NAMES.items()):
        place = {"address": typed, "city": typed[:200], "public_name": typed[:100], "display": "name"}
        person = {"first_name": typed, "last_name": typed, "email": f"person{number}@example.org"}
        company = {"company_name": typed, "donor_kind": "company", "email": f"company{number}@example.org"}
        yield "/en/hematology/give/", place | person, f"{shown} {shown}"
        yield "/fr/hematologie/give/", place | company, shown


def test_every_name_gets_a_sound_letter_with_a_sound_document(
    stripe_sandbox: str, program: Program, mail_dir: Path
) -> None:
    gifts: list[tuple[Donation, str]] = []
    for path, answers, shown in people():
        gift = give(path=path, **answers)
        pay(gift)
        deliveries.deliver_due()
        gifts.append((gift, shown))

    tasks.process_events()
    delivery.deliver(seconds=60)

    assert {letter.state for letter in Letter.objects.all()} == {State.SENT}
    letters = {letter.recipient: letter for letter in mail.newest()}
    assert len(mail.newest()) == len(letters) == len(gifts) == 2 * len(_NAMES)
    for gift, shown in gifts:
        assert paid(gift)
        assert_sound(letters[gift.donor.email], gift, shown)
        page = Client().get(f"/en/gifts/{gift.public_id}/")
        assert page.status_code == 200
        assert _SCRIPT not in page.content.decode()


def test_an_unusual_address_is_taken_and_its_letter_leaves(
    stripe_sandbox: str, program: Program, settings: Any
) -> None:
    """What is typed, and what the mail server is given."""
    addresses = {
        "x@exämple.org": "x@xn--exmple-cua.org",
        "O'Neil+gift@Example.org": "o'neil+gift@example.org",
        '"a,b@c"@example.org': '"a,b@c"@example.org',
        "x@[127.0.0.1]": "x@[127.0.0.1]",
        "a!#$%&*/=?^_`{|}~@example.org": "a!#$%&*/=?^_`{|}~@example.org",
    }
    for address in addresses:
        pay(give(email=address))
    deliveries.deliver_due()
    tasks.process_events()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    with smtp_server.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        delivery.deliver(seconds=60)

    assert sorted(server.recipients) == sorted(addresses.values())


def assert_sound(letter: mail.Letter, gift: Donation, shown: str) -> None:
    message = letter.message
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        assert len(message.get_all(name, [])) == 1, (name, gift.donor.email)
    assert message["To"] == gift.donor.email
    assert not {"bcc", "cc", "reply-to"} & {name.lower() for name in message}
    assert all(not part.defects for part in message.walk())
    assert shown in letter.text
    assert shown in html.unescape(letter.html)
    assert "<script" not in letter.html
    assert "onerror=alert(1)>" not in letter.html
    (document,) = letter.attachments
    assert document.content_type == "application/pdf"
    with pdf_text.opened(document.content) as pdf:
        assert len(pdf.pages) == 1, gift.donor.email
    if shown.isascii() and len(shown) < 150:
        assert shown.replace(" ", "") in pdf_text.text(document.content).replace(" ", "")
