"""A strict reader of JSON-LD: schema.org's own vocabulary, and what search engines require beyond it."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

_VOCABULARY: Final = json.loads(Path(__file__).with_name("schema_org.json").read_text())
_TYPES: Final[dict[str, list[str]]] = _VOCABULARY["types"]
_PROPERTIES: Final[dict[str, dict[str, list[str]]]] = _VOCABULARY["properties"]
# https://developers.google.com/search/docs/appearance/structured-data: required, or of no use without.
_REQUIRED: Final = {
    "NGO": {"name", "url"},
    "WebPage": {"name", "url", "description", "inLanguage"},
    "DonateAction": {"name", "recipient", "target"},
    "EntryPoint": {"urlTemplate"},
    "PriceSpecification": {"priceCurrency", "minPrice"},
    "Article": {"headline", "author", "publisher", "datePublished", "dateModified", "image", "inLanguage"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
}
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(html: str) -> list[dict[str, Any]]:
    """Every node that the page states."""
    nodes = []
    for block in _BLOCK.findall(html):
        data = json.loads(block)
        assert data["@context"] == "https://schema.org"
        nodes += data["@graph"]
    return nodes


def check(html: str) -> list[dict[str, Any]]:
    """The page's nodes, each held against the vocabulary. Raises AssertionError with what is wrong."""
    nodes = graph(html)
    known = {node["@id"] for node in nodes if "@id" in node}
    for node in nodes:
        _check_node(node, known)
    return nodes


def _check_node(node: dict[str, Any], known: set[str]) -> None:
    kind = node["@type"]
    assert kind in _TYPES, f"{kind} is no type"
    if "@id" not in node or len(node) > 2:  # more than a mention of what another page describes
        assert set(node) >= _REQUIRED[kind], (kind, _REQUIRED[kind] - set(node))
    for name, value in node.items():
        if name == "@id":
            assert _is_address(value), value
        elif name != "@type":
            rule = _PROPERTIES[name]
            assert set(_line(kind)) & set(rule["on"]), f"{name} is not said of {kind}"
            for each in value if isinstance(value, list) else [value]:
                assert _fits(each, rule["takes"], known), (kind, name, each, rule["takes"])
    if kind == "BreadcrumbList":
        places = [item["position"] for item in node["itemListElement"]]
        assert places == list(range(1, len(places) + 1))
        assert len(places) >= 2


def _line(kind: str) -> list[str]:
    """The type and all above it."""
    return [kind, *(above for parent in _TYPES[kind] for above in _line(parent))]


def _fits(value: Any, takes: list[str], known: set[str]) -> bool:
    match value:
        case {"@type": kind}:
            _check_node(value, known)
            return bool(set(_line(kind)) & set(takes))
        case {"@id": address}:
            return address in known
        case int() | float():
            numbers = {"Integer", "Number"} if isinstance(value, int) else {"Number"}
            return not isinstance(value, bool) and bool(numbers & set(takes))
        case str():
            return bool(
                (value.strip() and "Text" in takes)
                or ("URL" in takes and _is_address(value))
                # An address may stand for the thing that it names.
                or (not {"DateTime", "Date"} & set(takes) and _is_address(value))
                or ("DateTime" in takes and dt.datetime.fromisoformat(value).tzinfo is not None)
            )
    return False


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
