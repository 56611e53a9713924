"""Filling in a form of the admin as a browser does: what it shows is what it sends back."""

from html.parser import HTMLParser
from typing import Any


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "input" and name and facts.get("type") not in {"submit", "file"}:
            if facts.get("type") not in {"checkbox", "radio"}:
                self.values[name] = facts.get("value") or ""
            elif "checked" in facts:
                self.values[name] = facts.get("value") or "on"
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in facts:
            self.values[self._select] = facts.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data


def filled(response: Any) -> dict[str, Any]:
    """Every value that the forms of a page would send, by the controls' names."""
    controls = _Controls()
    controls.feed(response.content.decode())
    controls.values.pop("csrfmiddlewaretoken", None)
    return {
        name: value.removeprefix("\n") for name, value in controls.values.items() if "__prefix__" not in name
    }
