"""What partners show of a programme: a card that anybody may frame, and the page that says how."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from donations.models import ProgramTotal
from programs.models import Program

SITE = "https://give.example.org"
CARDS = ["/en/hematology/card/", "/fr/hematologie/card/"]


@pytest.fixture
def site(client: Client, program: Program, settings: Any) -> Client:
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["give.example.org", "testserver"]
    return client


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("path", CARDS)
@pytest.mark.parametrize("visit", ["first", "kept", "unchanged"])
def test_anybody_may_frame_the_card(site: Client, path: str, visit: str) -> None:
    headers = {}
    if visit != "first":
        etag = site.get(path)["ETag"]
        headers = {"if-none-match": etag} if visit == "unchanged" else {}

    response = site.get(path, headers=headers)

    assert response.status_code == (304 if visit == "unchanged" else 200)
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert response["Cache-Control"].startswith("public")
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize(
    "path", ["/en/hematology/", "/en/hematology/give/", "/en/hematology/embed/", "/en/nothing/card/"]
)
def test_nothing_else_may_be_framed(site: Client, path: str) -> None:
    response = site.get(path)

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", CARDS)
def test_the_card_is_small_and_runs_nothing(site: Client, path: str) -> None:
    html = html_of(site, path)

    assert len(html.encode()) < 4_000
    assert "<script" not in html
    assert "<form" not in html
    assert '<meta name="robots" content="noindex">' in html
    links = re.findall(r"<a ([^>]*)>", html)
    assert len(links) == 2
    assert all('target="_blank"' in link and 'rel="noopener"' in link for link in links)


@pytest.mark.parametrize(("percent", "filled"), [(0, 0), (3, 3), (57, 57), (100, 100), (140, 100)])
def test_the_card_shows_one_dot_for_each_percent(
    site: Client, program: Program, percent: int, filled: int
) -> None:
    ProgramTotal.objects.create(program=program, raised_cents=percent * 10_000_00)
    Program.objects.filter(pk=program.pk).touch()

    html = html_of(site, "/en/hematology/card/")

    paths = dict(re.findall(r'<path class="card__(filled|empty)" d="([^"]+)"', html))
    assert paths.get("filled", "").count("M") == filled
    assert paths.get("empty", "").count("M") == 100 - filled
    assert f"{percent}%" in html


def test_a_card_of_another_language_leads_to_this_one(site: Client) -> None:
    for word in ("card", "embed"):
        response = site.get(f"/fr/hematology/{word}/")

        assert (response.status_code, response["Location"]) == (301, f"/fr/hematologie/{word}/")


@pytest.mark.parametrize("word", ["card", "embed"])
def test_a_draft_has_no_card(site: Client, program: Program, word: str) -> None:
    Program.objects.filter(pk=program.pk).update(status="draft")

    assert site.get(f"/en/hematology/{word}/").status_code == 404


@pytest.mark.parametrize("path", ["/en/hematology/embed/", "/fr/hematologie/embed/"])
def test_the_instructions_show_the_card_and_give_its_code_in_both_languages(site: Client, path: str) -> None:
    response = site.get(path)
    html = response.content.decode()
    codes = [unescape(code) for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)]

    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert f'src="{path.replace("embed", "card")}"' in html
    assert [re.findall(r'src="([^"]+)"', code) for code in codes] == [[SITE + card] for card in CARDS]
    assert "L’hématologie" in codes[1]
    assert f'href="{SITE}/programs/hematology/progress.json"' in html


def test_the_french_instructions_name_the_languages_as_french_does(site: Client) -> None:
    html = html_of(site, "/fr/hematologie/embed/")

    assert "Carte en anglais" in html
    assert "Carte en français" in html


def test_the_instructions_name_every_figure_there_is(site: Client) -> None:
    html = html_of(site, "/en/hematology/embed/")

    fields = site.get("/programs/hematology/progress.json").json()

    assert set(re.findall(r"<code>([a-z_]+)</code>", html)) == set(fields)


def test_a_hostile_title_stays_in_its_place(site: Client, program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(title_en='"></iframe></textarea><script>alert(1)</script>')

    for path in ("/en/hematology/card/", "/en/hematology/embed/"):
        assert "<script>" not in html_of(site, path)
        assert html_of(site, path).count("</textarea>") == (2 if "embed" in path else 0)
