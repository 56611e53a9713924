"""A draft shown to whoever has its link: signed, for some days, and ended at any time by staff.

The link says what it shows, from when it is, and in which round of links it was made; nothing is kept
of it. It shows one draft, always as it reads now, and no other.
"""

import datetime as dt
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone, translation

from programs.addresses import absolute
from programs.models import Page, Program, ProgressUpdate

LAST: Final = dt.timedelta(days=7)
Draft = Program | ProgressUpdate | Page
_KINDS: Final[dict[str, type[Draft]]] = {"program": Program, "update": ProgressUpdate, "page": Page}


class Ended(Exception):
    """The link was good once: its days are over, staff ended it, or what it showed was removed."""


class Unknown(Exception):
    """No link of ours, or not all of it."""


def token(row: Draft) -> str:
    kind = next(kind for kind, model in _KINDS.items() if isinstance(row, model))
    until = int((timezone.now() + LAST).timestamp())
    return _signer().sign_object([kind, row.pk, row.preview_round, until])


def address(row: Draft, language: str) -> str:
    """A new link to `row`, good from now on."""
    with translation.override(language):
        return absolute(reverse("programs:preview", args=[token(row)]))


def read(given: str) -> tuple[Draft, dt.datetime]:
    """What the link shows, and until when. Raises Ended or Unknown."""
    try:
        kind, key, made_in, seconds = _signer().unsign_object(given)
        rows: Any = _KINDS[kind]._default_manager
    except (BadSignature, KeyError, ValueError) as error:  # the latter two: of another release
        raise Unknown from error
    until = dt.datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())
    row: Draft | None = rows.filter(pk=key, preview_round=made_in).first()
    if row is None or until < timezone.now():
        raise Ended
    return row, until


def is_public(row: Draft) -> bool:
    """Visitors can read it at its own address, and need no preview."""
    return row.is_published and (not isinstance(row, ProgressUpdate) or row.program.is_published)


def _signer() -> Signer:
    return Signer(salt="programs.previews", sep=".")  # a colon would be cut off where links are guessed
