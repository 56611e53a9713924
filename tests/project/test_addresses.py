"""No word that staff may choose for a programme, a page or an update hides an address of the site."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from programs.models import Page, Program, ProgressUpdate

_WORD = re.compile(r"[-a-zA-Z0-9_]+")


def routes() -> Iterator[tuple[bool, list[str]]]:
    """Every address, split at its slashes, and whether it stands below a language."""
    for resolver in get_resolver().url_patterns:
        below = isinstance(resolver, URLResolver) and isinstance(resolver.pattern, LocalePrefixPattern)
        for route in _below(resolver):
            yield below, [part for part in route.split("/") if part]


def _below(entry: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(entry, URLPattern):
        yield prefix + str(entry.pattern).lstrip("^")
    else:
        here = "" if isinstance(entry.pattern, LocalePrefixPattern) else str(entry.pattern)
        for each in entry.url_patterns:
            yield from _below(each, prefix + here)


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Addresses are completed from what others have."""


def refused(row: Program | Page | ProgressUpdate, word: str) -> bool:
    """Whether staff are told, beside the address, that it cannot be had."""
    row.slug_en = word
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return "slug_en" in error.message_dict
    return False


def test_no_programme_takes_the_first_word_of_another_address() -> None:
    first = {parts[0] for _below_language, parts in routes() if parts and _WORD.fullmatch(parts[0])}

    assert {"admin", "gifts", "pages", "programs", "stripe", "unsubscribe"} <= first
    assert {word for word in first if not refused(Program(), word)} == set()


def test_no_update_takes_a_word_that_follows_the_list_of_updates() -> None:
    after = {parts[2] for below, parts in routes() if below and parts[1:2] == ["updates"] and parts[2:] != []}
    words = {word for word in after if _WORD.fullmatch(word)}

    assert "feed" in words
    assert {word for word in words if not refused(ProgressUpdate(), word)} == set()


def test_no_page_takes_a_word_that_follows_a_programme() -> None:
    """`/en/pages/give/` would be read as the gift form of a programme called “pages”."""
    words = {
        parts[1]
        for below, parts in routes()
        if below and len(parts) == 2 and parts[0].startswith("<slug") and _WORD.fullmatch(parts[1])
    }

    assert {"give", "card", "embed", "other-ways", "updates"} <= words
    assert {word for word in words if not refused(Page(), word)} == set()


@pytest.mark.parametrize("word", ["sitemap.xml", "robots.txt", "share.png", "site.webmanifest", "a/b"])
def test_what_is_no_word_is_nobodys_address(word: str) -> None:
    assert all(refused(row, word) for row in (Program(), Page(), ProgressUpdate()))
