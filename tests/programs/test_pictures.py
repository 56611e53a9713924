"""Pictures: what staff may send, and what is kept of it."""

import io
import re
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, PngImagePlugin

from programs.pictures import cleaning
from tests.programs.photographs import opened, sent

pytestmark = pytest.mark.django_db

GPS = 0x8825
ORIENTATION = 0x0112


def test_a_photograph_held_sideways_stands_upright() -> None:
    notes = Image.Exif()
    notes[ORIENTATION] = 6
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste((200, 0, 0), (0, 0, 30, 40))  # red on the left, which is above once it is turned
    body = io.BytesIO()
    picture.save(body, "JPEG", exif=notes.tobytes(), quality=95)

    with opened(cleaning.clean(ContentFile(body.getvalue(), name="a.jpg")).read()) as kept:
        assert kept.size == (40, 60)
        above, below = kept.convert("RGB").getpixel((20, 5)), kept.convert("RGB").getpixel((20, 55))

    assert above[0] > 150 > above[1]  # type: ignore[index]
    assert min(below) > 200  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colours_of_a_photograph_become_those_of_a_screen(mode: str) -> None:
    with opened(cleaning.clean(sent(mode=mode)).read()) as kept:
        assert (kept.mode, kept.format) == ("RGB", "JPEG")


def test_colours_are_those_that_the_pictures_profile_means() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A space whose red is ours called green, and the other way round.
    crossed = own.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    picture = Image.new("RGB", (60, 40), (220, 10, 10))

    for profile, meant in (
        (own, (220, 10, 10)),
        (crossed, (10, 220, 10)),
        (b"no profile" * 30, (220, 10, 10)),
    ):
        body = io.BytesIO()
        picture.save(body, "PNG", icc_profile=profile)
        with opened(cleaning.clean(ContentFile(body.getvalue(), name="a.png")).read()) as kept:
            seen = kept.getpixel((5, 5))
            assert isinstance(seen, tuple)
            assert all(abs(one - other) < 12 for one, other in zip(seen, meant, strict=True)), profile[:4]
            assert "icc_profile" not in kept.info


def test_of_a_telephones_two_pictures_in_one_file_the_first_is_kept() -> None:
    body = io.BytesIO()
    first, second = (Image.new("RGB", (60, 40), colour) for colour in ("white", "black"))
    first.save(body, "MPO", save_all=True, append_images=[second])

    with opened(cleaning.clean(ContentFile(body.getvalue(), name="a.jpg")).read()) as kept:
        assert (kept.format, kept.getpixel((5, 5))) == ("JPEG", (255, 255, 255))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_drawings_of_every_kind_are_kept_on_white(mode: str) -> None:
    with opened(cleaning.clean(sent(kind="PNG", mode=mode)).read()) as kept:
        assert (kept.mode, kept.format) == ("RGB", "PNG")
        if mode in {"RGBA", "LA"}:
            assert kept.getpixel((1, 1)) == (255, 255, 255)


def _lying_png(width: int, height: int) -> bytes:
    """A header that promises far more pixels than follow."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    body = b"IDAT" + zlib.compress(b"\x00" * 100)
    chunks = (
        len(c[4:]).to_bytes(4, "big") + c + zlib.crc32(c).to_bytes(4, "big") for c in (head, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _png_with_a_bomb_of_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 80_000_000, zip=True)
    return bytes(sent(kind="PNG", pnginfo=info).read())


def _png_with_a_bomb_of_a_profile() -> bytes:
    return bytes(sent(kind="PNG", icc_profile=b"x" * 80_000_000).read())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"", "not_a_picture"),
        (_lying_png(10_000, 6_000), "large"),
        (_lying_png(60_000, 60_000), "large"),
        (_lying_png(6_000, 6_000), "not_a_picture"),
        (sent().read()[:2_000], "not_a_picture"),
        (_png_with_a_bomb_of_text(), "not_a_picture"),
        (_png_with_a_bomb_of_a_profile(), "not_a_picture"),
        (b"%PDF-1.7\n" + sent().read(), "not_a_picture"),
        (sent(kind="GIF").read(), "not_a_picture"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 400, "not_a_picture"),
    ],
    ids=[
        "pdf",
        "svg",
        "empty",
        "60 MP",
        "3600 MP",
        "lying",
        "cut short",
        "bomb of text",
        "bomb of a profile",
        "pdf before a picture",
        "gif",
        "no jpeg",
    ],
)
def test_what_is_no_bearable_picture_is_refused_in_a_sentence(body: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        cleaning.clean(ContentFile(body, name="innocent.png"))

    assert refused.value.code == code
    assert refused.value.messages[0].endswith(".")


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    body = io.BytesIO()
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:])

    with pytest.raises(ValidationError) as refused:
        cleaning.clean(ContentFile(body.getvalue(), name="a.webp"))

    assert refused.value.code == "moves"


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    hidden = b"<script>alert(document.domain)</script>"

    kept = cleaning.clean(ContentFile(sent().read() + hidden, name="../../etc/page.html.jpg"))

    assert hidden not in kept.read()
    assert re.fullmatch(r"[a-z0-9-]+-[0-9a-f]{12}\.jpg", kept.name or "")
