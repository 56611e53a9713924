"""What a visit costs, as the browser counts it: headers and compressed bodies."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

MOST_BYTES = 60_000
MOST_REQUESTS = 10


@dataclass
class Visit:
    bytes: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # by the browser, from a visit before

    def listen(self, page: Page) -> None:
        names: dict[str, str] = {}
        browser = page.context.new_cdp_session(page)

        def received(event: Any) -> None:
            address = event["response"]["url"]
            names[event["requestId"]] = address
            self.answered.add(address)
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
        return {address for address in self.answered - self.kept if address.startswith("http")}

    @property
    def weight(self) -> int:
        return sum(self.bytes.values())

    def elsewhere(self, site: str) -> set[str]:
        """What was asked of anybody else."""
        return {address for address in self.requested if urlsplit(address).netloc != urlsplit(site).netloc}


def visit(page: Page, address: str) -> Visit:
    """Open the page and wait until nothing more comes."""
    seen = Visit()
    seen.listen(page)
    page.goto(address, wait_until="networkidle")
    return seen
