"""Every page in either language: no axe violation in any light or width, no sideways scroll when narrow."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from programs import loading
from programs.models import Program
from tests.browser import donor
from tests.browser.chromium import PATIENCE
from tests.browser.conftest import WIDE, Browse
from tests.browser.donor import Visitor

NARROWEST, HEIGHT = 320, 900
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCROLLS_SIDEWAYS = "document.scrollingElement.scrollWidth > innerWidth"
# What stands outside the screen, when something does.
OUTSIDE = """[...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map((element) => element.outerHTML.slice(0, 120))"""

Check = Callable[[Page], None]


def assert_good_in_every_light_and_width(page: Page, assert_accessible: Check) -> None:
    for width, light in product((WIDE, NARROWEST), LIGHTS):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        assert not page.evaluate(SCROLLS_SIDEWAYS), (page.url, width, page.evaluate(OUTSIDE))
        assert_accessible(page)


# --- Pages to read, as production serves them: all that the sitemap names, and what it does not -------

# The card is for other people's pages: it has no width of its own.
BESIDE_THE_SITEMAP = {
    "en": ("hematology/embed/", "hematology/card/", "unsubscribe/nobody/", "nothing/"),
    "fr": ("hematologie/embed/", "hematologie/card/", "unsubscribe/personne/", "rien/"),
}


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(chromium: Browser, language: str) -> Iterator[BrowserContext]:
    with chromium.new_context(locale={"en": "en-GB", "fr": "fr-FR"}[language]) as context:
        context.set_default_timeout(PATIENCE)
        yield context


def test_every_page_to_read_is_accessible_in_every_light_and_width(
    reader: BrowserContext, production: str, assert_accessible: Check, language: str
) -> None:
    sitemap = requests.get(f"{production}/sitemap.xml", timeout=20).text
    named = re.findall(rf"<loc>https://[^/]+(/{language}/[^<]*)</loc>", sitemap)
    beside = [f"/{language}/{path}" for path in BESIDE_THE_SITEMAP[language]]
    page = reader.new_page()

    assert len(named) >= 7
    for path in (*named, *beside):
        page.goto(production + path)
        assert page.locator("html").get_attribute("lang") == language, path
        assert page.locator("h1, body > article, body.card").count() >= 1, path
        assert_good_in_every_light_and_width(page, assert_accessible)


def test_a_home_of_several_programmes_is_accessible_in_every_light_and_width(
    reader: BrowserContext, live_server: Any, assert_accessible: Check, language: str
) -> None:
    loading.load()
    for word in ("cardiology", "neurology"):
        Program.objects.create(
            title_en=f"The programme of {word}",
            title_fr=f"Le programme de {word}",
            tagline_en="One sentence.",
            tagline_fr="Une phrase.",
            slug_en=word,
            slug_fr=f"{word}-fr",
            status="published",
            target_cents=100_000_00,
            starts_on="2026-01-01",
        )
    page = reader.new_page()
    page.goto(f"{live_server.url}/{language}/")

    assert page.locator("main h2").count() >= 3
    assert_good_in_every_light_and_width(page, assert_accessible)


# --- Pages of a visitor on their way ------------------------------------------------------------------

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


def open_privacy(page: Page, visitor: Visitor) -> None:
    page.goto(f"/{visitor.language}/pages/privacy/")


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


def open_error(name: str) -> Opens:
    """What visitors see when something is wrong, where development shows it."""

    def opens(page: Page, visitor: Visitor) -> None:
        page.goto(f"/errors/{name}/")

    opens.__name__ = f"open_{name}"
    return opens


PAGES: list[Opens] = [
    open_mistakes,
    open_checkout,
    open_authentication,
    open_thanks,
    open_letter,
    open_letters,
    open_sandbox,
    *(open_error(name) for name in ("400", "403", "403-form", "500")),
]


def _name(opens: Opens) -> str:
    return opens.__name__.removeprefix("open_")


@pytest.mark.parametrize("opens", PAGES, ids=_name)
def test_page_on_the_way_is_accessible_in_every_light_and_width(
    browse: Browse, assert_accessible: Check, opens: Opens, language: str
) -> None:
    page = browse(WIDE, language=language)
    page.emulate_media(reduced_motion="reduce")
    opens(page, Visitor(language))

    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert_good_in_every_light_and_width(page, assert_accessible)


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
