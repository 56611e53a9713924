"""Gifts that repeat, and debits, in a real browser: begun, on their way, failed and mended."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor, plain
from tests.giving import GOOD_IBAN
from tests.planning import FAILING_CARD


def give_monthly(page: Page, visitor: Visitor, card: str = donor.GOOD_CARD) -> None:
    page.goto(donor.PROGRAM[visitor.language])
    donor.click_to_give(page, visitor)
    page.get_by_label(visitor.says("Every month"), exact=True).check()
    donor.fill_in(page, visitor, euros="20")
    donor.send_form(page, visitor)
    donor.pay(page, visitor, card)
    donor.expect_thanks(page, visitor)


@pytest.mark.parametrize(("language", "width"), [("en", NARROW), ("fr", WIDE)])
def test_monthly_gift_is_named_on_the_button_and_on_every_page_after(
    browse: Browse, language: str, width: int
) -> None:
    visitor = Visitor(language)
    page = browse(width, language=language)
    page.goto(donor.PROGRAM[language])
    donor.click_to_give(page, visitor)
    assert page.locator("[name=frequency]:checked").input_value() == "once"

    page.get_by_label(visitor.says("Every month"), exact=True).check()
    assert page.locator("[name=amount]:checked").count() == 1  # the same amount is offered every month too
    donor.fill_in(page, visitor, euros="20")
    amount = {"en": "€20", "fr": "20 €"}[language]
    named = visitor.says("Give AMOUNT every month").replace("AMOUNT", amount)
    assert plain(page.locator("[data-give-button]").inner_text()) == named
    donor.send_form(page, visitor)
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)

    said = {"en": "You give €20 every month", "fr": "Vous donnez 20 € chaque mois"}[language]
    assert said in plain(page.locator("main").inner_text())


def test_debit_is_on_its_way_and_then_there(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse(NARROW)
    page.goto(donor.PROGRAM["en"])
    donor.open_payment(page, visitor)
    page.get_by_label("Test IBAN").fill(GOOD_IBAN)
    page.get_by_role("button", name="Accept the mandate and give").click()
    expect(page.locator("h1")).to_have_text("Your gift is on its way")

    deadline = time.monotonic() + 60
    while page.locator("h1").inner_text() != "Thank you":
        assert time.monotonic() < deadline
        page.wait_for_timeout(1000)
        page.reload()

    donor.await_letter(page, visitor, "Test: Your gift is on its way")
    donor.await_letter(page, visitor, "Test: thank you for your gift")


def test_failed_renewal_is_mended_in_one_step(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse(WIDE)
    give_monthly(page, visitor, FAILING_CARD)
    page.goto("/sandbox/kinds/subscription/")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Let its next payment come").click()

    donor.await_letter(page, visitor, "Test: Your gift could not be collected").click()
    link = page.frame_locator(".sandbox__letter").get_by_role("link", name="Complete this payment")
    page.goto(link.get_attribute("href") or "")
    donor.pay(page, visitor, "5555555555554444")

    expect(page.locator("main, body").first).to_contain_text("This invoice is paid.")
    deadline = time.monotonic() + 30
    while True:
        page.goto("/sandbox/mail/")
        if donor.letters_to(page, visitor, "Test: thank you for your gift").count() == 2:
            break
        assert time.monotonic() < deadline
