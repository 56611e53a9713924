"""The Atom feed, held against RFC 4287."""

import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.html import strip_tags
from PIL import Image

from programs.models import Program, ProgressUpdate
from tests.programs import schema_org

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
SITE = "https://give.example.org"
# What a feed and an entry must have exactly once, and where more may stand.
ONCE = {"feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated", "content", "published"}}


@pytest.fixture
def feed(
    client: Client,
    hematology: Program,
    make_update: Callable[..., ProgressUpdate],
    settings: Any,
) -> Callable[[str], Any]:
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["give.example.org", "testserver"]
    make_update(
        hematology, "first", body_en='<p>Less &lt; more &amp; <a href="/en/pages/contact/">us</a>.</p>'
    )
    make_update(hematology, "second")

    def read(path: str) -> Any:
        response = client.get(path)
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        return ET.fromstring(response.content)  # noqa: S314  our own

    return read


@pytest.mark.parametrize(
    ("path", "language"),
    [("/en/hematology/updates/feed/", "en"), ("/fr/hematologie/updates/feed/", "fr")],
)
def test_the_feed_is_valid_atom(feed: Callable[[str], Any], path: str, language: str) -> None:
    root = feed(path)
    entries = root.findall(f"{ATOM}entry")

    assert root.tag == f"{ATOM}feed"
    assert root.get(f"{XML}lang") == language
    assert len(entries) == 2
    for element, kind in [(root, "feed"), *((entry, "entry") for entry in entries)]:
        for name in ONCE[kind]:
            (only,) = element.findall(ATOM + name)
            assert only.text
            if name in {"updated", "published"}:
                assert dt.datetime.fromisoformat(only.text).tzinfo is not None
        assert [each.text for each in element.findall(f"{ATOM}author/{ATOM}name")] == ["Institut Imagine"]
        assert element.findtext(f"{ATOM}id").startswith("urn:")
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert all(link.get("href").startswith(f"{SITE}/{language}/") for link in element.iter(f"{ATOM}link"))
    (itself,) = (link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert urlsplit(itself.get("href")).path == path
    ids = [each.text for each in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    newest = max(entry.findtext(f"{ATOM}updated") for entry in entries)
    assert root.findtext(f"{ATOM}updated") == newest


def test_an_entry_is_whole_and_its_links_lead_to_the_site(feed: Callable[[str], Any]) -> None:
    root = feed("/en/hematology/updates/feed/")
    content = root.findall(f"{ATOM}entry")[-1].find(f"{ATOM}content")
    (link,) = re.findall(r'href="([^"]+)"', content.text)

    assert content.get("type") == "html"
    assert unescape(strip_tags(content.text)) == "Less < more & us."
    assert urljoin(root.get(f"{XML}base"), link) == f"{SITE}/en/pages/contact/"


def test_an_entry_and_its_article_bring_the_picture(
    feed: Callable[[str], Any],
    client: Client,
    hematology: Program,
    make_update: Callable[..., ProgressUpdate],
    settings: Any,
) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(drawn, "PNG")
    words = {"picture_alternative_text_en": 'Cells, "red"', "picture_alternative_text_fr": "Des cellules"}
    make_update(hematology, "pictured", picture=ContentFile(drawn.getvalue(), "a.png"), **words)

    entry = feed("/en/hematology/updates/feed/").find(f"{ATOM}entry")
    content = entry.findtext(f"{ATOM}content")
    (address,) = re.findall(r'^<p><img src="([^"]+)" width="900" height="600"', content)
    page = client.get("/en/hematology/updates/pictured-news/").content.decode()
    (article,) = (node for node in schema_org.check(page) if node["@type"] == "Article")

    assert "Cells, &quot;red&quot;" in content
    assert address.startswith(SITE)
    assert article["image"][0] == address
    assert Path(settings.MEDIA_ROOT, address.removeprefix(f"{SITE}/media/")).is_file()
    assert "notice__picture" in client.get("/en/hematology/updates/").content.decode()


def test_a_feed_without_updates_is_valid_too(client: Client, make_program: Callable[..., Program]) -> None:
    make_program("quiet")

    root = ET.fromstring(client.get("/en/quiet/updates/feed/").content)  # noqa: S314  our own

    assert [child.tag.removeprefix(ATOM) for child in root].count("entry") == 0
    assert all(root.findtext(ATOM + name) for name in ONCE["feed"])
