"""What a page says to machines in schema.org's words (JSON-LD).

Only what the site itself knows for true: names, addresses, dates. The vocabulary is checked by the
tests against schema.org's own.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from programs.addresses import absolute
from programs.excerpt import excerpt
from programs.models import Program, ProgressUpdate

Node = dict[str, Any]

NAME: Final = "Institut Imagine"
_OFFICIAL_SITE: Final = "https://www.institutimagine.org/"
# A title may hold “</script>”: inside JSON these letters are written by their numbers.
_ESCAPES: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(*nodes: Node) -> SafeString:
    """The nodes as one data block. Browsers run nothing of it, so the content policy lets it be."""
    graph = {"@context": "https://schema.org", "@graph": list(nodes)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308  escaped just above
    )


def organization() -> Node:
    return {
        "@type": "NGO",
        "@id": absolute("/#organization"),
        "name": NAME,
        "alternateName": "Institut des maladies génétiques Imagine",
        "url": _OFFICIAL_SITE,
    }


def reference(node: Node) -> Node:
    return {"@id": node["@id"]}


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> Node:
    """Where a page stands: name and path of each page above it, and its own last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def web_page(program: Program) -> Node:
    """The page of a programme. What it asks for is added by whoever knows of money."""
    address = absolute(program.get_absolute_url())
    return {
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "name": program.title,
        "description": program.summary or program.tagline,
        "inLanguage": get_language(),
        "publisher": reference(organization()),
    }


def article(update: ProgressUpdate, picture: str | None = None) -> Node:
    """One published update; `picture` is the address of one that stands for it beside its own."""
    address = absolute(update.get_absolute_url())
    node: Node = {
        "@type": "Article",
        "@id": f"{address}#article",
        "mainEntityOfPage": address,
        "headline": update.title,
        "description": excerpt(update.body) or update.title,
        "inLanguage": update.language_of("body"),
        "author": reference(organization()),
        "publisher": reference(organization()),
        "isPartOf": {"@type": "WebPage", "@id": absolute(update.program.get_absolute_url())},
    }
    pictures = [absolute(update.picture.url)] if update.picture else []
    if picture:
        pictures.append(picture)
    if pictures:
        node["image"] = pictures
    if update.published_at is not None:
        node["datePublished"] = update.published_at.isoformat()
        node["dateModified"] = max(update.published_at, update.updated_at).isoformat()
    return node
