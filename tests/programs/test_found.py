"""What search engines and networks are told: one address a page, its words, nothing private."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from programs.excerpt import excerpt
from programs.models import Program, ProgressUpdate
from tests.programs import schema_org
from tests.programs.found import ENGLISH, FRENCH, PAIRS, SITE, html_of, links, meta, pairs, title_of

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]


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
