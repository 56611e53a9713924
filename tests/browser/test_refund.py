"""A treasurer gives part of a gift back: the form, what it will do, the deed, the meter and the letter."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor
from tests.browser.test_admin_accessible import sign_in
from tests.running import Run


@pytest.mark.parametrize("where", [("en", WIDE), ("fr", NARROW)], ids=str)
def test_staff_give_part_of_a_gift_back_and_everybody_sees_it(
    browse: Browse,
    site: Run,
    assert_accessible: Callable[[Page], None],
    screenshots: Path | None,
    where: tuple[str, int],
) -> None:
    language, width = where
    giver = Visitor(language)
    public = browse(language=language)
    donor.give(public, giver)
    before = donor.ask_progress(public)
    desk = browse(width, language=language)
    sign_in(desk, site, "treasurer")
    desk.goto(f"/admin/donations/donation/?q={giver.email}")
    desk.locator("#result_list tbody a").first.click()
    if screenshots:
        desk.screenshot(path=screenshots / f"gift-{language}-{width}.png")

    desk.get_by_role("link", name=giver.says("Give back…")).click()
    expect(desk.get_by_label(giver.says("Amount to give back"))).to_have_value("50")
    assert_accessible(desk)
    desk.get_by_label(giver.says("Amount to give back")).fill("60")
    desk.get_by_role("button", name=giver.says("See what it will do")).click()
    expect(desk.get_by_role("alert")).to_have_text(giver.says("That is more than is left of this gift."))
    desk.get_by_label(giver.says("Amount to give back")).fill("20")
    desk.get_by_role("button", name=giver.says("See what it will do")).click()
    expect(desk.locator(".deed__effect")).to_contain_text("C-")
    if screenshots:
        desk.screenshot(path=screenshots / f"refund-{language}-{width}.png", full_page=True)
    assert donor.ask_progress(public) == before
    assert_accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.get_by_role("button", name=giver.says("Give it back")).click()
    expect(desk.locator("#content-main-area > [role=status]")).to_be_visible()

    after = donor.ask_progress(public)
    assert (after.raised_cents, after.gifts) == (before.raised_cents - 2000, before.gifts)
    donor.await_letter(public, giver, giver.says("Your gift was refunded")).click()
    letter = public.frame_locator(".sandbox__letter")
    expect(letter.locator("body")).to_contain_text("C-")
