"""What a donor does in the browser: by what the page shows and says, in the language it says it."""

import re
import time
from dataclasses import dataclass, field
from uuid import uuid4

from django.utils import translation
from playwright.sync_api import Locator, Page, expect

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
AUTHENTICATED_CARD = "4000002500003155"

PROGRAM = {"en": "/en/hematology/", "fr": "/fr/hematologie/"}
GIVE = {language: f"{address}give/" for language, address in PROGRAM.items()}
PROGRESS = "/programs/hematology/progress.json"
FIFTY_EUROS = {"en": "€50", "fr": "50 €"}
_LETTER_SECONDS = 30


def said(text: str, language: str) -> str:
    """The catalogue's words for `text`, so that a better translation breaks no journey."""
    with translation.override(language):
        return translation.gettext(text)


def plain(text: str) -> str:
    """Any white space as one ordinary space: French writes thin and fixed ones into its figures."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Visitor:
    """A fictitious person whose e-mail address no other test uses."""

    language: str
    first_name: str = "Camille"
    last_name: str = "Exemple"
    email: str = field(default_factory=lambda: f"camille-{uuid4().hex[:10]}@example.org")

    def says(self, text: str) -> str:
        return said(text, self.language)


@dataclass(frozen=True)
class Meter:
    raised_cents: int
    gifts: int

    def after(self, cents: int) -> "Meter":
        return Meter(self.raised_cents + cents, self.gifts + 1)


def read_meter(page: Page) -> Meter:
    """The meter as the programme's page prints it."""
    raised = plain(page.locator(".meter__raised").inner_text())
    gifts = page.locator(".meter__facts dd").first.inner_text()
    cents = re.search(r"[.,](\d\d)\D*$", raised)
    figures = int(re.sub(r"\D", "", raised))
    return Meter(figures if cents else figures * 100, int(re.sub(r"\D", "", gifts)))


def ask_progress(page: Page) -> Meter:
    """What the site tells other sites, asked anew."""
    facts = page.request.get(PROGRESS).json()
    return Meter(facts["raised_cents"], facts["gifts"])


def click_to_give(page: Page, visitor: Visitor) -> None:
    page.get_by_role("link", name=visitor.says("Make a gift")).first.click()
    expect(page.locator("h1")).to_have_text(visitor.says("Make a gift"))
    page.wait_for_load_state()  # its style sheets hide the amounts of the other frequencies


def fill_in(page: Page, visitor: Visitor, *, euros: str = "50", updates: bool = False) -> None:
    """Answer every question that is asked of a person in France, by its label."""
    choose_amount(page, visitor, euros)
    for label, answer in (
        ("First name", visitor.first_name),
        ("Last name", visitor.last_name),
        ("E-mail address", visitor.email),
        ("Postal address", "1 rue de l’Exemple"),
        ("Postal code", "75015"),
        ("Town or city", "Paris"),
    ):
        page.get_by_label(visitor.says(label), exact=True).fill(answer)
    if updates:
        page.locator("[name=updates]").check()


def choose_amount(page: Page, visitor: Visitor, euros: str) -> None:
    """A suggested amount where there is such a card, else in the field for another one."""
    card = page.locator(f".amount:has([value='{euros}'])").filter(visible=True)
    if card.count():
        card.click()
        return
    page.locator(".amount--other").click()
    page.get_by_label(visitor.says("Another amount, in euros"), exact=True).fill(euros)


def send_form(page: Page, visitor: Visitor) -> None:
    page.locator("[data-give-button]").click()


def open_payment(page: Page, visitor: Visitor, *, euros: str = "50", updates: bool = False) -> None:
    """From the programme's page, as it stands open, to the payment page."""
    click_to_give(page, visitor)
    fill_in(page, visitor, euros=euros, updates=updates)
    send_form(page, visitor)
    expect(page.locator("h1")).to_have_text(visitor.says("Test payment"))


def pay(page: Page, visitor: Visitor, card: str = GOOD_CARD) -> None:
    page.get_by_label(visitor.says("Test card number")).fill(card)
    # The button names the amount too: “Pay 50.00 EUR”.
    page.get_by_role("button", name=re.compile(rf"^{re.escape(visitor.says('Pay'))}\b")).click()


def expect_thanks(page: Page, visitor: Visitor) -> None:
    """The thank-you page says that the gift has arrived; it may look again by itself before."""
    expect(page.locator("h1")).to_have_text(visitor.says("Thank you"))


def back_to_program(page: Page, visitor: Visitor) -> None:
    page.get_by_role("link", name=visitor.says("See the programme")).click()
    expect(page.locator(".meter")).to_be_visible()


def give(page: Page, visitor: Visitor, *, euros: str = "50", updates: bool = False) -> None:
    """The whole way, from the programme's page to the thanks."""
    page.goto(PROGRAM[visitor.language])
    open_payment(page, visitor, euros=euros, updates=updates)
    pay(page, visitor)
    expect_thanks(page, visitor)


def letters_to(page: Page, visitor: Visitor, subject: str | re.Pattern[str] = "") -> Locator:
    """The links to this visitor's letters on the page of letters, as it stands."""
    lines = page.locator(".sandbox__list li").filter(has_text=visitor.email)
    return lines.get_by_role("link", name=subject) if subject else lines.get_by_role("link")


def await_letter(page: Page, visitor: Visitor, subject: str | re.Pattern[str] = "") -> Locator:
    """Look at the page of letters until this visitor's letter stands there."""
    deadline = time.monotonic() + _LETTER_SECONDS
    page.goto("/sandbox/mail/")
    while not (found := letters_to(page, visitor, subject)).count():
        assert time.monotonic() < deadline, f"no letter to {visitor.email} in {_LETTER_SECONDS} s"
        time.sleep(0.2)
        page.reload()
    return found.first
