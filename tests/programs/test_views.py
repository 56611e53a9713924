"""What visitors find at each address, in each language."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils.html import strip_tags

from programs.models import Program, ProgressUpdate
from tests.programs.test_content import COPY, lines_of

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]
PUBLIC = ["/en/hematology/", "/fr/hematologie/", "/en/hematology/updates/", "/en/pages/privacy/", "/en/"]


def text_of(response: Any) -> str:
    return " ".join(unescape(strip_tags(response.content.decode())).split())


@pytest.mark.parametrize(
    ("accepts", "to"), [("fr-FR,fr;q=0.9,en;q=0.8", "/fr/"), ("de", "/en/"), ("en-GB", "/en/")]
)
def test_the_root_leads_to_the_visitors_language(client: Client, db: None, accepts: str, to: str) -> None:
    response = client.get("/", headers={"accept-language": accepts})

    assert (response.status_code, response["Location"]) == (302, to)
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(("home", "to"), [("/en/", "/en/hematology/"), ("/fr/", "/fr/hematologie/")])
def test_home_leads_to_the_only_programme(client: Client, hematology: Program, home: str, to: str) -> None:
    response = client.get(home)

    assert (response.status_code, response["Location"]) == (302, to)


def test_home_lists_several_programmes(
    client: Client, hematology: Program, make_program: MakeProgram
) -> None:
    make_program("cardiology")
    make_program("hidden", status="draft")

    response = client.get("/fr/")

    assert response.status_code == 200
    assert "cardiology en français" in text_of(response)
    assert "L’hématologie" in text_of(response)
    assert "hidden" not in text_of(response)


def test_home_says_so_when_there_is_nothing_to_support(client: Client, db: None) -> None:
    response = client.get("/en/")

    assert response.status_code == 200
    assert response.context["programs"] == []


def test_the_page_prints_the_foundations_text(client: Client, hematology: Program) -> None:
    text = text_of(client.get("/en/hematology/"))

    for line in lines_of(COPY):
        words = " ".join(line.removeprefix("◆ ").removeprefix("/ ").split())
        if words not in {"1,000 K€", "It mobilizes:"}:  # written the way each language writes them
            assert words in text, words
    assert "It mobilizes" in text
    assert "€1,000,000" in text
    assert text.count("Understanding the origin and mechanisms") == 1


def test_the_french_page_is_french(client: Client, hematology: Program) -> None:
    response = client.get("/fr/hematologie/")
    text = text_of(response)

    assert '<html lang="fr">' in response.content.decode()
    assert "L’hématologie, un enjeu de santé et une priorité pour l’Institut Imagine" in text
    assert "3 laboratoires de recherche de l’Institut Imagine" in text
    assert "The Project" not in text


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        ("/fr/hematology/", "/fr/hematologie/"),
        ("/en/hematologie/", "/en/hematology/"),
        ("/fr/hematology/updates/", "/fr/hematologie/updates/"),
        ("/fr/hematology/updates/feed/", "/fr/hematologie/updates/feed/"),
        ("/fr/hematologie/updates/first-news/", "/fr/hematologie/updates/first-nouvelles/"),
        ("/en/hematologie/updates/first-nouvelles/", "/en/hematology/updates/first-news/"),
        ("/fr/pages/privacy/", "/fr/pages/confidentialite/"),
    ],
)
def test_the_other_languages_word_leads_to_this_languages_address(
    client: Client, hematology: Program, make_update: MakeUpdate, asked: str, to: str
) -> None:
    make_update(hematology)

    response = client.get(asked)

    assert (response.status_code, response["Location"]) == (301, to)


def test_a_word_of_this_language_wins_over_the_same_word_of_the_other(
    client: Client, make_program: MakeProgram
) -> None:
    make_program("one", slug_en="anemia", slug_fr="anemie")
    make_program("two", slug_en="blood", slug_fr="anemia")

    assert client.get("/en/anemia/").context["program"].slug_en == "anemia"
    assert client.get("/fr/anemia/").context["program"].slug_en == "blood"


@pytest.mark.parametrize(
    "path",
    [
        "/en/nothing/",
        "/en/nothing/updates/",
        "/en/nothing/updates/feed/",
        "/en/hematology/updates/nothing/",
        "/en/pages/nothing/",
        "/fr/héma/",
        "/en/hematology/updates/first-news/x/",
        "/en/" + "a" * 3000 + "/",
        "/en/hematology%00/",
    ],
)
def test_what_does_not_exist_is_a_page_that_says_so(client: Client, hematology: Program, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999", "%00", ""])
def test_a_strange_page_number_shows_a_page(client: Client, hematology: Program, page: str) -> None:
    assert client.get(f"/en/hematology/updates/?page={page}").status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_only_reading_is_allowed(client: Client, hematology: Program, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", PUBLIC)
def test_reading_sets_no_cookie_and_depends_on_none(client: Client, hematology: Program, path: str) -> None:
    response = client.get(path)

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "path",
    ["/en/secret/", "/en/secret/updates/", "/en/secret/updates/feed/", "/en/secret/updates/first-news/"],
)
def test_a_draft_programme_is_not_there_for_visitors(
    client: Client, make_program: MakeProgram, make_update: MakeUpdate, path: str
) -> None:
    make_update(make_program("secret", status="draft"))

    assert client.get(path).status_code == 404


def test_someone_signed_in_who_may_not_see_programmes_is_a_visitor(
    client: Client, make_program: MakeProgram
) -> None:
    make_program("secret", status="draft")
    client.force_login(User.objects.create_user("paul", is_staff=True))

    assert client.get("/en/secret/").status_code == 404


def test_staff_preview_a_draft_and_nothing_of_it_is_kept(
    client: Client, staff: Client, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    update = make_update(make_program("secret", status="draft"), status="draft")

    page, news = staff.get("/en/secret/"), staff.get("/en/secret/updates/first-news/")

    for response in (page, news):
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response
    assert update.title in text_of(news)
    assert client.get("/en/secret/").status_code == 404


def test_an_unpublished_update_is_seen_by_staff_only(
    client: Client, staff: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    make_update(hematology, "approved", status="approved")

    assert client.get("/en/hematology/updates/approved-news/").status_code == 404
    assert "approved" not in text_of(client.get("/en/hematology/updates/"))
    assert "The approved news" not in text_of(client.get("/en/hematology/"))
    assert staff.get("/en/hematology/updates/approved-news/").status_code == 200


def test_updates_stand_newest_first_ten_a_page(
    client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    for number in range(12):
        make_update(hematology, f"n{number}")

    first = client.get("/en/hematology/updates/").context["updates"]
    second = client.get("/en/hematology/updates/?page=2").context["updates"]
    page = client.get("/en/hematology/").context["updates"]

    assert [update.slug_en for update in first][:2] == ["n11-news", "n10-news"]
    assert [update.slug_en for update in second] == ["n1-news", "n0-news"]
    assert [update.slug_en for update in page] == ["n11-news", "n10-news", "n9-news"]


def test_an_update_leads_to_its_neighbours(
    client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    for word in ("one", "two", "three"):
        make_update(hematology, word)

    context = client.get("/fr/hematologie/updates/two-nouvelles/").context

    assert (context["previous"].slug, context["next"].slug) == ("one-nouvelles", "three-nouvelles")


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/en/hematology/", "/fr/hematologie/"),
        ("/fr/hematologie/updates/", "/en/hematology/updates/"),
        ("/en/hematology/updates/first-news/", "/fr/hematologie/updates/first-nouvelles/"),
        ("/en/pages/privacy/", "/fr/pages/confidentialite/"),
        ("/en/nothing/", "/fr/nothing/"),
        ("/en/hematology/updates/nothing/", "/fr/hematology/updates/nothing/"),
    ],
)
def test_every_page_leads_to_itself_in_the_other_language(
    client: Client, hematology: Program, make_update: MakeUpdate, path: str, other: str
) -> None:
    make_update(hematology)

    assert f'href="{other}"' in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/en/hematology/give/", "/fr/hematologie/give/"),
        (
            "/en/gifts/0b1f9b0e-4b0f-4c39-8f0a-9f2a3a6f1c11/",
            "/fr/gifts/0b1f9b0e-4b0f-4c39-8f0a-9f2a3a6f1c11/",
        ),
    ],
)
def test_other_applications_pages_have_their_address_in_the_other_language_too(
    hematology: Program, path: str, other: str
) -> None:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)

    shown = Template("{% load site %}{% translated_url 'fr' %}").render(Context({"request": request}))

    assert shown == other


def test_the_foot_links_the_sites_own_pages(client: Client, hematology: Program) -> None:
    page = client.get("/fr/hematologie/").content.decode()

    for word in ("mentions-legales", "confidentialite", "accessibilite", "contact"):
        assert f'href="/fr/pages/{word}/"' in page
        assert client.get(f"/fr/pages/{word}/").status_code == 200


def test_the_feed_gives_the_updates_of_its_language(
    client: Client, hematology: Program, make_update: MakeUpdate, settings: Any
) -> None:
    settings.SITE_URL = "https://give.example.org"
    settings.ALLOWED_HOSTS = ["give.example.org", "testserver"]
    make_update(hematology, "first")
    make_update(hematology, "hidden", status="approved")

    response = client.get("/fr/hematologie/updates/feed/")
    feed = response.content.decode()

    assert response["Content-Type"].startswith("application/atom+xml")
    assert "La nouvelle first" in feed
    assert "hidden" not in feed
    assert 'href="https://give.example.org/fr/hematologie/updates/first-nouvelles/"' in feed
    assert 'href="https://give.example.org/fr/hematologie/updates/feed/"' in feed
    assert 'xml:lang="fr"' in feed
    assert "testserver" not in feed
    assert not response.cookies
