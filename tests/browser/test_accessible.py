"""Every kind of page: no axe violation in either language or light, and no sideways scroll when narrow."""

from collections.abc import Callable
from typing import Literal

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import WIDE, Browse
from tests.browser.donor import Visitor

NARROWEST = 320

HEIGHT = 900
LIGHTS: dict[str, tuple[Literal["light", "dark"], ...]] = {"en": ("light", "dark"), "fr": ("dark", "light")}
SCROLLS_SIDEWAYS = "document.scrollingElement.scrollWidth > innerWidth"
# What stands outside the screen, when something does.
OUTSIDE = """[...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map((element) => element.outerHTML.slice(0, 120))"""

Opens = Callable[[Page, Visitor], None]


def open_program(page: Page, visitor: Visitor) -> None:
    page.goto(donor.PROGRAM[visitor.language])


def open_form(page: Page, visitor: Visitor) -> None:
    page.goto(donor.GIVE[visitor.language])


def open_mistakes(page: Page, visitor: Visitor) -> None:
    open_form(page, visitor)
    page.locator(".amount--other").click()
    page.locator("[name=donor_kind][value=company]").check()
    page.locator("[name=display][value=name]").check()
    donor.send_form(page, visitor)
    expect(page.locator(".form__errors")).to_be_focused()


def open_updates(page: Page, visitor: Visitor) -> None:
    page.goto(f"{donor.PROGRAM[visitor.language]}updates/")


def open_privacy(page: Page, visitor: Visitor) -> None:
    page.goto(f"/{visitor.language}/pages/privacy/")


def open_unknown_subscription(page: Page, visitor: Visitor) -> None:
    page.goto(f"/{visitor.language}/unsubscribe/not-a-token/")


def open_checkout(page: Page, visitor: Visitor) -> None:
    open_program(page, visitor)
    donor.open_payment(page, visitor)
    donor.pay(page, visitor, donor.DECLINED_CARD)
    expect(page.get_by_role("alert")).to_be_visible()


def open_authentication(page: Page, visitor: Visitor) -> None:
    open_program(page, visitor)
    donor.open_payment(page, visitor)
    donor.pay(page, visitor, donor.AUTHENTICATED_CARD)
    expect(page.locator("h1")).to_have_text(visitor.says("Is it you?"))


def open_thanks(page: Page, visitor: Visitor) -> None:
    donor.give(page, visitor)


def open_letter(page: Page, visitor: Visitor) -> None:
    donor.give(page, visitor)
    donor.await_letter(page, visitor).click()
    expect(page.frame_locator(".sandbox__letter").locator("body")).to_contain_text(visitor.last_name)


def open_letters(page: Page, visitor: Visitor) -> None:
    page.goto("/sandbox/mail/")


def open_sandbox(page: Page, visitor: Visitor) -> None:
    page.goto("/sandbox/")


PAGES: list[Opens] = [
    open_program,
    open_form,
    open_mistakes,
    open_checkout,
    open_authentication,
    open_thanks,
    open_letter,
    open_letters,
    open_sandbox,
    open_updates,
    open_privacy,
    open_unknown_subscription,
]


def _name(opens: Opens) -> str:
    return opens.__name__.removeprefix("open_")


def assert_good_in_every_light_and_width(
    page: Page, assert_accessible: Callable[[Page], None], language: str
) -> None:
    """Between them, the two languages meet every light at every width."""
    for width, light in zip((WIDE, NARROWEST), LIGHTS[language], strict=True):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        assert not page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(OUTSIDE)
        assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("opens", PAGES, ids=_name)
def test_page_is_accessible_in_every_light_and_width(
    browse: Browse, assert_accessible: Callable[[Page], None], opens: Opens, language: str
) -> None:
    page = browse(WIDE, language=language)
    page.emulate_media(reduced_motion="reduce")
    opens(page, Visitor(language))

    assert page.locator("html").get_attribute("lang") == language
    assert_good_in_every_light_and_width(page, assert_accessible, language)


# Development shows Django's own pages for these, so visitors' ones are put in their place: the very
# answer of the site as it runs for visitors, with the style sheets of the site that is open.
@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("status", [404, 500])
def test_error_page_is_accessible_in_every_light_and_width(
    browse: Browse,
    assert_accessible: Callable[[Page], None],
    client: Client,
    language: str,
    status: int,
) -> None:
    address = f"/{language}/pages/there-is-none/"
    with translation.override(language):
        missing, broken = client.get(address), server_error(RequestFactory().get(address))
    body = {missing.status_code: missing.content, broken.status_code: broken.content}[status]
    page = browse(WIDE, language=language)
    page.route(
        f"**{address}",
        lambda route: route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8"),
    )

    page.goto(address)

    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert_good_in_every_light_and_width(page, assert_accessible, language)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("opens", [open_program, open_mistakes, open_privacy, open_thanks], ids=_name)
def test_page_with_letters_twice_as_large_still_fits_a_phone(
    browse: Browse, opens: Opens, language: str
) -> None:
    page = browse(language=language)
    reader = page.context.new_cdp_session(page)
    reader.send("Page.enable")
    reader.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    opens(page, Visitor(language))

    assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 32
    assert not page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(OUTSIDE)
