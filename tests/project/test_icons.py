"""The icons in the project are those that its one drawing makes, and light."""

import io

import pytest
from PIL import Image, ImageChops

from tests import icons
from tests.processes import ROOT

DRAWN = icons.draw()


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_an_icon_is_what_the_drawing_makes(name: str) -> None:
    """`make icons` was run after the last change of the drawing."""
    kept = (ROOT / name).read_bytes()

    with Image.open(io.BytesIO(kept)) as old, Image.open(io.BytesIO(DRAWN[name])) as new:
        assert old.size == new.size
        assert ImageChops.difference(old.convert("RGBA"), new.convert("RGBA")).getbbox() is None
    assert len(kept) < 8_000


def test_the_favicon_holds_every_size_that_browsers_ask_for() -> None:
    with Image.open(ROOT / "static/root/favicon.ico") as favicon:
        assert favicon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_a_maskable_icon_keeps_its_drawing_where_no_phone_cuts() -> None:
    with Image.open(ROOT / "static/img/icon-maskable.png") as icon:
        picture = icon.convert("RGBA").convert("RGB")
        side = picture.width
        paper = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
        box = ImageChops.difference(picture, paper).getbbox()

    assert box is not None
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    assert all((x - side / 2) ** 2 + (y - side / 2) ** 2 <= (0.4 * side) ** 2 for x, y in corners)
