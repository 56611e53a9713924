"""The sitemap lists what is to be found, and robots are kept from the rest."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client

from programs.models import Page, Program, ProgressUpdate
from tests.programs.found import ENGLISH, FRENCH, SITE, html_of, links, pairs

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


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
