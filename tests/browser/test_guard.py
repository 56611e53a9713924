"""While cards are being tested, a donor with JavaScript does nothing for it; one without takes their time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from donations.guard import attacks
from programs.models import Program
from tests.browser import donor
from tests.browser.chromium import PATIENCE
from tests.browser.conftest import NARROW, WIDE
from tests.browser.donor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(chromium: Browser, stripe_sandbox: str) -> Iterator[Callable[..., Page]]:
    """A browser on a site of this test's own, which may be attacked."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = NARROW, *, javascript: bool = True, language: str = "en") -> Page:
        context = chromium.new_context(
            base_url=stripe_sandbox,
            viewport={"width": width, "height": 844},
            locale=language,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def test_a_donor_with_javascript_notices_nothing(visit: Callable[..., Page], program: Program) -> None:
    visitor = Visitor("fr")
    page = visit(language="fr")
    page.goto(donor.GIVE["fr"])
    donor.fill_in(page, visitor)
    attacks.sign(program)  # the form was shown before: it comes back, and is sent again by itself
    donor.send_form(page, visitor)

    expect(page.locator("h1")).to_have_text(visitor.says("Test payment"))

    page.goto(donor.GIVE["fr"])
    donor.fill_in(page, visitor, euros="60")
    donor.send_form(page, visitor)
    expect(page.locator("h1")).to_have_text(visitor.says("Test payment"))


def test_a_donor_without_javascript_takes_their_time_and_gives(
    visit: Callable[..., Page], program: Program, settings: Any
) -> None:
    attacks.sign(program)
    visitor = Visitor("en")
    page = visit(javascript=False)
    settings.GUARD = settings.GUARD | {"PATIENCE_SECONDS": 3600}
    page.goto(donor.GIVE["en"])
    donor.fill_in(page, visitor)
    donor.send_form(page, visitor)

    expect(page.get_by_role("heading", name=visitor.says("One moment, please"))).to_be_visible()
    expect(page.get_by_label("Last name")).to_have_value(visitor.last_name)

    settings.GUARD = settings.GUARD | {"PATIENCE_SECONDS": 1}
    page.wait_for_timeout(1200)
    donor.send_form(page, visitor)
    expect(page.locator("h1")).to_have_text(visitor.says("Test payment"))


@pytest.mark.parametrize(("language", "width"), [("en", NARROW), ("fr", WIDE)])
def test_the_form_that_comes_back_can_be_read_by_everybody(
    visit: Callable[..., Page],
    program: Program,
    assert_accessible: Callable[[Page], None],
    language: str,
    width: int,
) -> None:
    attacks.sign(program)
    visitor = Visitor(language)
    page = visit(width, language=language)

    def lose(route: Route) -> None:
        route.abort()

    page.route("**/proof-worker*.js", lose)  # so it stays where a broken browser would leave it
    page.goto(donor.GIVE[language])
    donor.fill_in(page, visitor)
    donor.send_form(page, visitor)

    expect(page.get_by_role("heading", name=visitor.says("One moment, please"))).to_be_visible()
    expect(page.locator(".form__notice")).to_be_focused()
    assert not page.locator("[name=subject]").is_visible()
    assert_accessible(page)
