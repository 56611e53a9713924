"""The first thing a visitor sees, in both languages and widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

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


def test_page_says_all_it_has_to_say_without_javascript(browse: Browse) -> None:
    enhanced, plain = browse(), browse(javascript=False)

    enhanced.goto("/en/hematology/")
    plain.goto("/en/hematology/")

    # Buttons that only a script can make useful are there with it alone; the address stands in both.
    enhanced.evaluate("document.querySelectorAll('[data-copy], [data-send]').forEach((it) => it.remove())")
    assert set(enhanced.inner_text("body").splitlines()) <= set(plain.inner_text("body").splitlines())
    assert "Hematology" in plain.inner_text("h1")
