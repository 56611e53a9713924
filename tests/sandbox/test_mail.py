"""Letters as their readers see them."""

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

pytestmark = pytest.mark.django_db  # the page for what is not found reads the site’s own

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nnot much of one"


def send(*messages: EmailMultiAlternatives) -> None:
    get_connection().send_messages(messages)


def letter(subject: str = "Thank you", html: str = "<p>Thank <b>you</b></p>") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject,
        "Thank you, Zoé.",
        "Institut Imagine <dons@example.org>",
        ["Zoé Exemple <zoe@example.org>"],
        headers={"List-Unsubscribe": "<https://give.example.org/unsubscribe/t/>"},
    )
    message.attach_alternative(html, "text/html")
    return message


def only_letter(client: Client) -> str:
    """The address of the only letter listed."""
    page = client.get("/sandbox/mail/").content.decode()
    assert page.count('href="/sandbox/mail/') == 2  # the navigation, the letter
    return page.split('href="/sandbox/mail/')[2].split('"')[0].join(("/sandbox/mail/", ""))


def test_no_letter_yet_is_said_in_words(client: Client, mail_dir: Path) -> None:
    page = client.get("/sandbox/mail/")

    assert page.status_code == 200
    assert "No letter has been sent yet." in page.content.decode()


def test_letter_is_shown_with_its_headers_and_parts(client: Client, mail_dir: Path) -> None:
    send(letter("Merci, Zoé — 50 €"))

    page = client.get(only_letter(client)).content.decode()

    for words in (
        "Merci, Zoé — 50 €",
        "Zoé Exemple &lt;zoe@example.org&gt;",
        "Institut Imagine &lt;dons@example.org&gt;",
        "https://give.example.org/unsubscribe/t/",
        "Thank you, Zoé.",
    ):
        assert words in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_html_part_is_caged(client: Client, mail_dir: Path) -> None:
    send(letter(html="<html><head><title>x</title></head><script>alert(1)</script><p>Hi</p></html>"))
    address = only_letter(client)

    page = client.get(address)
    frame = client.get(address + "html/")

    assert "<script" not in page.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank"><title>' in frame.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_attachments_open_or_are_saved(client: Client, mail_dir: Path) -> None:
    message = letter()
    message.attach("Reçu 2026-1.pdf", PDF, "application/pdf")
    message.attach("page.html", "<script>alert(1)</script>", "text/html")
    send(message)
    address = only_letter(client)

    pdf = client.get(address + "attachments/1/")
    html = client.get(address + "attachments/2/")
    none = client.get(address + "attachments/3/")

    assert (pdf["Content-Type"], pdf.content) == ("application/pdf", PDF)
    assert pdf["Content-Disposition"].startswith("inline")
    assert "Content-Security-Policy" not in pdf
    assert html["Content-Type"] == "application/octet-stream"
    assert html["Content-Disposition"].startswith("attachment")
    assert {answer["X-Content-Type-Options"] for answer in (pdf, html)} == {"nosniff"}
    assert none.status_code == 404
    assert "Reçu 2026-1.pdf" in client.get(address).content.decode()


def test_newest_letter_comes_first(client: Client, mail_dir: Path) -> None:
    send(letter("First"), letter("Second"))
    old = next(mail_dir.glob("*.log"))
    os.utime(old, (1, 1))
    send(letter("Third"))

    page = client.get("/sandbox/mail/").content.decode()

    assert page.index("Third") < page.index("Second") < page.index("First")


def test_line_of_dashes_in_a_letter_does_not_cut_it(client: Client, mail_dir: Path) -> None:
    message = letter()
    message.body = f"Before\n{'-' * 79}\nafter"
    send(message)

    page = client.get(only_letter(client)).content.decode()

    assert "Before" in page
    assert "after" in page


BROKEN = {
    "empty": b"",
    "blank": b"\n\n\n",
    "noise": bytes(range(256)) * 50,
    "half": (
        b'Content-Type: multipart/mixed; boundary="x"\nSubject: Half\n\n--x\nContent-Type: application/pdf\n'
        b"Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBE!"
    ),
    "headers": (
        b"Subject: =?utf-8?b?broken\nTo: <<<>>>@@\nDate: never\nContent-Type: text/html; charset=nope\n\n<p>x"
    ),
    "subject": b"Subject: <script>alert(1)</script>\nContent-Type: text/plain\n\nx\n" + b"-" * 79 + b"\n",
    "null": b"Subject: \x00\x00\nContent-Type: text/plain; charset=utf-8\n\n\xff\xfe\x00",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_files_never_break_the_page(client: Client, mail_dir: Path, kind: str) -> None:
    (mail_dir / f"{kind}.log").write_bytes(BROKEN[kind])
    address = f"/sandbox/mail/{kind}/1/"

    answers = [
        client.get("/sandbox/mail/"),
        client.get(address),
        client.get(address + "html/"),
        client.get(address + "attachments/1/"),
    ]

    assert {answer.status_code for answer in answers} <= {200, 404}
    assert answers[0].status_code == 200
    assert all("<script>" not in answer.content.decode() for answer in answers[:2])


def test_folder_that_is_missing_is_an_empty_box(client: Client, settings: object, mail_dir: Path) -> None:
    settings.EMAIL_FILE_PATH = str(mail_dir / "none")  # type: ignore[attr-defined]

    assert client.get("/sandbox/mail/").status_code == 200


@pytest.mark.parametrize("name", ["..%2Fsecret", "%2e%2e%2fsecret", "secret", "..", "link", "%00"])
def test_no_other_file_can_be_read(client: Client, mail_dir: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "secret.log"
    outside.write_bytes(b"Subject: secret\n\nsecret")
    (mail_dir / "link.log").symlink_to(outside)
    (mail_dir.parent / "secret.log").write_bytes(b"Subject: secret\n\nsecret")

    try:
        assert client.get(f"/sandbox/mail/{name}/1/").status_code == 404
    finally:
        (mail_dir.parent / "secret.log").unlink()
