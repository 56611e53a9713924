"""Staff at work: news that reach those who asked for them, and words that change at once."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from campaign.run import prepare
from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor
from tests.running import Run

_TEXTS = {"en": "A new sequencer has arrived.", "fr": "Un nouveau séquenceur est arrivé."}
_STOP = {"en": "Stop these letters", "fr": "Arrêter ces lettres"}
_STOPPED = {"en": "You no longer receive these updates", "fr": "Vous ne recevez plus ces nouvelles"}


@pytest.fixture
def admin(browse: Browse, site: Run) -> Page:
    """The admin, open to the demo staff with the password that this run printed."""
    found = re.search(rf"login: {prepare.USERNAME}\s+password: (\S+)", site.output)
    assert found is not None
    page = browse(WIDE)
    page.goto("/admin/")
    page.get_by_label("Username").fill(prepare.USERNAME)
    page.get_by_label("Password").fill(found[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Progress updates").first).to_be_visible()
    return page


def publish_update(admin: Page, titles: dict[str, str]) -> None:
    """Write it in both languages, save it, read what publishing does, publish it."""
    admin.goto("/admin/programs/progressupdate/add/")
    admin.locator("[name=program]").select_option(index=1)
    for language, title in titles.items():
        admin.locator(f"[name=title_{language}]").press_sequentially(title)
        admin.locator(f".field-body_{language} [contenteditable=true]").click()
        admin.keyboard.type(_TEXTS[language])
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.locator(".publishing")).to_contain_text("cannot be called back")
    admin.get_by_role("button", name="Save and publish").click()
    expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("is on the site")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_update_reaches_the_site_and_each_reader_who_can_stop_the_letters(
    browse: Browse, admin: Page, assert_accessible: Callable[[Page], None], language: str
) -> None:
    reader, other = Visitor(language), Visitor(language)
    page = browse(language=language)
    donor.give(page, reader, updates=True)
    donor.give(page, other)
    mark = uuid4().hex[:8]
    titles = {"en": f"A first result {mark}", "fr": f"Un premier résultat {mark}"}

    publish_update(admin, titles)

    for each, title in titles.items():
        page.goto(donor.PROGRAM[each])
        page.get_by_role("link", name=title).click()
        expect(page.locator("h1")).to_have_text(title)
        assert _TEXTS[each] in page.inner_text("article")
        assert_accessible(page)
        feed = page.request.get(f"{donor.PROGRAM[each]}updates/feed/")
        assert title in feed.text()

    donor.await_letter(page, reader, titles[language]).click()
    letter = page.frame_locator(".sandbox__letter")
    expect(letter.locator("body")).to_contain_text(_TEXTS[language])
    assert "List-Unsubscribe=One-Click" in page.inner_text(".sandbox__headers")
    with page.context.expect_page() as opened:
        letter.get_by_role("link", name=_STOP[language]).click()
    stopping = opened.value
    expect(stopping.locator("h1")).to_have_text(reader.says("Stop the progress updates?"))
    stopping.set_viewport_size({"width": NARROW, "height": 844})
    assert_accessible(stopping)
    stopping.get_by_role("button", name=reader.says("Stop the updates")).click()
    expect(stopping.locator("h1")).to_have_text(_STOPPED[language])
    assert_accessible(stopping)

    # A second update goes to neither: one has stopped, the other never asked. Somebody else's letter
    # shows that the sending is over.
    witness = Visitor(language)
    donor.give(page, witness, updates=True)
    again = {each: f"{title} bis" for each, title in titles.items()}
    publish_update(admin, again)
    donor.await_letter(page, witness, again[language])
    assert donor.letters_to(page, reader, mark).count() == 1
    assert donor.letters_to(page, other, mark).count() == 0


def test_heading_changed_in_the_admin_stands_on_both_pages_at_once(browse: Browse, admin: Page) -> None:
    page = browse()
    before = {"en": "The Project", "fr": "Le projet"}

    def write(headings: dict[str, str]) -> None:
        admin.goto("/admin/programs/program/")
        admin.locator("#result_list tbody th a").first.click()
        admin.locator("summary", has_text="Sections").click()
        for language, heading in headings.items():
            admin.locator(f"[name=sections-0-heading_{language}]").fill(heading)
        admin.get_by_role("button", name="Save", exact=True).click()
        expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("was changed")

    def stands(headings: dict[str, str]) -> None:
        for language, heading in headings.items():
            page.goto(donor.PROGRAM[language])
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=1_000)

    stands(before)
    try:
        changed = {"en": "What we are building", "fr": "Ce que nous construisons"}
        write(changed)
        stands(changed)
    finally:
        write(before)
    stands(before)
