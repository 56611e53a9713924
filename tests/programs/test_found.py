"""What search engines and networks are told: one address a page, its words, nothing private."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from programs.excerpt import excerpt
from programs.models import Page, Program, ProgressUpdate
from tests.programs import schema_org

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]
SITE = "https://give.example.org"
ENGLISH = [
    "/en/hematology/",
    "/en/hematology/give/",
    "/en/hematology/updates/",
    "/en/hematology/updates/first-news/",
    "/en/pages/privacy/",
    "/en/pages/contact/",
]
FRENCH = [
    "/fr/hematologie/",
    "/fr/hematologie/give/",
    "/fr/hematologie/updates/",
    "/fr/hematologie/updates/first-nouvelles/",
    "/fr/pages/confidentialite/",
    "/fr/pages/contact/",
]
PAIRS = list(zip(ENGLISH, FRENCH, strict=True))
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def site(client: Client, hematology: Program, make_update: MakeUpdate, settings: Any) -> Client:
    """The site under its own address, which is not the one that this client names."""
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["give.example.org", "testserver"]
    make_update(hematology)
    return client


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def links(html: str, rel: str) -> list[str]:
    return re.findall(rf'<link rel="{rel}"[^>]* ?href="([^"]+)"', html)


def pairs(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html))


def meta(html: str, name: str) -> list[str]:
    found = re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)
    return [unescape(each) for each in found]


def title_of(html: str) -> str:
    return unescape(re.findall(r"<title>(.*?)</title>", html)[0])


@pytest.mark.parametrize(("path", "other"), PAIRS)
def test_a_page_has_one_address_and_names_its_pair(site: Client, path: str, other: str) -> None:
    for shown in (path, other):
        html = html_of(site, shown)

        assert links(html, "canonical") == [SITE + shown]
        assert pairs(html) == {"en": SITE + path, "fr": SITE + other, "x-default": SITE + path}
        assert meta(html, "robots") == []
        assert "testserver" not in html


def test_every_page_has_words_of_its_own(site: Client) -> None:
    pages = [html_of(site, path) for path in ENGLISH + FRENCH]

    titles = [title_of(html) for html in pages]
    assert all(len(title) > 10 for title in titles)
    assert all(title.count("Institut Imagine") == 1 for title in titles)
    assert len({*titles}) == len(titles) - 1  # “Contact” is the same word in both languages
    for html in pages:
        (description,) = meta(html, "description")
        assert 5 < len(description) <= 320
        assert "<" not in description


@pytest.mark.parametrize(("path", "other"), PAIRS)
def test_a_shared_page_brings_its_words(site: Client, path: str, other: str) -> None:
    html = html_of(site, path)

    assert meta(html, "og:url") == [SITE + path]
    assert meta(html, "og:description") == meta(html, "description")
    assert meta(html, "og:title")[0] in title_of(html)
    assert meta(html, "og:locale") == ["en_GB"]
    assert meta(html, "og:locale:alternate") == ["fr_FR"]
    assert meta(html, "og:site_name") == ["Institut Imagine"]
    assert meta(html_of(site, other), "og:locale") == ["fr_FR"]


def test_the_pages_of_a_list_have_addresses_of_their_own(
    site: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    for number in range(12):
        make_update(hematology, f"n{number}")
    list_address, path = f"{SITE}/en/hematology/updates/", "/en/hematology/updates/"

    second, beyond = html_of(site, f"{path}?page=2"), html_of(site, f"{path}?page=99")

    assert links(html_of(site, f"{path}?page=1"), "canonical") == [list_address]
    assert links(html_of(site, f"{path}?page=x"), "canonical") == [list_address]
    assert links(second, "canonical") == links(beyond, "canonical") == [f"{list_address}?page=2"]
    assert pairs(second)["fr"] == f"{SITE}/fr/hematologie/updates/?page=2"
    assert title_of(second) != title_of(html_of(site, path))


def test_an_address_with_more_in_it_is_still_the_same_page(site: Client) -> None:
    html = html_of(site, "/en/hematology/give/?amount=50&utm_source=x")

    assert links(html, "canonical") == [f"{SITE}/en/hematology/give/"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/hematology/give/?cancelled=x", 200),
        ("/en/nothing/", 404),
        ("/en/unsubscribe/x/", 404),
    ],
)
def test_what_is_one_persons_or_nobodys_is_not_to_be_found(site: Client, path: str, status: int) -> None:
    response = site.get(path)
    html = response.content.decode()

    assert response.status_code == status
    assert meta(html, "robots") == ["noindex"]
    assert links(html, "canonical") == []
    assert all(meta(html, "description"))
    assert meta(html, "og:url") == []


def test_a_form_with_mistakes_is_not_to_be_found(site: Client) -> None:
    response = site.post("/en/hematology/give/", {"amount": "other"})

    assert response.status_code == 422
    assert meta(response.content.decode(), "robots") == ["noindex"]


def test_a_preview_is_not_to_be_found(
    site: Client, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    draft = make_program("draft", status="draft")
    make_update(draft, status="draft")
    site.force_login(User.objects.create(username="marie", is_staff=True, is_superuser=True))

    for path in ("/en/draft/", "/en/draft/updates/", "/en/draft/updates/first-news/"):
        html = html_of(site, path)
        assert meta(html, "robots") == ["noindex"]
        assert links(html, "canonical") == meta(html, "og:url") == []
        assert schema_org.graph(html) == []


# --- The sitemap -------------------------------------------------------------------------------


def sitemap(client: Client) -> dict[str, ET.Element]:
    response = client.get("/sitemap.xml", headers={"host": "testserver"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    root = ET.fromstring(response.content)  # noqa: S314  our own
    urls = root.findall("s:url", SITEMAP)
    return {url.findtext("s:loc", "", SITEMAP): url for url in urls}


def test_the_sitemap_lists_every_page_that_is_to_be_found(site: Client) -> None:
    urls = sitemap(site)

    assert {SITE + path for path in ENGLISH + FRENCH} <= set(urls)
    for address, url in urls.items():
        html = html_of(site, address.removeprefix(SITE))
        named = {pair.attrib["hreflang"]: pair.attrib["href"] for pair in url.findall("x:link", SITEMAP)}
        assert links(html, "canonical") == [address]
        assert named == pairs(html)


def test_the_sitemap_says_when_a_page_changed(site: Client, hematology: Program) -> None:
    page = f"{SITE}/en/hematology/"
    before = sitemap(site)[page].findtext("s:lastmod", "", SITEMAP)
    Program.objects.filter(pk=hematology.pk).touch()  # a gift arrives
    after_a_gift = sitemap(site)[page].findtext("s:lastmod", "", SITEMAP)
    with time_machine.travel("2031-01-01T12:00:00Z"):
        hematology.sections.all()[0].save()

    after_new_words = sitemap(site)[page].findtext("s:lastmod", "", SITEMAP)

    assert before
    assert after_a_gift == before
    assert after_new_words.startswith("2031-01-01")


def test_the_sitemap_hides_what_visitors_may_not_read(
    site: Client, hematology: Program, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    make_update(make_program("secret", status="draft"), "of-a-draft")
    make_update(hematology, "approved", status="approved")
    Page.objects.create(
        title_en="Hidden", title_fr="Cachée", slug_en="hidden", slug_fr="cachee", status="draft"
    )

    addresses = " ".join(sitemap(site))

    for word in ("secret", "of-a-draft", "approved", "hidden", "testserver"):
        assert word not in addresses


def test_the_first_page_is_listed_once_it_is_a_page(site: Client, make_program: MakeProgram) -> None:
    alone = sitemap(site)
    make_program("cardiology")

    assert f"{SITE}/en/" not in alone
    assert f"{SITE}/fr/" in sitemap(site)


def test_many_updates_cost_no_more_queries(
    site: Client, hematology: Program, make_update: MakeUpdate, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_update(hematology, f"n{number}")

    with django_assert_max_num_queries(12):
        assert len(sitemap(site)) > 60


def test_robots_are_kept_from_what_is_private(client: Client, settings: Any) -> None:
    settings.SITE_URL = SITE
    settings.DEBUG = settings.SANDBOX = False

    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert {"Disallow: /admin/", "Disallow: /en/gifts/", "Disallow: /fr/unsubscribe/"} <= {*lines}
    assert "Disallow: /" not in lines


@pytest.mark.parametrize("switch", ["DEBUG", "SANDBOX"])
def test_robots_are_kept_from_all_of_a_trial_site(client: Client, settings: Any, switch: str) -> None:
    settings.DEBUG = settings.SANDBOX = False
    setattr(settings, switch, True)

    assert "Disallow: /" in client.get("/robots.txt").content.decode().splitlines()


# --- Structured data ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*ENGLISH, *FRENCH])
def test_structured_data_keeps_to_its_vocabulary(site: Client, path: str) -> None:
    nodes = schema_org.check(html_of(site, path))

    assert "BreadcrumbList" in {node["@type"] for node in nodes}
    assert "NGO" in {node["@type"] for node in nodes}


def test_the_home_of_several_programmes_says_whose_it_is(site: Client, make_program: MakeProgram) -> None:
    make_program("cardiology")

    assert [node["@type"] for node in schema_org.check(html_of(site, "/fr/"))] == ["NGO"]


def test_the_programme_says_how_to_give(site: Client) -> None:
    nodes = schema_org.check(html_of(site, "/fr/hematologie/"))
    page = next(node for node in nodes if node["@type"] == "WebPage")

    action = page["potentialAction"]
    assert action["target"]["urlTemplate"] == f"{SITE}/fr/hematologie/give/"
    assert (action["priceSpecification"]["minPrice"], action["priceSpecification"]["priceCurrency"]) == (
        5,
        "EUR",
    )
    assert page["inLanguage"] == "fr"


def test_an_update_is_an_article(site: Client) -> None:
    nodes = schema_org.check(html_of(site, "/en/hematology/updates/first-news/"))
    article = next(node for node in nodes if node["@type"] == "Article")

    assert article["headline"] == "The first news"
    assert article["mainEntityOfPage"] == f"{SITE}/en/hematology/updates/first-news/"
    assert article["datePublished"] <= article["dateModified"]


def test_a_title_cannot_break_out_of_its_place(
    site: Client, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    hostile = "</script><script>alert(1)</script>\"'<!-- & \u2028"
    program = make_program("hostile", title_en=hostile, tagline_en=hostile)
    make_update(program, title_en=hostile)

    for path in ("/en/hostile/", "/en/hostile/updates/", "/en/hostile/updates/first-news/"):
        html = html_of(site, path)
        assert "<script>" not in html
        assert any(hostile in text for node in schema_org.check(html) for text in _texts(node))
        assert meta(html, "og:title")[0].endswith(hostile)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value


# --- Icons, words -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_manifest_names_icons_that_exist(client: Client, db: None, language: str) -> None:
    response = client.get(f"/{language}/site.webmanifest")
    manifest = response.json()

    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["lang"], manifest["start_url"]) == (language, f"/{language}/")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"])["Content-Type"] == icon["type"]


def test_the_icon_is_where_browsers_look_for_it(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert response.status_code == 200
    assert b"".join(response).startswith(b"\x00\x00\x01\x00")


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<p>One.</p><p>Two &amp; three<br>four</p>", "One. Two & three four"),
        ("", ""),
        ("<p>" + "word " * 100 + "</p>", ("word " * 31).rstrip()[:153].rsplit(" ", 1)[0] + "…"),
        ("<p>" + "x" * 300 + "</p>", "x" * 154 + "…"),
    ],
)
def test_an_excerpt_is_one_plain_line(html: str, line: str) -> None:
    assert excerpt(html) == line
    assert len(line) <= 155
