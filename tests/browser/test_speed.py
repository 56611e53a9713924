"""What a first visit costs, in a real browser on the site as production serves it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import donor
from tests.browser.conftest import NARROW
from tests.browser.visit import MOST_BYTES, MOST_REQUESTS, visit


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["program", "form"])
def test_a_first_visit_is_small_and_asks_nobody_else(
    chromium: Browser, production: str, name: str, language: str
) -> None:
    path = {"program": donor.PROGRAM, "form": donor.GIVE}[name][language]
    with chromium.new_context(viewport={"width": NARROW, "height": 844}) as context:
        first = visit(context.new_page(), production + path)
        again = visit(context.new_page(), production + path)

    assert first.elsewhere(production) == set()
    assert len(first.requested) <= MOST_REQUESTS, sorted(first.requested)
    assert 0 < first.weight <= MOST_BYTES, first.bytes
    assert again.requested == {production + path}, "style sheets and scripts are kept"


def test_a_page_that_has_not_changed_is_not_sent_again(chromium: Browser, production: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        full = visit(page, production + donor.PROGRAM["en"])
        again = visit(context.new_page(), production + donor.PROGRAM["en"])

        assert again.weight < 2_000 < full.weight
        expect(page.locator(".meter")).to_be_visible()
