"""The donor's own space, from the letter that opens it to the end of a monthly gift; no script needed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor, plain

ENDED = {"en": "Your gift has ended.", "fr": "Votre don est terminé."}


def give_every_month(page: Page, visitor: Visitor) -> None:
    page.goto(donor.GIVE[visitor.language])
    page.locator("[name=frequency][value=monthly]").check()
    donor.fill_in(page, visitor, euros="50")
    page.locator("#gift-form .button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(visitor.says("Test payment"))
    page.get_by_label(visitor.says("Test card number")).fill(donor.GOOD_CARD)
    page.locator("form:has([name=card]) [value=pay]").click()
    donor.expect_thanks(page, visitor)


def sign_in(page: Page, visitor: Visitor) -> None:
    page.get_by_role("link", name=visitor.says("My gifts")).click()
    page.get_by_label(visitor.says("E-mail address")).fill(visitor.email)
    page.get_by_role("button", name=visitor.says("Send me a link")).click()
    expect(page.locator("h1")).to_have_text(visitor.says("Look at your e-mail"))
    donor.await_letter(page, visitor, re.compile(visitor.says("Your link to your gifts"))).click()
    link = page.frame_locator(".sandbox__letter").get_by_role("link", name=visitor.says("Open my gifts"))
    page.goto(link.get_attribute("href") or "")
    page.get_by_role("button", name=visitor.says("Open my gifts")).click()


@pytest.mark.parametrize(("language", "width"), [("fr", NARROW), ("en", WIDE)])
def test_from_the_letter_to_the_end_of_a_monthly_gift(
    browse: Browse,
    assert_accessible: Callable[[Page], None],
    screenshots: Path | None,
    language: str,
    width: int,
) -> None:
    visitor = Visitor(language)
    give_every_month(browse(width, language=language), visitor)
    page = browse(width, language=language, javascript=False)
    page.goto("/")

    def look(name: str) -> None:
        if screenshots:
            page.screenshot(path=screenshots / f"my-gifts-{name}-{language}-{width}.png", full_page=True)

    sign_in(page, visitor)
    expect(page.locator("h1")).to_have_text(visitor.says("My gifts"))
    assert donor.FIFTY_EUROS[language] in plain(page.locator("main").inner_text())
    look("overview")
    page.locator(".given a[href*='/plans/']").click()
    look("plan")
    page.get_by_role("link", name=visitor.says("End my gift")).click()
    look("end")
    page.get_by_role("button", name=visitor.says("End my gift")).click()
    expect(page.locator("[role=status]")).to_contain_text(ENDED[language])
    look("ended")

    page.get_by_role("link", name=visitor.says("My gifts")).first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    page.get_by_role("button", name=visitor.says("Sign out")).click()
    expect(page.get_by_label(visitor.says("E-mail address"))).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label(visitor.says("E-mail address"))).to_be_visible()


def test_its_pages_have_no_barrier(browse: Browse, assert_accessible: Callable[[Page], None]) -> None:
    visitor = Visitor("en")
    page = browse(NARROW)
    give_every_month(page, visitor)
    page.goto("/en/my-gifts/")
    assert_accessible(page)
    page.goto("/en/")
    sign_in(page, visitor)
    assert_accessible(page)
    found = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    for address in dict.fromkeys(each for each in found if "/my-gifts/" in each):
        if not re.search("/(documents|data)/", address):
            page.goto(address)
            assert_accessible(page)
