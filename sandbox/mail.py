"""The letters that Django's file backend wrote, as their readers see them.

The backend appends messages to `*.log` files, a line of 79 dashes after each. A file may be half
written, or not ours at all: what cannot be read is left out or shown as it is, and never fails.
"""

import base64
import datetime as dt
import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from django.conf import settings

_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "List-Unsubscribe", "List-Unsubscribe-Post")
# A text may hold such a line as well: it ends a message only where another begins or the file ends.
_END = re.compile(rb"^-{79}\r?\n(?=[A-Za-z][A-Za-z0-9-]*: |\s*\Z)", re.MULTILINE)
_LARGEST_FILE = 50_000_000
_MOST_FILES = 500
# A document of these kinds can be shown in the browser; anything else is only ever saved.
_SHOWN = {"application/pdf", "image/gif", "image/jpeg", "image/png", "text/plain"}


@dataclass(frozen=True)
class Attachment:
    number: int
    name: str
    content_type: str
    content: bytes

    @property
    def shown(self) -> bool:
        return self.content_type in _SHOWN


@dataclass(frozen=True)
class Letter:
    file: str  # the file's name without its ending
    number: int  # its place in the file, from 1
    written_at: dt.datetime
    source: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.source, policy=email.policy.default)

    def header(self, name: str) -> str:
        try:
            return str(self.message.get(name, ""))
        except Exception:  # the parser meets whatever stands in the file
            return ""

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def recipient(self) -> str:
        return self.header("To")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name in _HEADERS if (value := self.header(name))]

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML part, its inline pictures put in."""
        html = self._body("html")
        for part in self.message.walk():
            cid = str(part.get("Content-ID", "")).strip("<> ")
            if cid and part.get_content_maintype() == "image":
                picture = base64.b64encode(_content(part)).decode()
                html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{picture}")
        return html

    @cached_property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                number, part.get_filename() or f"attachment-{number}", part.get_content_type(), _content(part)
            )
            for number, part in enumerate(_attached(self.message), start=1)
        ]

    def _body(self, kind: str) -> str:
        try:
            part = self.message.get_body(preferencelist=(kind,))
            return str(part.get_content()) if part else ""
        except Exception:  # a broken part reads as an empty one
            return ""


def newest(count: int = 200) -> list[Letter]:
    """The last `count` letters written, newest first."""
    letters: list[Letter] = []
    for path in _files():
        letters += reversed(list(_read(path)))
        if len(letters) >= count:
            break
    return letters[:count]


def find(file: str, number: int) -> Letter | None:
    """One letter. The name is looked up among the files that are there, never made into a path."""
    for path in _files():
        if path.stem == file:
            return next((letter for letter in _read(path) if letter.number == number), None)
    return None


def _files() -> list[Path]:
    """The letter files, the latest written first."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not folder:
        return []
    found = []
    try:
        for path in Path(folder).iterdir():
            if path.suffix == ".log" and path.is_file() and not path.is_symlink():
                found.append((path.stat().st_mtime_ns, path.name, path))
    except OSError:
        return []
    return [path for _, _, path in sorted(found, reverse=True)[:_MOST_FILES]]


def _read(path: Path) -> Iterator[Letter]:
    try:
        stat = path.stat()
        if stat.st_size > _LARGEST_FILE:
            return
        content = path.read_bytes()
    except OSError:
        return
    written_at = dt.datetime.fromtimestamp(stat.st_mtime, tz=dt.UTC)
    for number, source in enumerate(_END.split(content), start=1):
        if source.strip():
            yield Letter(path.stem, number, written_at, source)


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_disposition() == "attachment":
            yield part


def _content(part: EmailMessage) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # a half-written part
        return b""
    return content if isinstance(content, bytes) else b""
