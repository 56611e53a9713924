"""Cards that are refused, that a bank asks about, and payment pages that are left."""

from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import Browse
from tests.browser.donor import Visitor

CANCELLED = "You came back without paying: nothing has been charged."


def begin(page: Page, visitor: Visitor, *, euros: str = "50") -> donor.Meter:
    """To the payment page; how the meter stood before."""
    page.goto(donor.PROGRAM[visitor.language])
    before = donor.read_meter(page)
    donor.open_payment(page, visitor, euros=euros)
    return before


def test_declined_card_then_a_good_one_makes_one_gift(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    before = begin(page, visitor)

    donor.pay(page, visitor, donor.DECLINED_CARD)
    expect(page.get_by_role("alert")).to_contain_text("Your card was declined.")
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    donor.back_to_program(page, visitor)

    assert donor.read_meter(page) == before.after(50_00)
    donor.await_letter(page, visitor)
    assert donor.letters_to(page, visitor).count() == 1


def test_bank_that_recognises_its_customer_lets_the_gift_through(browse: Browse) -> None:
    visitor = Visitor("fr")
    page = browse(language="fr")
    before = begin(page, visitor)

    donor.pay(page, visitor, donor.AUTHENTICATED_CARD)
    page.get_by_role("button", name=visitor.says("Complete")).click()
    donor.expect_thanks(page, visitor)
    donor.back_to_program(page, visitor)

    assert donor.read_meter(page) == before.after(50_00)


def test_bank_that_does_not_know_its_customer_leaves_room_for_another_card(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    before = begin(page, visitor)

    donor.pay(page, visitor, donor.AUTHENTICATED_CARD)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("Your bank could not confirm that it was you.")
    assert donor.ask_progress(page) == before
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    donor.back_to_program(page, visitor)

    assert donor.read_meter(page) == before.after(50_00)


def test_leaving_the_payment_page_brings_the_form_back_filled_in(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    before = begin(page, visitor, euros="37")
    left = page.url

    page.get_by_role("button", name="Cancel and go back").click()
    expect(page.get_by_role("status")).to_contain_text(CANCELLED)
    assert page.get_by_label("E-mail address").input_value() == visitor.email
    assert page.get_by_label("Last name").input_value() == visitor.last_name
    assert page.get_by_label("Another amount, in euros").input_value() == "37"
    assert donor.ask_progress(page) == before
    donor.choose_amount(page, visitor, "100")
    donor.send_form(page, visitor)
    expect(page.locator(".sandbox__amount")).to_contain_text("100")
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    donor.back_to_program(page, visitor)

    assert donor.read_meter(page) == before.after(100_00)
    page.goto(left)
    expect(page.locator("h1")).to_have_text("This payment page has expired")


def test_payment_page_left_with_the_back_button_is_paid_once(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    before = begin(page, visitor)

    page.go_back()
    expect(page.get_by_label("E-mail address")).to_have_value(visitor.email)
    donor.send_form(page, visitor)
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    page.go_back()
    expect(page.locator("h1")).to_have_text("This payment is already made")

    assert donor.ask_progress(page) == before.after(50_00)
