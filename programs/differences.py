"""What changed between two wordings, word by word, for people to read."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from typing import Final, Literal

from django.utils.html import strip_tags

_WORDS: Final = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_BLOCK_END: Final = re.compile(r"</(?:p|li|h\d|blockquote)>|<br ?/?>")
_ALIKE: Final = 0.5  # below this, two wordings side by side read better than one woven of both
_AROUND: Final = 40  # characters of what stayed, on each side of what changed


@dataclass(frozen=True)
class Piece:
    kind: Literal["same", "old", "new"]
    text: str


def plain(html: str) -> str:
    """Rich text as a reader sees it: a line for each paragraph, no marks."""
    lines = unescape(strip_tags(_BLOCK_END.sub("\n", html))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def pieces(old: str, new: str) -> list[Piece]:
    """`old` turned into `new`: what stayed (shortened where long), what went, what came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    if old and new and matcher.ratio() < _ALIKE:
        return [Piece("old", old), Piece("new", new)]
    found: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            last = b == len(before) and d == len(after)
            found.append(Piece("same", _shortened("".join(before[a:b]), first=not found, last=last)))
            continue
        if b > a:
            found.append(Piece("old", "".join(before[a:b])))
        if d > c:
            found.append(Piece("new", "".join(after[c:d])))
    return found


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """The ends of `text` that touch a change; all of it where that is hardly longer."""
    head = "" if first else text[:_AROUND]
    tail = "" if last else text[-_AROUND:]
    if len(text) <= len(head) + len(tail) + 10:
        return text
    return f"{head}…{tail}"
