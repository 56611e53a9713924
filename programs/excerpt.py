"""Rich text in one plain line, for where only a line fits: descriptions, shared links."""

import re
from html import unescape
from typing import Final

from django.utils.html import strip_tags

LENGTH: Final = 155  # what search engines show of a description
_BETWEEN_BLOCKS = re.compile(r"<(?:/(?:p|li|h\d|blockquote)|br ?/?)>")


def excerpt(html: str, length: int = LENGTH) -> str:
    """The first words of `html`, `length` characters at most, cut between words. Plain text, not HTML."""
    text = " ".join(unescape(strip_tags(_BETWEEN_BLOCKS.sub(" ", html))).split())
    if len(text) <= length:
        return text
    cut = text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return f"{cut}…"
