"""The README's picture, taken of the real site as a first `make run` shows it: `make screenshots`."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.chromium import launch
from tests.processes import ROOT
from tests.running import Run

TARGET = ROOT / "docs" / "images" / "program.png"
_WIDTH, _HEIGHT = 1440, 1080  # the first screen, and the beginning of what follows
_COLOURS = 128
_LARGEST_BYTES = 400_000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="campaign-screenshots-") as folder:
        run = Run(Path(folder))
        try:
            picture = _photograph(run.wait_until_up().address)
            run.end()
        finally:
            run.destroy()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(_small(picture))
    if TARGET.stat().st_size > _LARGEST_BYTES:
        raise SystemExit(f"{TARGET} is {TARGET.stat().st_size} bytes: too heavy for a README.")
    print(f"{TARGET.relative_to(ROOT)}, {TARGET.stat().st_size // 1000} kB")  # noqa: T201  a script's answer


def _photograph(address: str) -> bytes:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            raise SystemExit("No Chromium is installed: there is nothing to take the picture with.")
        page = browser.new_page(
            viewport={"width": _WIDTH, "height": _HEIGHT},
            locale="en-GB",
            color_scheme="light",
            reduced_motion="reduce",  # the cells do not appear one by one
        )
        page.goto(f"{address}/en/hematology/", wait_until="networkidle")
        return page.screenshot()


def _small(picture: bytes) -> bytes:
    """The same picture in a palette: a page of few colours loses nothing that one sees."""
    with Image.open(io.BytesIO(picture)) as full:
        palette = full.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    kept = io.BytesIO()
    palette.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


if __name__ == "__main__":
    main()
