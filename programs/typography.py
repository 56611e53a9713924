"""French set as French is: the spaces before high punctuation, inside guillemets, and the apostrophe.

Staff type what a keyboard offers; these two functions put in what a printer would. The same spaces
as in our catalogue: narrow no-break (U+202F) before ; ! ? and inside « », no-break (U+00A0) before
: % and €. Only spaces and apostrophes change, and setting what is set changes nothing.
"""

import re
from collections.abc import Callable
from typing import Final

NO_BREAK: Final = "\u00a0"
NARROW: Final = "\u202f"

# Stand-ins for what is not to be touched, from Unicode's private use area: a tag inside a line, one
# that ends a line, a character or code, an address. Text that holds them already is left alone.
_MARK, _BREAK, _LETTER, _ADDRESS = "\ue000", "\ue001", "\ue002", "\ue003"
_PRIVATE = re.compile(f"[{_MARK}-{_ADDRESS}]")
_HIDDEN = re.compile(f"[{_MARK}-{_LETTER}]")

_SPACES = "[ \u00a0\u202f\u2009]*"
_GAP = f"{_SPACES}(?P<gap>{_MARK}*){_SPACES}"
_NOTHING = rf"\s{_MARK}{_BREAK}"
_APOSTROPHE = re.compile(rf"(?<=[^\W\d_])(?P<gap>{_MARK}*)'(?={_MARK}*[\w«“{_LETTER}{_ADDRESS}])")
_OPENING = re.compile(rf"«{_GAP}(?=[^{_NOTHING}»])")
_CLOSING = re.compile(rf"(?<=[^{_NOTHING}«]){_GAP}»")
# Neither at the beginning, nor after a bracket that opens or another such sign, nor inside code.
_HIGH = re.compile(rf"(?<=[^{_NOTHING}(\[{{«“‘¿¡;!?]){_GAP}(?P<sign>[;!?])(?![\w/=&-])")
_COLON = re.compile(rf"(?<=[^{_NOTHING}(\[{{«“‘:;!?]){_GAP}:(?=[{_NOTHING}»]|$)")
_UNIT = re.compile(rf"(?<=\d){_GAP}(?P<sign>[%€])(?![\w(])")
_WEB = re.compile(rf"(?:[a-z][a-z0-9+.-]*://|mailto:|www\.)[^\s<>«»{_MARK}{_BREAK}]+", re.IGNORECASE)

_IN_HTML = re.compile(
    r"(?P<code><(?P<name>code|pre|kbd|samp|script|style)\b.*?</(?P=name)\s*>)"
    r"|(?P<tag><!--.*?-->|</?(?P<element>[a-z][a-z0-9]*)\b[^<>]*>)"
    r"|&(?:\#\d+|\#x[0-9a-f]+|[a-z][a-z0-9]*);",
    re.DOTALL | re.IGNORECASE,
)
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "cite", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"}
)
_NO_BREAK_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)


def french(text: str) -> str:
    """Plain text, set. Web addresses stay as they are."""
    return text if _PRIVATE.search(text) else _set(text)


def french_html(html: str) -> str:
    """Rich text, set: tags, entities and code stay as they are; a no-break space is written `&nbsp;`."""
    if _PRIVATE.search(html):
        return html
    hidden: list[str] = []

    def hide(found: re.Match[str]) -> str:
        hidden.append(found[0])
        if not found["tag"]:
            return _LETTER
        return _MARK if (found["element"] or "").lower() in _INLINE else _BREAK

    text = _set(_IN_HTML.sub(hide, _NO_BREAK_ENTITY.sub(NO_BREAK, html)))
    return _HIDDEN.sub(_each(hidden), text.replace(NO_BREAK, "&nbsp;"))


def _set(text: str) -> str:
    addresses: list[str] = []

    def hide(found: re.Match[str]) -> str:
        addresses.append(found[0])
        return _ADDRESS

    text = _WEB.sub(hide, text)
    text = _APOSTROPHE.sub(r"\g<gap>’", text)
    text = _OPENING.sub(rf"«{NARROW}\g<gap>", text)
    text = _CLOSING.sub(rf"\g<gap>{NARROW}»", text)
    text = _HIGH.sub(rf"\g<gap>{NARROW}\g<sign>", text)
    text = _COLON.sub(rf"\g<gap>{NO_BREAK}:", text)
    text = _UNIT.sub(rf"\g<gap>{NO_BREAK}\g<sign>", text)
    return re.sub(_ADDRESS, _each(addresses), text)


def _each(kept: list[str]) -> Callable[[re.Match[str]], str]:
    """Puts back what was hidden, one after the other."""
    rest = iter(kept)
    return lambda _found: next(rest)
