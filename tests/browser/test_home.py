"""The first thing a visitor sees, in both languages and widths."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from programs.models import Program
from tests.browser.conftest import NARROW, WIDE, Browse


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_home_leads_to_the_programme_in_the_visitors_language(
    browse: Browse, assert_accessible: Callable[[Page], None], width: int, language: str
) -> None:
    page = browse(width, language=language)

    answer = page.goto("/")

    assert answer is not None
    assert answer.status == 200
    assert f"/{language}/" in page.url
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)


@pytest.mark.parametrize("width", [320, 360, 375, NARROW, 414])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_name_and_languages_stand_on_one_line_of_a_phone(browse: Browse, width: int, language: str) -> None:
    page = browse(width, language=language)
    page.goto(f"/{language}/")

    name, languages = (page.locator(it).bounding_box() for it in (".wordmark", ".languages"))

    assert name is not None
    assert languages is not None
    assert abs(name["y"] + name["height"] / 2 - languages["y"] - languages["height"] / 2) < 2
    assert languages["x"] + languages["width"] <= width


def test_page_says_all_it_has_to_say_without_javascript(browse: Browse) -> None:
    enhanced, plain = browse(), browse(javascript=False)

    enhanced.goto("/en/hematology/")
    plain.goto("/en/hematology/")

    # Buttons that only a script can make useful are there with it alone; the address stands in both.
    enhanced.evaluate("document.querySelectorAll('[data-copy], [data-send]').forEach((it) => it.remove())")
    assert set(enhanced.inner_text("body").splitlines()) <= set(plain.inner_text("body").splitlines())
    assert "Hematology" in plain.inner_text("h1")


def test_several_programmes_are_accessible_on_their_cards(
    chromium: Browser, assert_accessible: Callable[[Page], None], live_server: Any
) -> None:
    """On a site of its own: the one that a first run fills has a single programme."""
    for number in range(3):
        Program.objects.create(
            slug_en=f"n{number}",
            title_en=f"Programme {number}",
            tagline_en="One sentence.",
            status="published",
            target_cents=1_000_00,
            starts_on="2026-01-01",
        )

    for path, width, dark in (("/en/", 320, True), ("/fr/", WIDE, False)):
        page = chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        page.goto(live_server.url + path)
        assert page.locator(".programs__one").count() == 3
        assert_accessible(page)
        page.locator(".programs__one").nth(1).click(position={"x": 20, "y": 150})
        page.wait_for_url("**/n1/")
        page.close()
