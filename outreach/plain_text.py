"""Rich text as plain text, for the text part of a letter. Pure."""

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "ul", "ol", "blockquote", "h3", "h4", "div"}


def from_html(html: str) -> str:
    """Paragraphs apart by an empty line, list items with a dash, links followed by their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\r\f]+", " ", line).strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._addresses: list[str] = []
        self._items = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag in _BLOCKS:
            self._part()
        elif tag == "li":
            self._items += 1
            self.pieces.append("\n- ")
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "a":
            self._addresses.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent = max(0, self._silent - 1)
        elif tag == "li":
            self._items = max(0, self._items - 1)
        elif tag in _BLOCKS:
            self._part()
        elif tag == "a" and self._addresses and (address := self._addresses.pop()):
            self.pieces.append(f" ({address})")

    def _part(self) -> None:
        # An editor puts a paragraph into every list item: it stays beside its dash.
        self.pieces.append(" " if self._items else "\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " "))
