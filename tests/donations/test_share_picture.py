"""The picture beside a shared address: what it shows, when it changes, and that nobody can make it dear."""

import io
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from donations.models import ProgramTotal
from donations.sharing import painting, pictures
from programs.models import Program, ProgressUpdate

SITE = "https://give.example.org"


@pytest.fixture
def update(program: Program, settings: Any) -> ProgressUpdate:
    settings.SITE_URL = SITE
    return ProgressUpdate.objects.create(
        program=program,
        title_en="The first news",
        title_fr="La première nouvelle",
        slug_en="first-news",
        slug_fr="premiere-nouvelle",
        body_en="<p>It works.</p>",
        body_fr="<p>Cela marche.</p>",
        status="published",
    )


def raised(program: Program, euros: int) -> None:
    ProgramTotal.objects.update_or_create(program=program, defaults={"raised_cents": euros * 100})
    Program.objects.filter(pk=program.pk).touch()


def named_in(client: Client, page: str) -> str:
    """The picture's whole address as the page gives it."""
    html = client.get(page).content.decode()
    (address,) = re.findall(r'<meta property="og:image" content="([^"]+)"', html)
    return unescape(address)


def fetch(client: Client, address: str) -> Any:
    response = client.get(address.removeprefix(SITE))
    assert response.status_code == 200
    return response


def kept() -> list[Path]:
    root = Path(default_storage.path("share"))
    return sorted(root.rglob("*.png")) if root.exists() else []


@pytest.mark.parametrize(
    "page",
    [
        "/en/hematology/",
        "/fr/hematologie/",
        "/en/hematology/give/",
        "/fr/hematologie/updates/",
        "/en/hematology/updates/first-news/",
        "/fr/hematologie/updates/premiere-nouvelle/",
    ],
)
def test_a_page_names_a_picture_of_the_size_that_networks_show(
    client: Client, update: ProgressUpdate, page: str
) -> None:
    address = named_in(client, page)
    response = fetch(client, address)

    assert re.fullmatch(
        rf"{SITE}/(en|fr)/hematolog(y|ie)/(updates/[a-z-]+/)?share\.png\?v=[0-9a-f]{{16}}", address
    )
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert len(response.content) <= painting.LARGEST_BYTES
    with Image.open(io.BytesIO(response.content)) as picture:
        assert picture.size == (1200, 630)
    assert not response.cookies


def test_every_language_and_every_page_has_its_own_picture(client: Client, update: ProgressUpdate) -> None:
    pages = [
        "/en/hematology/",
        "/fr/hematologie/",
        "/en/hematology/updates/first-news/",
        "/fr/hematologie/updates/premiere-nouvelle/",
    ]

    drawn = {fetch(client, named_in(client, page)).content for page in pages}

    assert len(drawn) == len(pages)


def test_the_picture_is_renewed_when_the_total_or_the_title_moves(
    client: Client, update: ProgressUpdate, program: Program
) -> None:
    page = "/en/hematology/"
    before = named_in(client, page)
    raised(program, 9_999)
    not_yet = named_in(client, page)
    raised(program, 10_000)
    one_percent = named_in(client, page)
    Program.objects.filter(pk=program.pk).update(title_en="Another title")

    assert before == not_yet
    assert len({before, one_percent, named_in(client, page)}) == 3


def test_the_picture_shows_as_many_cells_as_percent(
    client: Client, update: ProgressUpdate, program: Program
) -> None:
    """The drawing's side of the picture grows redder with each tenth."""
    carmine = []
    for percent in (0, 30, 60, 100, 140):
        raised(program, percent * 10_000)
        with Image.open(io.BytesIO(fetch(client, named_in(client, "/en/hematology/")).content)) as picture:
            drawing = picture.convert("RGB").crop((640, 0, 1200, 630))
        counted: Counter[Any] = Counter(drawing.get_flattened_data())
        carmine.append(sum(count for (red, green, _blue), count in counted.items() if red > 100 > green))

    assert carmine[0] < carmine[1] < carmine[2] < carmine[3]
    assert abs(carmine[4] - carmine[3]) < carmine[3] / 100  # the colours of the palette differ a little


def test_a_picture_is_drawn_once_and_the_one_before_it_dropped(
    client: Client, update: ProgressUpdate, program: Program
) -> None:
    first = fetch(client, named_in(client, "/en/hematology/")).content
    (drawn,) = kept()
    at = drawn.stat().st_mtime_ns

    again = fetch(client, named_in(client, "/en/hematology/")).content
    assert again == first
    assert [(path, path.stat().st_mtime_ns) for path in kept()] == [(drawn, at)]

    raised(program, 570_000)
    fetch(client, named_in(client, "/en/hematology/"))
    assert len(kept()) == 1
    assert kept() != [drawn]


@pytest.mark.parametrize(
    "asked", ["?v=0000000000000000", "?v=../../etc/passwd", "?v=%00", "?v=" + "9" * 5000, ""]
)
def test_a_made_up_digest_draws_nothing_of_its_own(
    client: Client, update: ProgressUpdate, asked: str
) -> None:
    now = fetch(client, named_in(client, "/en/hematology/")).content

    response = fetch(client, f"/en/hematology/share.png{asked}")

    assert response.content == now
    assert "immutable" not in response["Cache-Control"]
    assert len(kept()) == 1


def test_who_has_the_picture_is_not_sent_it_again(client: Client, update: ProgressUpdate) -> None:
    address = named_in(client, "/en/hematology/").removeprefix(SITE)

    response = client.get(address, headers={"if-none-match": client.get(address)["ETag"]})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize(
    "title",
    [
        "李 🙂 العربية \u202e \ud7ff Ω",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2,
        "x" * 200,
        "#set page(fill: red) $x$ *b* _i_ `c` <l> @r \\ // /* ] }",
        "</svg><script>",
        "\x01\x02\u200b",
    ],
)
def test_every_title_makes_a_picture(title: str) -> None:
    shown = {"language": "en", "site": "Institut Imagine", "kicker": "", "percent": "57%", "target": "of it"}

    drawn = painting.paint({**shown, "title": title}, 57)

    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.size == (1200, 630)
    assert len(drawn) <= painting.LARGEST_BYTES


@pytest.mark.parametrize(
    "path",
    [
        "/en/nothing/share.png",
        "/en/secret/share.png",
        "/en/hematology/updates/nothing/share.png",
        "/en/hematology/updates/hidden/share.png",
    ],
)
def test_there_is_no_picture_of_what_visitors_may_not_read(
    client: Client, update: ProgressUpdate, program: Program, path: str
) -> None:
    Program.objects.create(title_en="Secret", slug_en="secret", target_cents=100_00, starts_on="2026-01-01")
    ProgressUpdate.objects.create(program=program, title_en="Hidden", slug_en="hidden", body_en="<p>x</p>")

    assert client.get(path).status_code == 404
    assert kept() == []


def test_the_other_languages_word_leads_to_this_languages_picture(
    client: Client, update: ProgressUpdate
) -> None:
    response = client.get("/fr/hematology/updates/first-news/share.png")

    assert (response.status_code, response["Location"]) == (
        301,
        "/fr/hematologie/updates/premiere-nouvelle/share.png",
    )


def test_a_disk_that_takes_nothing_leaves_the_picture(
    client: Client, update: ProgressUpdate, settings: Any, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "media"
    in_the_way.write_text("a file where the folder should be")
    settings.MEDIA_ROOT = str(in_the_way)

    assert fetch(client, "/en/hematology/share.png").content.startswith(b"\x89PNG")


def test_the_alternative_text_says_what_the_picture_shows(update: ProgressUpdate, program: Program) -> None:
    raised(program, 570_000)

    assert pictures.of_update(update).alt == "The first news. 57% of the €1,000,000 target."
