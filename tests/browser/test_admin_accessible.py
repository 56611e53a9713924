"""The admin: no axe violation in either language or light, no sideways scroll on a phone, all by keys."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from campaign.run import prepare
from tests.browser.conftest import WIDE, Browse
from tests.browser.test_accessible import HEIGHT, NARROWEST, OUTSIDE, SCROLLS_SIDEWAYS
from tests.running import Run

Light = Literal["light", "dark"]

# Between them, the two languages meet every light at every width.
LIGHTS: dict[str, list[tuple[int, Light]]] = {
    "en": [(WIDE, "light"), (NARROWEST, "dark")],
    "fr": [(WIDE, "dark"), (NARROWEST, "light")],
}
BOOKS = [
    "",
    "donations/donation/",
    "donations/donation/?q=nobody-of-that-name",
    "donations/donation/1/change/",
    "donations/donor/1/change/",
    "donations/ledgerentry/",
    "donations/receipt/",
    "donations/stripeevent/",
    "donations/taxrule/1/change/",
    "donations/issuer/",
    "outreach/letter/",
    "outreach/suppression/",
    "outreach/suppression/add/",
    "auth/user/",
    "auth/user/add/",
    "auth/group/1/change/",
    "programs/program/1/delete/",
]
WORDS = [
    "programs/program/",
    "programs/program/1/change/",
    "programs/program/1/history/",
    "programs/progressupdate/",
    "programs/progressupdate/add/",
    "programs/page/1/change/",
]


def sign_in(page: Page, site: Run, username: str = prepare.USERNAME) -> None:
    found = re.search(rf"login: {prepare.USERNAME}\s+password: (\S+)", site.output)
    assert found is not None
    page.goto("/admin/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(found[1])
    page.locator("#login-form [type=submit]").click()
    expect(page.locator("#page nav")).to_be_attached()


def assert_good(page: Page, assert_accessible: Callable[[Page], None], width: int, light: Light) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=light, reduced_motion="reduce")
    assert not page.evaluate(SCROLLS_SIDEWAYS), (page.url, page.evaluate(OUTSIDE))
    assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("addresses", [BOOKS, WORDS], ids=["books", "words"])
def test_admin_is_accessible_in_every_light_and_width(
    browse: Browse,
    site: Run,
    assert_accessible: Callable[[Page], None],
    addresses: list[str],
    language: str,
) -> None:
    page = browse(WIDE, language=language)
    page.goto("/admin/login/")
    for width, light in LIGHTS[language]:
        assert_good(page, assert_accessible, width, light)
    sign_in(page, site)

    for address in addresses:
        page.goto(f"/admin/{address}")
        assert page.locator("html").get_attribute("lang") == language
        for width, light in LIGHTS[language]:
            assert_good(page, assert_accessible, width, light)


def test_menu_filters_and_own_links_open_by_keys_on_a_phone(
    browse: Browse, site: Run, assert_accessible: Callable[[Page], None]
) -> None:
    page = browse(NARROWEST)
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, site)
    page.goto("/admin/donations/donation/")

    page.get_by_role("button", name="Open the menu").press("Enter")
    expect(page.get_by_role("button", name="Close the menu")).to_be_focused()
    expect(page.get_by_role("link", name="Ledger")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name=re.compile(prepare.USERNAME)).press("Enter")
    expect(page.get_by_role("button", name="Français")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close the menu").press("Enter")
    expect(page.get_by_role("button", name="Open the menu")).to_be_focused()

    page.get_by_role("button", name="Filters").press("Enter")
    expect(page.get_by_role("link", name="Held for review")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Filters")).to_be_focused()


def test_more_actions_open_over_the_form_on_a_phone_and_stand_in_line_on_a_desk(
    browse: Browse, site: Run
) -> None:
    page = browse(NARROWEST)
    sign_in(page, site)
    page.goto("/admin/programs/progressupdate/1/change/")
    expect(page.locator(".admin-environment")).to_be_hidden()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="History").click(trial=True)  # nothing lies over it
    page.get_by_role("link", name="On the site in French").click(trial=True)
    page.set_viewport_size({"width": 1100, "height": HEIGHT})
    expect(page.get_by_role("button", name="More actions")).to_be_hidden()
    english = page.get_by_role("link", name="On the site in English").bounding_box()
    french = page.get_by_role("link", name="On the site in French").bounding_box()

    assert english is not None
    assert french is not None
    assert english["y"] == french["y"]
    assert english["x"] + english["width"] <= french["x"]


def test_the_address_of_a_donor_stands_on_one_line_on_a_desk(browse: Browse, site: Run) -> None:
    page = browse(WIDE)
    sign_in(page, site)
    page.goto("/admin/donations/donation/?q=example.industries")

    address = page.locator(".who__email")
    lines = address.evaluate("it => it.offsetHeight / parseFloat(getComputedStyle(it).lineHeight)")

    expect(address).to_have_text("example.industries@example.org")
    assert lines < 1.5


def test_each_member_of_the_demonstration_sees_their_own_menu(browse: Browse, site: Run) -> None:
    seen = {}
    for role in prepare.ROLES:
        page = browse(WIDE)
        sign_in(page, site, role.lower())
        menu = page.get_by_role("navigation", name="Menu")
        expect(menu.get_by_role("link", name="Where we are")).to_be_visible()
        seen[role] = {
            name for name in ("Pages", "Gifts", "Letters", "Tax rules", "Staff")
            if menu.get_by_role("link", name=name, exact=True).count()
        }  # fmt: skip

    assert seen == {
        "Editor": {"Pages"},
        "Fundraiser": {"Gifts", "Letters"},
        "Treasurer": {"Gifts", "Tax rules"},
        "Administrator": {"Pages", "Gifts", "Letters", "Tax rules", "Staff"},
    }
