"""Which picture an address is shared with now, and the picture itself, drawn once and kept.

A picture is known by a digest of all that it shows: a page that names the digest makes networks fetch
the picture anew when it has changed, and nothing is drawn for a digest that somebody made up.
"""

import hashlib
import json
import logging
import threading
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import format_percent
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donations import ledger
from donations.money import format_money
from donations.progress import Progress
from donations.sharing import painting
from programs.addresses import absolute
from programs.models import Program, ProgressUpdate
from programs.structured_data import NAME

logger = logging.getLogger(__name__)

_FOLDER: Final = "share"
_drawing = threading.Lock()  # several who ask for a new picture at once wait for one drawing of it


@dataclass(frozen=True)
class SharePicture:
    """What it shows, in the language of the moment, and where it is asked for and kept."""

    path: str
    place: str
    shown: dict[str, Any]
    filled: int
    alt: str
    width: int = painting.WIDTH
    height: int = painting.HEIGHT

    @property
    def digest(self) -> str:
        facts = json.dumps([self.shown, self.filled, painting.look()])
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    @property
    def url(self) -> str:
        return f"{absolute(self.path)}?v={self.digest}"

    def png(self) -> bytes:
        """The picture, drawn unless it is kept already; the one that stood before it is then dropped."""
        name = f"{_FOLDER}/{self.place}/{self.digest}.png"
        with _drawing:
            if default_storage.exists(name):
                with default_storage.open(name) as kept:
                    return bytes(kept.read())
            drawn = painting.paint(self.shown, self.filled)
            self._keep(name, drawn)
        return drawn

    def _keep(self, name: str, drawn: bytes) -> None:
        """A disk that is full makes the picture slower, not absent."""
        try:
            default_storage.save(name, ContentFile(drawn))
            folder = f"{_FOLDER}/{self.place}"
            for other in default_storage.listdir(folder)[1]:
                if other != f"{self.digest}.png":
                    default_storage.delete(f"{folder}/{other}")
        except OSError:
            logger.warning("A picture for sharing could not be kept.", exc_info=True)


def of_program(program: Program, total: ledger.Total | None = None) -> SharePicture:
    """The picture of a programme's page. One query, none where the total has been read."""
    path = reverse("donations:share_program", args=[program.slug])
    return _of(program, total, path=path, place=f"program-{program.pk}", title=program.title)


def of_update(update: ProgressUpdate) -> SharePicture:
    """The picture of an update. One query."""
    path = reverse("donations:share_update", args=[update.program.slug, update.slug])
    place = f"update-{update.pk}"
    return _of(update.program, None, path=path, place=place, title=update.title, kicker=_("Progress update"))


def _of(
    program: Program, total: ledger.Total | None, *, path: str, place: str, title: str, kicker: str = ""
) -> SharePicture:
    language = get_language() or settings.LANGUAGE_CODE
    progress = Progress.of(program, total)
    percent = format_percent(progress.percent / 100, format="#,##0\u00a0%" if language == "fr" else "#,##0%")
    target = _("of the %(amount)s target") % {
        "amount": format_money(progress.target_cents, progress.currency, language)
    }
    return SharePicture(
        path=path,
        place=f"{place}-{language}",
        shown={
            "language": language,
            "site": NAME,
            "kicker": kicker,
            "title": title,
            "percent": percent,
            "target": target,
        },
        filled=min(max(progress.percent, 0), 100),
        alt=f"{title}. {percent} {target}.",
    )
