"""The gift form in a browser: what it says of mistakes, what it keeps, and two clicks at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import WIDE, Browse
from tests.browser.donor import Visitor, plain


def open_form(page: Page, language: str = "en") -> None:
    page.goto(donor.GIVE[language])


def sessions(page: Page) -> set[str]:
    """The payment pages that the sandbox knows."""
    look = page.context.new_page()
    look.goto("/sandbox/kinds/checkout.session/")
    found = set(re.findall(r"cs_test_\w+", look.content()))
    look.close()
    return found


def test_empty_form_leads_the_reader_to_each_mistake(browse: Browse) -> None:
    page = browse()
    open_form(page)

    donor.send_form(page, Visitor("en"))
    summary = page.locator(".form__errors")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    fields = [(link.get_attribute("href") or "").removeprefix("#") for link in links.all()]

    assert fields == ["id_first_name", "id_last_name", "id_email", "id_address", "id_postal_code", "id_city"]
    for number, field in enumerate(fields):
        links.nth(number).click()
        expect(page.locator(f"#{field}")).to_be_focused()
        assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"


def test_everything_typed_is_kept_when_something_is_missing(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse(WIDE)
    open_form(page)
    donor.fill_in(page, visitor, euros="41.50", updates=True)
    page.get_by_label("What your gift is for").select_option(index=1)
    chosen = page.locator("[name=designation]").input_value()
    page.get_by_label("Postal code").fill("7501")

    donor.send_form(page, visitor)
    expect(page.locator(".form__errors")).to_contain_text("A French postal code has five digits.")

    assert page.locator("[name=amount]:checked").input_value() == "other"
    assert page.get_by_label("Another amount, in euros").input_value() == "41.50"
    assert page.locator("[name=designation]").input_value() == chosen
    assert page.get_by_label("E-mail address").input_value() == visitor.email
    assert page.get_by_label("Postal code").input_value() == "7501"
    assert page.locator("[name=updates]").is_checked()


def test_amount_that_can_be_read_in_two_ways_is_asked_about(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    open_form(page)
    donor.fill_in(page, visitor, euros="1.000")

    donor.send_form(page, visitor)

    expect(page.locator(".form__errors")).to_contain_text("€1,000")
    assert page.get_by_label("Another amount, in euros").is_visible()
    assert page.get_by_label("Another amount, in euros").input_value() == "1.000"


def test_mistakes_are_told_in_french_on_the_french_form(browse: Browse) -> None:
    visitor = Visitor("fr")
    page = browse(language="fr")
    open_form(page, "fr")
    donor.choose_amount(page, visitor, "1.000")

    donor.send_form(page, visitor)
    summary = page.locator(".form__errors")
    expect(summary).to_be_focused()
    text = plain(summary.inner_text())

    assert "7 réponses sont à revoir" in text
    assert "Prénom : Indiquez votre prénom." in text
    assert "1 000 €" in text
    assert not re.search(r"\b(the|your|this|required)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("javascript", [True, False])
def test_changing_the_language_midway_keeps_what_was_typed(browse: Browse, javascript: bool) -> None:
    visitor = Visitor("en")
    page = browse(javascript=javascript)
    open_form(page)
    donor.fill_in(page, visitor, euros="100", updates=True)

    page.get_by_role("button", name="Français").click()
    expect(page.locator("h1")).to_have_text("Faire un don")

    assert page.url.endswith("/fr/hematologie/give/")
    assert page.locator(".form__errors").count() == 0
    assert page.locator("[name=amount]:checked").input_value() == "100"
    assert page.get_by_label("Adresse e-mail").input_value() == visitor.email
    assert page.get_by_label("Prénom").input_value() == visitor.first_name
    assert page.locator("[name=updates]").is_checked()

    page.locator("[data-give-button]").click()

    expect(page.locator("h1")).to_have_text("Paiement de test")


def test_double_click_on_the_button_makes_one_gift(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    before, known = donor.ask_progress(page), sessions(page)
    open_form(page)
    donor.fill_in(page, visitor)

    page.locator("[data-give-button]").dblclick(no_wait_after=True)
    expect(page.locator("h1")).to_have_text("Test payment")
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)

    assert donor.ask_progress(page) == before.after(50_00)
    assert len(sessions(page) - known) == 1


def test_form_sent_three_times_at_once_opens_one_payment_page(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse()
    known = sessions(page)
    open_form(page)
    donor.fill_in(page, visitor)

    # A browser drops the first of two quick clicks where it can; this sends them all.
    answers = page.evaluate(
        """() => {
          const form = document.querySelector("#gift-form");
          const request = () => ({ method: "POST", body: new FormData(form), redirect: "manual" });
          const send = async () => (await fetch(form.action, request())).type;
          return Promise.all([send(), send(), send()]);
        }"""
    )

    assert answers == ["opaqueredirect"] * 3
    assert len(sessions(page) - known) == 1


def test_company_is_asked_for_its_name_and_told_nothing_of_income_tax(browse: Browse) -> None:
    page = browse()
    open_form(page)
    assert not page.get_by_label("Company name").is_visible()
    assert page.locator(".amount__cost").first.is_visible()

    page.locator("[name=donor_kind][value=company]").check()

    assert page.get_by_label("Company name").is_visible()
    assert not page.locator(".amount__cost").first.is_visible()


def test_other_amount_shows_its_cost_after_tax_while_it_is_typed(browse: Browse) -> None:
    visitor = Visitor("fr")
    page = browse(language="fr")
    open_form(page, "fr")

    donor.choose_amount(page, visitor, "60,50")

    expect(page.locator("[data-net-cost]")).to_have_text(re.compile(r"20,57\s€"))
