"""Pictures: what visitors are sent, and when it is made."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from programs import tasks
from programs.models import Picture, Program
from programs.pictures import keeping, picture_of, rendering
from programs.pictures.renditions import SHAPES, Master
from tests.journeys.waiting import eventually
from tests.processes import Worker
from tests.programs.photographs import opened, sent

pytestmark = pytest.mark.django_db

GPS = 0x8825


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
