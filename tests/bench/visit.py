"""A first visit to page and form with a phone's browser, on the site as production serves it."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, not_measured
from tests.browser import chromium, donor
from tests.browser.visit import MOST_BYTES, MOST_REQUESTS, visit
from tests.production import served


def main() -> None:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        if browser is None:
            not_measured("first visit", "no Chromium is installed").hand_over()
            return
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as site:
            for name, path in (("page", donor.PROGRAM["fr"]), ("form", donor.GIVE["fr"])):
                with browser.new_context(viewport={"width": 390, "height": 844}) as context:
                    seen = visit(context.new_page(), site + path)
                Figure(
                    f"first visit of the {name}",
                    f"{seen.weight / 1000:.1f} KB, {len(seen.requested)} requests,"
                    f" {len(seen.elsewhere(site))} to third parties",
                    f"≤ {MOST_BYTES // 1000} KB, ≤ {MOST_REQUESTS}, 0",
                    seen.weight <= MOST_BYTES
                    and len(seen.requested) <= MOST_REQUESTS
                    and not seen.elsewhere(site),
                ).hand_over()


if __name__ == "__main__":
    main()
