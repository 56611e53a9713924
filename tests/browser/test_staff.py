"""Staff at work: news that reach those who asked for them, and words that change at once."""

import io
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from campaign.run import prepare
from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor
from tests.running import Run

_TEXTS = {"en": "A new sequencer has arrived.", "fr": "Un nouveau séquenceur est arrivé."}
_STOP = {"en": "Stop these letters", "fr": "Arrêter ces lettres"}
_STOPPED = {"en": "You no longer receive these updates", "fr": "Vous ne recevez plus ces nouvelles"}


def _png() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (900, 600), "#a02030").save(body, "PNG")
    return body.getvalue()


@pytest.fixture
def admin(browse: Browse, site: Run) -> Page:
    """The admin, open to an editor with the password that this run printed."""
    found = re.search(rf"login: {prepare.USERNAME}\s+password: (\S+)", site.output)
    assert found is not None
    page = browse(WIDE)
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(found[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Progress updates").first).to_be_visible()
    expect(page.get_by_role("link", name="Donors")).to_have_count(0)
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


def open_programme(admin: Page) -> None:
    admin.goto("/admin/programs/program/")
    admin.locator("#result_list tbody th a").first.click()
    expect(admin.locator("[name=title_en]")).to_be_visible()


def add_row(admin: Page, group: str) -> str:
    """Open a group of rows and add one; returns how the names of its fields begin."""
    admin.locator(f"#{group}-group summary").click()
    admin.locator(f"#{group}-group .add-row").click()
    number = int(admin.locator(f"[name={group}-TOTAL_FORMS]").input_value()) - 1
    return f"{group}-{number}"


def save(admin: Page) -> None:
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("was changed")


def remove_rows(admin: Page, *rows: str) -> None:
    open_programme(admin)
    for row in rows:
        admin.locator(f"#{row.split('-')[0]}-group summary").click()
        admin.locator(f"[name={row}-DELETE]").check()
    save(admin)


def stands(page: Page, headings: dict[str, str]) -> None:
    for language, heading in headings.items():
        page.goto(donor.PROGRAM[language])
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=1_000)


def test_words_a_need_and_a_picture_are_seen_saved_read_and_brought_back(
    browse: Browse, admin: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page = browse()
    before = {"en": "The Project", "fr": "Le projet"}
    after = {"en": "What we are building", "fr": "Ce que nous construisons"}
    stands(page, before)

    open_programme(admin)
    admin.locator("#sections-group summary").click()
    admin.get_by_role("button", name="The Project").click()
    for language, heading in after.items():
        admin.get_by_role("button", name={"en": "English", "fr": "French"}[language], exact=True).click()
        admin.locator(f"[name=sections-0-heading_{language}]").fill(heading)
        other = "fr" if language == "en" else "en"
        expect(admin.locator(f"[name=sections-0-heading_{other}]")).to_be_hidden()
    admin.get_by_role("button", name="Side by side").click()
    need = add_row(admin, "fundingneeds")
    admin.locator(f"[name={need}-label_en]").fill("A second sequencer")
    expect(admin.get_by_role("button", name="French 1 missing")).to_be_visible()
    admin.locator(f"[name={need}-label_fr]").fill("Un second séquenceur")
    picture = add_row(admin, "pictures")
    admin.set_input_files(
        f"[name={picture}-image]", {"name": "lab.png", "mimeType": "image/png", "buffer": _png()}
    )
    admin.locator(f"[name={picture}-alternative_text_en]").fill("A bench in the laboratory")
    admin.locator(f"[name={picture}-alternative_text_fr]").fill("Une paillasse du laboratoire")

    with admin.context.expect_page() as opened:
        admin.get_by_role("button", name="Preview in French").click()
    preview = opened.value
    expect(preview.get_by_role("heading", name=after["fr"], exact=True)).to_be_visible()
    expect(preview.get_by_text("Un second séquenceur")).to_be_visible()
    shown = preview.get_by_alt_text("Une paillasse du laboratoire")
    shown.scroll_into_view_if_needed()
    preview.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    assert_accessible(preview)
    preview.close()
    stands(page, before)

    save(admin)
    stands(page, after)
    expect(page.get_by_text("Un second séquenceur")).to_be_visible()
    expect(page.get_by_alt_text("Une paillasse du laboratoire")).to_be_attached()

    open_programme(admin)
    admin.get_by_role("link", name="History").click()
    assert_accessible(admin)
    line = admin.locator(".past__line", has_text=after["en"]).first
    line.get_by_role("link", name="Bring back what it was before").click()
    expect(admin.locator(".changes")).to_contain_text(before["fr"])
    assert_accessible(admin)
    admin.get_by_role("button", name="Bring it back").click()
    expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("is back as it was")
    stands(page, before)

    remove_rows(admin, need, picture)
    page.goto(donor.PROGRAM["fr"])
    expect(page.get_by_text("Un second séquenceur")).to_have_count(0)


def test_a_draft_is_shown_by_its_link_which_leads_to_its_page_once_published(
    browse: Browse, admin: Page, assert_accessible: Callable[[Page], None]
) -> None:
    reader = browse()
    mark = uuid4().hex[:8]
    admin.goto("/admin/programs/progressupdate/add/")
    admin.locator("[name=program]").select_option(index=1)
    admin.locator("[name=title_fr]").fill(f"Un brouillon {mark}")
    admin.locator(".field-body_fr [contenteditable=true]").click()
    admin.keyboard.type(_TEXTS["fr"])
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.get_by_role("button", name=re.compile("English 2 missing"))).to_be_visible()
    assert_accessible(admin)
    link = admin.get_by_label("French", exact=True).input_value()

    reader.goto(link)
    expect(reader.locator("h1")).to_have_text(f"Un brouillon {mark}")
    expect(reader.get_by_role("complementary")).to_contain_text("Les visiteurs ne voient pas encore ceci")
    assert_accessible(reader)
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("h1")).to_have_attribute("lang", "fr")
    admin.get_by_role("button", name="Save and publish").click()
    expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("is on the site")
    reader.goto(link)

    expect(reader).to_have_url(re.compile(rf"/fr/hematologie/updates/un-brouillon-{mark}/$"))
    expect(reader.get_by_text("Les visiteurs ne voient pas encore ceci")).to_have_count(0)


def test_rows_are_put_in_order_with_the_keyboard_alone(browse: Browse, admin: Page) -> None:
    page = browse()

    def questions() -> list[str]:
        page.goto(donor.PROGRAM["en"])
        return page.locator(".question summary").all_inner_texts()

    def move(question: str, way: str) -> None:
        open_programme(admin)
        admin.locator("#questions-group summary").focus()
        admin.keyboard.press("Enter")
        row = admin.locator("#questions-data > .form-group.original", has_text=question)
        row.get_by_role("button", name=way).focus()
        admin.keyboard.press("Enter")
        admin.keyboard.press("Control+End")
        button = admin.get_by_role("button", name="Save", exact=True)
        button.focus()
        admin.keyboard.press("Enter")
        expect(admin.locator("#content-main-area > [role=status]")).to_contain_text("was changed")

    first, second, *others = questions()

    move(first, "Down")
    moved = questions()
    move(first, "Up")

    assert moved == [second, first, *others]
    assert questions() == [first, second, *others]


def test_the_second_of_two_who_save_reads_what_the_first_wrote(
    browse: Browse, admin: Page, assert_accessible: Callable[[Page], None]
) -> None:
    open_programme(admin)
    other = admin.context.new_page()
    open_programme(other)
    tagline = admin.locator("[name=tagline_en]").input_value()
    other.locator("[name=tagline_en]").fill("Written first.")
    save(other)

    admin.locator("[name=tagline_en]").fill("Written second.")
    admin.get_by_role("button", name="Save", exact=True).click()
    told = admin.locator(".conflict")
    expect(told).to_contain_text("saved this while you were writing")
    expect(told).to_contain_text("Written first.")
    assert_accessible(admin)
    expect(admin.locator("[name=tagline_en]")).to_have_value("Written second.")
    admin.locator("[name=tagline_en]").fill(tagline)
    save(admin)
    other.close()
