"""What a first visit costs, in a real browser on the site as production serves it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW

MOST_BYTES = 60_000
MOST_REQUESTS = 10
PICTURES = {"Image"}


@dataclass
class Visit:
    """What went over the wire, as the browser counts it: headers and compressed bodies."""

    bytes: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def listen(self, page: Page) -> None:
        names: dict[str, str] = {}
        browser = page.context.new_cdp_session(page)

        def received(event: Any) -> None:
            address = event["response"]["url"]
            names[event["requestId"]] = address
            self.kinds[address] = event["type"]
            if event["response"].get("fromDiskCache"):
                self.kept.add(address)

        def finished(event: Any) -> None:
            if address := names.get(event["requestId"]):
                self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])

        browser.on("Network.responseReceived", received)
        browser.on("Network.loadingFinished", finished)
        browser.send("Network.enable")

    @property
    def requested(self) -> set[str]:
        return {address for address in self.kinds if address.startswith("http") and address not in self.kept}


def visit(page: Page, address: str) -> Visit:
    seen = Visit()
    seen.listen(page)
    page.goto(address, wait_until="networkidle")
    return seen


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["program", "form"])
def test_a_first_visit_is_small_and_asks_nobody_else(
    chromium: Browser, production: str, name: str, language: str
) -> None:
    path = {"program": donor.PROGRAM, "form": donor.GIVE}[name][language]
    with chromium.new_context(viewport={"width": NARROW, "height": 844}) as context:
        first = visit(context.new_page(), production + path)
        again = visit(context.new_page(), production + path)

    hosts = {urlsplit(address).netloc for address in first.requested}
    assert hosts == {urlsplit(production).netloc}
    assert len(first.requested) <= MOST_REQUESTS, sorted(first.requested)
    assert 0 < sum(first.bytes.values()) <= MOST_BYTES, first.bytes
    assert again.requested == {production + path}, "style sheets and scripts are kept"


def test_a_page_that_has_not_changed_is_not_sent_again(chromium: Browser, production: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        full = sum(visit(page, production + donor.PROGRAM["en"]).bytes.values())
        again = visit(context.new_page(), production + donor.PROGRAM["en"])

        assert sum(again.bytes.values()) < 2_000 < full
        expect(page.locator(".meter")).to_be_visible()
