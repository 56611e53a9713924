"""A gift by transfer: announced, read from a statement, confirmed by staff, counted on the page."""

import re
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import donor
from tests.browser.conftest import WIDE, Browse
from tests.browser.donor import Visitor
from tests.browser.test_admin_accessible import sign_in
from tests.donations.statements import entry, statement
from tests.running import Run


def ask_for_a_reference(page: Page, giver: Visitor) -> str:
    page.goto(f"{donor.PROGRAM[giver.language]}other-ways/")
    for label, answer in (
        ("First name", giver.first_name),
        ("Last name", giver.last_name),
        ("E-mail address", giver.email),
        ("Postal address", "1 rue de l’Exemple"),
        ("Postal code", "75015"),
        ("Town or city", "Paris"),
    ):
        page.get_by_label(giver.says(label), exact=True).fill(answer)
    page.get_by_role("button", name=giver.says("Give me my reference")).click()
    return page.locator(".ways__reference").inner_text()


def received_otherwise(page: Page, giver: Visitor) -> int:
    """In cents, as the programme's page says it now."""
    page.goto(donor.PROGRAM[giver.language])
    row = page.locator(".account tbody tr").filter(has_text=giver.says("Received otherwise"))
    return int(re.sub(r"\D", "", row.locator("td").last.text_content() or ""))


def test_a_transfer_is_confirmed_from_the_statement_and_counts_on_the_page(
    browse: Browse,
    site: Run,
    assert_accessible: Callable[[Page], None],
    screenshots: Path | None,
) -> None:
    giver = Visitor("fr")
    public, desk = browse(language="fr"), browse(WIDE, language="fr")
    reference = ask_for_a_reference(public, giver)
    before = received_otherwise(public, giver)
    sign_in(desk, site, "treasurer")
    row = entry("1234.50", name="M EXEMPLE", text=f"DON {reference}", day=str(timezone.localdate()))

    desk.goto("/admin/donations/bankstatement/add/")
    file = {"name": "releve.xml", "mimeType": "text/xml", "buffer": statement(row)}
    desk.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]  # a dict is a file
    desk.get_by_role("button", name=giver.says("Read this statement")).click()
    desk.locator("#result_list tbody a").first.click()
    expect(desk.locator(".deed__proposals")).to_contain_text(reference)
    assert_accessible(desk)
    if screenshots:
        desk.screenshot(path=screenshots / "bank-line.png", full_page=True)
    desk.locator(".deed__proposals a").first.click()
    desk.get_by_role("button", name=giver.says("Look at it before it counts")).click()
    expect(desk.locator(".deed__facts")).to_contain_text(giver.email)
    assert received_otherwise(public, giver) == before
    desk.get_by_role("button", name=giver.says("Record this gift")).click()
    expect(desk.locator("#content-main-area > [role=status]")).to_be_visible()

    assert received_otherwise(public, giver) == before + 123_450
