"""The words of a letter, from its kind's templates, in its language.

Facts are hostile: a name may hold line breaks, HTML, marks that turn the writing direction, or 500
characters. Each becomes one harmless line; HTML is escaped where HTML is written, and only there.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from css_inline import CSSInliner
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string

from outreach import plain_text
from outreach.models import Letter

SUBJECT_LENGTH = 200
_FIXED = "\u00a0\u202f"
_SPACES = re.compile(f"([ {_FIXED}])[ {_FIXED}]+")

# Nothing is fetched; what media queries say of dark screens stays in a style element.
_inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str


def render(letter: Letter) -> Words:
    """The letter as its reader gets it. Raises what a broken template or a missing fact raises."""
    with translation.override(letter.language):
        facts = _facts(letter) | {"language": letter.language, "site_url": settings.SITE_URL}
        return Words(
            subject=one_line(_written(letter, "subject.txt", facts, escape=False))[:SUBJECT_LENGTH],
            text=_written(letter, "body.txt", facts, escape=False).strip() + "\n",
            html=_inliner.inline(_written(letter, "body.html", facts, escape=True)),
        )


def unsubscribe_url(letter: Letter) -> str:
    """Where the reader of a broadcast ends its letters; empty for a letter about the reader's own gift."""
    if letter.broadcast is None or letter.subscription is None:
        return ""
    with translation.override(letter.language):
        path = reverse("outreach:unsubscribe", kwargs={"token": letter.subscription.token})
    return urljoin(settings.SITE_URL, path)


def carries_a_key(letter: Letter) -> bool:
    """Whether it holds a link that opens something: then nobody but its reader ever sees its words."""
    return letter.kind in settings.OUTREACH_LINKS


def one_line(text: str) -> str:
    """The text without control or direction marks, its white space single: safe in a header or a sentence.

    The spaces that French keeps unbroken stay what they are.
    """
    kept = "".join(" " if _breaks(c) else c for c in text if c.isspace() or not _is_mark(c))
    return _SPACES.sub(r"\1", kept).strip()


def _breaks(character: str) -> bool:
    return character.isspace() and character not in _FIXED


def _is_mark(character: str) -> bool:
    # Cf holds the direction marks, and also the joiners that some scripts and emoji are written with.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in "\u200c\u200d"


def _facts(letter: Letter) -> dict[str, Any]:
    facts: dict[str, Any]
    if letter.broadcast is None:
        facts = {
            key: one_line(value) if isinstance(value, str) else value for key, value in letter.facts.items()
        }
        return facts | _link(letter)
    told = letter.broadcast.facts
    facts = told.get(letter.language) or told[settings.LANGUAGE_CODE]
    return facts | {
        "body_text": plain_text.from_html(facts["body"]),
        "unsubscribe_url": unsubscribe_url(letter),
    }


def _link(letter: Letter) -> dict[str, str]:
    """The link of a letter that carries a key: made now, and kept nowhere."""
    if not carries_a_key(letter):
        return {}
    maker: Callable[[str], str] = import_string(settings.OUTREACH_LINKS[letter.kind])
    return {"link": maker(letter.facts["reference"])}


def _written(letter: Letter, part: str, facts: dict[str, Any], *, escape: bool) -> str:
    template: Template = get_template(f"letters/{letter.kind}/{part}").template  # type: ignore[attr-defined]
    return str(template.render(Context(facts, autoescape=escape)))
