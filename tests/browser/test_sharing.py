"""What readers and partners take with them: the address of a page, and the card in a frame."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDE, Browse
from tests.running import Run

Partner = Callable[[str], str]


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Partner]:
    """Somebody else's site: gives the address of a page with that in it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def publish(html: str) -> str:
        (tmp_path / "index.html").write_text(html)
        return f"http://127.0.0.1:{server.server_port}/"

    yield publish
    server.shutdown()
    server.server_close()


def test_the_address_is_copied_and_said_aloud(browse: Browse, site: Run) -> None:
    page = browse(WIDE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/fr/hematologie/")

    page.get_by_role("button", name="Copier l’adresse").click()

    expect(page.get_by_role("status")).to_have_text("L’adresse est copiée.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}/fr/hematologie/"


def test_without_a_script_the_address_stands_there_to_be_taken(browse: Browse, site: Run) -> None:
    page = browse(javascript=False)
    page.goto("/en/hematology/")

    expect(page.get_by_text(f"{site.address}/en/hematology/", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Copy the address")).to_be_hidden()
    letter = page.get_by_role("link", name="By e-mail").get_attribute("href") or ""
    assert letter.startswith("mailto:?subject=Hematology")
    assert " " not in letter


def test_a_partner_copies_the_code_and_its_frame_shows_the_card(browse: Browse, partner: Partner) -> None:
    page = browse(WIDE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/en/hematology/embed/")
    expect(page.frame_locator("iframe").get_by_role("link", name="Make a gift")).to_be_visible()
    page.get_by_role("button", name="Copy the code").first.click()
    expect(page.get_by_role("status").first).to_have_text("The code is copied.")
    code = page.evaluate("navigator.clipboard.readText()")

    theirs = page.context.new_page()
    theirs.goto(partner(code))
    card = theirs.frame_locator("iframe")

    expect(card.get_by_role("link", name="Make a gift")).to_be_in_viewport()
    fits = card.locator("html").evaluate(
        "it => it.scrollHeight <= innerHeight && it.scrollWidth <= innerWidth"
    )
    assert fits
    assert page.context.cookies() == []
    with theirs.expect_popup() as opened:
        card.get_by_role("link", name="Make a gift").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Make a gift")


@pytest.mark.parametrize("path", ["/en/hematology/card/", "/fr/hematologie/card/"])
@pytest.mark.parametrize("width", [260, 282, 300, 360, 480, 700])
def test_nothing_of_the_card_is_cut_in_a_phones_column(browse: Browse, path: str, width: int) -> None:
    page = browse()
    page.set_viewport_size({"width": width, "height": 220})
    page.goto(path)

    cut = page.locator("html").evaluate(
        "it => [it.scrollHeight - innerHeight, it.scrollWidth - innerWidth].map(by => Math.max(by, 0))"
    )
    assert cut == [0, 0]


def test_no_other_page_shows_in_a_strangers_frame(browse: Browse, site: Run, partner: Partner) -> None:
    theirs = browse(WIDE).context.new_page()
    theirs.goto(partner(f'<iframe src="{site.address}/en/hematology/"></iframe>'))

    expect(theirs.locator("iframe")).to_be_visible()
    expect(theirs.frame_locator("iframe").get_by_role("link", name="Make a gift")).to_have_count(0)
