"""One gift, all the way: read, give, pay, see the meter move, open the letter and its PDF."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor, plain
from tests.donations import pdf_text


def read_letter(page: Page, visitor: Visitor) -> str:
    """The letter's HTML part as text, with what every reader may rely on."""
    letter = page.frame_locator(".sandbox__letter")
    expect(letter.locator("body")).to_contain_text(visitor.last_name)
    assert letter.locator("html").get_attribute("lang") == visitor.language
    return plain(letter.locator("body").inner_text())


def fetch_attachment(page: Page) -> bytes:
    link = page.locator(".sandbox__list a")
    assert link.count() == 1
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_gift_moves_the_meter_at_once_and_brings_a_letter_with_its_pdf(
    browse: Browse, screenshots: Path | None, width: int, language: str
) -> None:
    visitor = Visitor(language, last_name="Exemple-Témoin")
    page = browse(width, language=language)

    def picture(name: str) -> None:
        if screenshots:
            page.screenshot(
                path=screenshots / f"{name}-{language}-{width}.png", full_page=True, animations="disabled"
            )

    page.goto("/")
    before = donor.read_meter(page)
    picture("1-program")
    donor.click_to_give(page, visitor)
    picture("2-form")
    donor.fill_in(page, visitor)
    donor.send_form(page, visitor)
    expect(page.locator(".sandbox__amount")).to_contain_text("50")
    picture("3-payment")
    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    assert donor.FIFTY_EUROS[language] in plain(page.locator("main").inner_text())
    picture("4-thanks")
    donor.back_to_program(page, visitor)

    assert donor.read_meter(page) == before.after(50_00)
    assert page.url.endswith(donor.PROGRAM[language])

    donor.await_letter(page, visitor).click()
    subject = page.locator("h1").inner_text()
    assert visitor.says("Thank you for your gift").casefold() in subject.casefold()
    letter = read_letter(page, visitor)
    assert f"{visitor.first_name} {visitor.last_name}" in letter
    assert donor.FIFTY_EUROS[language] in letter
    picture("5-letter")

    pdf = fetch_attachment(page)
    assert pdf.startswith(b"%PDF")
    with pdf_text.opened(pdf) as document:
        assert len(document.pages) == 1
    words = plain(pdf_text.text(pdf))
    assert f"{visitor.first_name} {visitor.last_name}" in words
    assert re.search(r"€ ?50|50(,00|\.00)? ?€", words)


def test_french_pages_speak_french_all_the_way(browse: Browse) -> None:
    visitor = Visitor("fr")
    page = browse(language="fr")

    page.goto("/fr/hematologie/")
    assert "Faire un don" in page.inner_text("body")
    donor.open_payment(page, visitor)
    assert "Paiement de test" in page.inner_text("body")
    donor.pay(page, visitor)
    expect(page.locator("h1")).to_have_text("Merci")
    donor.await_letter(page, visitor).click()

    assert "merci" in page.locator("h1").inner_text()
    assert "Votre don de 50 € nous est parvenu" in read_letter(page, visitor)
    assert "Votre don : 50 €" in plain(page.inner_text(".sandbox__text"))


def test_waiting_thanks_look_again_by_themselves_without_javascript(browse: Browse) -> None:
    visitor = Visitor("en")
    page = browse(javascript=False)
    page.goto("/en/hematology/")
    before = donor.read_meter(page)
    donor.open_payment(page, visitor)

    # A second window, open on the thank-you page before anything is paid.
    waiting = page.context.new_page()
    session = page.url.rstrip("/").rpartition("/")[2]
    waiting.goto(f"/sandbox/objects/{session}/")
    found = re.search(r'"success_url": "([^"]+)"', waiting.inner_text(".sandbox__json"))
    assert found is not None
    waiting.goto(found[1])
    expect(waiting.locator("h1")).to_have_text("Your gift is being confirmed")

    donor.pay(page, visitor)
    donor.expect_thanks(page, visitor)
    donor.expect_thanks(waiting, visitor)
    donor.back_to_program(waiting, visitor)

    assert donor.read_meter(waiting) == before.after(50_00)
    donor.await_letter(page, visitor).click()
    assert "Camille Exemple" in read_letter(page, visitor)
    assert fetch_attachment(page).startswith(b"%PDF")
