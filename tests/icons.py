"""The site's icons, all from one drawing, static/img/mark.svg: `make icons`."""

import io
from pathlib import Path
from typing import Final

import typst
from PIL import Image

from tests.processes import ROOT

MARK: Final = ROOT / "static" / "img" / "mark.svg"
_PAPER: Final = "#faf6ee"
_COLOURS: Final = 64
_PAGE: Final = b"""
#set page(width: 72pt, height: 72pt, margin: 0pt, fill: none)
#place(center + horizon, image(bytes(sys.inputs.svg), format: "svg", width: eval(sys.inputs.width)))
"""
# File, pixels, paper behind it, share of the side that the mark takes. Phones cut their own shape out
# of a maskable icon: its middle 80 % is never cut.
_PICTURES: Final = (
    ("static/img/apple-touch-icon.png", 180, True, 72),
    ("static/img/icon-192.png", 192, False, 100),
    ("static/img/icon-512.png", 512, False, 100),
    ("static/img/icon-maskable.png", 512, True, 56),
)
_FAVICON: Final = "static/root/favicon.ico"
_FAVICON_SIZES: Final = (16, 32, 48)


def draw() -> dict[str, bytes]:
    """Every icon's bytes, by its path in the project."""
    files = {name: _png(_paint(size, share), paper=paper) for name, size, paper, share in _PICTURES}
    layers = [_paint(size, 100) for size in _FAVICON_SIZES]
    kept = io.BytesIO()
    layers[-1].save(kept, "ICO", sizes=[layer.size for layer in layers], append_images=layers[:-1])
    return files | {_FAVICON: kept.getvalue()}


def _paint(size: int, share: int) -> Image.Image:
    png = typst.compile(
        _PAGE,
        format="png",
        ppi=size,  # the page is one inch wide
        sys_inputs={"svg": MARK.read_text(), "width": f"{share}%"},
    )
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGBA")


def _png(picture: Image.Image, *, paper: bool) -> bytes:
    if paper:
        sheet = Image.new("RGBA", picture.size, _PAPER)
        picture = Image.alpha_composite(sheet, picture)
    palette = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    palette.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def main() -> None:
    for name, content in draw().items():
        path = Path(ROOT / name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{name}, {len(content)} bytes")  # noqa: T201  a script's answer


if __name__ == "__main__":
    main()
