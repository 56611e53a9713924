"""Pictures: what staff may send, what is kept of it, and what visitors are sent."""

import io
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from programs import tasks
from programs.models import Picture, Program
from programs.pictures import cleaning, keeping, picture_of, rendering
from programs.pictures.renditions import SHAPES, Master
from tests.journeys.waiting import eventually
from tests.processes import Worker

pytestmark = pytest.mark.django_db

GPS = 0x8825
ORIENTATION = 0x0112


def sent(
    size: tuple[int, int] = (900, 600),
    kind: str = "JPEG",
    mode: str = "RGB",
    name: str = "a.jpg",
    **save: Any,
) -> ContentFile[bytes]:
    body = io.BytesIO()
    Image.new(mode, size, 200 if mode in {"L", "I;16"} else None).save(body, kind, **save)
    return ContentFile(body.getvalue(), name=name)


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def add(program: Program, upload: ContentFile[bytes], **fields: Any) -> Picture:
    words = {"alternative_text_en": "Cells", "alternative_text_fr": "Des cellules"}
    return Picture.objects.create(program=program, image=upload, **{**words, **fields})


def public_files() -> set[str]:
    return keeping.names(keeping.public(), "pictures")


def test_where_and_when_a_photograph_was_taken_is_not_kept(program: Program) -> None:
    notes = Image.Exif()
    notes[0x010F], notes[0x0132] = "Camera", "2026:01:01 10:00:00"
    notes.get_ifd(GPS)[2] = (48.0, 50.0, 30.0)
    upload = sent(exif=notes.tobytes(), comment=b"taken at home", name="home.jpg")
    picture = add(program, upload)

    rendering.make_owed(seconds=60)

    files = [Path(keeping.public().path(name)) for name in public_files()]
    files.append(Path(keeping.masters().path(str(picture.image.name))))
    assert len(files) > 10
    for file in files:
        body = file.read_bytes()
        assert b"Camera" not in body
        assert b"taken at home" not in body
        assert not opened(body).getexif()


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


@given(
    width=st.integers(1, 3000),
    height=st.integers(1, 3000),
    across=st.integers(0, 100),
    down=st.integers(0, 100),
)
def test_a_crop_lies_inside_the_picture_and_shows_its_focal_point(
    width: int, height: int, across: int, down: int
) -> None:
    master = Master("pictures/a.jpg", width, height, across, down)
    left, top, right, foot = master.box("card")

    assert 0 <= left < right <= width
    assert 0 <= top < foot <= height
    assert left <= width * across / 100 + 0.5
    assert right >= width * across / 100 - 0.5
    assert top <= height * down / 100 + 0.5
    assert foot >= height * down / 100 - 0.5
    for shape in SHAPES:
        widths = [each.width for each in master.renditions(shape, "jpg")]
        assert widths == sorted(set(widths))
        assert max(widths) <= width


def test_a_card_is_cut_around_the_focal_point(program: Program) -> None:
    wide = Image.new("RGB", (1600, 300), "white")
    wide.paste((200, 0, 0), (1300, 100, 1400, 200))
    body = io.BytesIO()
    wide.save(body, "PNG")
    upload = ContentFile(body.getvalue(), name="wide.png")
    master = picture_of(add(program, upload, focal_x=84, focal_y=50)).master
    rendering.make_owed(seconds=60)

    for ending in ("avif", "webp", "jpg"):
        card = master.renditions("card", ending)[-1]
        with keeping.public().open(card.name) as file, Image.open(file) as cut:
            assert cut.size == (450, 300) == (card.width, card.height)
            seen = cut.convert("RGB").getpixel((225, 150))
        assert isinstance(seen, tuple)
        assert seen[0] > 150, ending
        assert seen[1] < 60, ending


def test_pictures_cost_a_page_no_query(client: Client, program: Program) -> None:
    with CaptureQueriesContext(connection) as without:
        client.get("/en/hematology/")
    for width in (500, 600, 700):
        add(program, sent((width, 400)))
    rendering.make_owed(seconds=60)
    with CaptureQueriesContext(connection) as pictured:
        page = client.get("/en/hematology/").content.decode()

    assert page.count("<picture>") == 3
    assert len(pictured) == len(without) <= 15


def test_a_page_offers_every_format_with_the_measures_of_its_files(client: Client, program: Program) -> None:
    picture = add(program, sent((1000, 700)))
    before = client.get("/en/hematology/").content.decode()
    rendering.make_owed(seconds=60)

    page = client.get("/en/hematology/").content.decode()

    picture.refresh_from_db()
    assert picture_of(picture).is_ready
    assert "<picture>" not in before
    assert picture.image.url in before
    figure = page[page.index("<picture>") : page.index("</picture>")]
    assert [kind in figure for kind in ("image/avif", "image/webp", "image/jpeg")] == [True] * 3
    assert 'alt="Cells"' in figure
    assert 'loading="lazy"' in figure
    for name, wide in re.findall(r"/media/(\S+) (\d+)w", figure):
        with keeping.public().open(name) as body, Image.open(body) as file:
            assert file.width == int(wide)
            assert file.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[name.rsplit(".", 1)[1]]
    shown = re.search(r'src="/media/(\S+)" width="(\d+)" height="(\d+)"', figure)
    assert shown
    with keeping.public().open(shown[1]) as body, Image.open(body) as file:
        assert file.size == (int(shown[2]), int(shown[3]))


def test_making_twice_makes_nothing_new_and_a_new_focal_point_makes_new_crops(program: Program) -> None:
    picture = add(program, sent((1200, 400)))
    first = rendering.make_owed(seconds=60)
    again = rendering.make_owed(seconds=60)
    before = public_files()

    picture.refresh_from_db()
    picture.focal_x = 10
    picture.save()
    moved = rendering.make_owed(seconds=60)

    assert (first, again, moved) == (1, 0, 1)
    assert public_files() > before


def test_one_process_of_a_machine_makes_pictures_and_the_others_do_not_wait(program: Program) -> None:
    add(program, sent())
    with keeping.alone() as mine:
        meanwhile = rendering.make_owed(seconds=60), rendering.forget_unused(lately=-1)
    afterwards = rendering.make_owed(seconds=60)

    assert mine
    assert (meanwhile, afterwards) == ((0, 0), 1)


def test_a_run_whose_time_is_up_leaves_the_rest_to_the_next(program: Program) -> None:
    picture = add(program, sent())
    grown = [len(public_files())]
    while not picture_of(picture).is_ready:
        rendering.make_owed(seconds=0)
        picture.refresh_from_db()
        grown.append(len(public_files()))

    assert grown[:-1] == list(range(1, grown[-1] + 1))  # a file a run, and one to say that all are there


def test_a_picture_that_cannot_be_made_hinders_no_other(program: Program) -> None:
    lost, other = add(program, sent((800, 500))), add(program, sent((700, 500)))
    keeping.masters().delete(str(lost.image.name))

    made = rendering.make_owed(seconds=60)

    other.refresh_from_db()
    assert made == 1
    assert picture_of(other).is_ready


def test_only_what_nothing_shows_is_forgotten_and_a_version_brought_back_has_its_picture(
    program: Program,
) -> None:
    picture = add(program, sent((800, 500)))
    rendering.make_owed(seconds=60)
    kept = rendering.forget_unused(lately=-1)
    picture.delete()
    gone = rendering.forget_unused(lately=-1)
    old = Picture.history.first().instance  # type: ignore[attr-defined]
    old.save(force_insert=True)
    rendering.make_owed(seconds=60)

    assert kept == 0
    assert gone > 10
    assert keeping.masters().exists(str(old.image.name))
    assert keeping.public().exists(picture_of(old).master.plain.name)
    assert picture_of(Picture.objects.get()).is_ready


def test_public_files_that_are_lost_are_made_again(program: Program) -> None:
    picture = add(program, sent((800, 500)))
    rendering.make_owed(seconds=60)
    before = public_files()
    for name in before:
        keeping.public().delete(name)
    tasks.tidy_pictures()
    rendering.make_owed(seconds=60)

    assert public_files() == before
    assert picture_of(Picture.objects.get(pk=picture.pk)).is_ready


def test_a_master_has_no_public_address(program: Program) -> None:
    picture = add(program, sent(kind="PNG"))
    name = str(picture.image.name)
    rendering.make_owed(seconds=60)

    assert name.endswith(".png")
    assert name not in public_files()
    assert not Path(keeping.masters().path(name)).is_relative_to(keeping.public().location)
    assert Path(keeping.masters().path(name)).stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_what_is_owed_and_another_ends_what_one_killed_began(
    worker: Worker, program: Program
) -> None:
    first = add(program, sent((1600, 1100)))
    tasks.make_pictures.delay()
    assert eventually(lambda: len(public_files()) > 1)
    worker.kill()
    second = add(program, sent((900, 700)))
    worker.start(concurrency=2)

    # Asked for again and again, as by beat, and by two at once.
    assert eventually(lambda: _asked_twice() and not Picture.objects.filter(renditions=""), seconds=60)
    for picture in (first, second):
        picture.refresh_from_db()
        assert picture_of(picture).is_ready
        for each in picture_of(picture).master.all():
            with keeping.public().open(each.name) as file, Image.open(file) as made:
                made.load()  # whole
                assert made.size == (each.width, each.height)


def _asked_twice() -> bool:
    return bool(tasks.make_pictures.delay() and tasks.make_pictures.delay())
