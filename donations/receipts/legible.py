"""Make any text fit for a page: what people type includes what no font draws and no line holds."""

import re
import unicodedata
from collections.abc import Callable

from anyascii import anyascii

LONGEST = 500
_BREAK = "\u200b"
# Longer than a line may be in the widest letters; a hyphen lets a line break, mostly.
_UNBROKEN = re.compile(r"[^\s-]{17,}|\S{25,}")
_PIECE = 12
_PILED_MARKS = re.compile(r"(?<=[\u0300-\u036f]{3})[\u0300-\u036f]+")


def tidy(text: str) -> str:
    """One line without invisible commands, of bearable length, that can be broken anywhere.

    Control characters, direction marks, private and unassigned characters have no look to lose.
    """
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    line = _PILED_MARKS.sub("", " ".join(re.split(r"[ \t\n]+", visible)).strip(" "))
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    return _UNBROKEN.sub(lambda run: _breakable(run[0]), line)


def spell(text: str, can_show: Callable[[str], bool]) -> str:
    """The text with what cannot be shown spelled in plain letters: 李 becomes Li, an emoji goes.

    A text of which nothing would remain is spelled whole, or shown as a dash.
    """
    if not tidy(text):
        return ""
    spelled = "".join(each if can_show(each) else _plain(each) for each in text)
    return tidy(spelled) or tidy(anyascii(text)) or "–"


def same(typed: str, shown: str) -> bool:
    """Whether a reader of `shown` sees what was typed."""
    return _essence(typed) == _essence(shown)


def _essence(text: str) -> str:
    return "".join(
        each
        for each in unicodedata.normalize("NFC", text)
        if not each.isspace() and unicodedata.category(each) not in {"Cc", "Cf"}
    )


def _breakable(run: str) -> str:
    return _BREAK.join(run[start : start + _PIECE] for start in range(0, len(run), _PIECE))


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
    return character


def _plain(character: str) -> str:
    symbol = unicodedata.category(character).startswith("S")
    return "" if symbol else anyascii(character)
