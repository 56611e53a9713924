"""Documents that travel with a letter.

A letter names them by kind and reference; the setting OUTREACH_ATTACHMENTS says, kind by kind, which
function makes an `Attachment` from a reference. So this app sends receipts without knowing what one is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Attachment:
    filename: str
    content: bytes
    mimetype: str


class UnknownKind(LookupError):
    """No function is named in OUTREACH_ATTACHMENTS for this kind."""


def resolve(kind: str, reference: str) -> Attachment:
    """The document behind a reference. Raises `UnknownKind`, or whatever its maker raises."""
    path: str | None = settings.OUTREACH_ATTACHMENTS.get(kind)
    if path is None:
        raise UnknownKind(f"OUTREACH_ATTACHMENTS names no maker for {kind!r}")
    maker: Callable[[str], Attachment] = import_string(path)
    return maker(reference)
