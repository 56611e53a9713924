"""The drawing of the hundred cells: who descends from whom, what is filled, and that nothing touches."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from donations import cells
from donations.blood import SHAPES
from donations.lineage import CELLS

_SVG = "{http://www.w3.org/2000/svg}"
_LEFT, _TOP, _WIDTH, _HEIGHT = map(int, cells.VIEW_BOX.split())


def _inside(x: float, y: float, r: float) -> bool:
    return _LEFT + r <= x <= _LEFT + _WIDTH - r and _TOP + r <= y <= _TOP + _HEIGHT - r


def test_there_are_a_hundred_cells_and_no_two_touch() -> None:
    gaps = [
        math.dist((a.x, a.y), (b.x, b.y)) - cells.radius(a) - cells.radius(b)
        for number, a in enumerate(CELLS)
        for b in CELLS[:number]
    ]

    assert len(CELLS) == 100
    assert min(gaps) > 4


def test_every_cell_has_room_for_its_rings() -> None:
    assert all(_inside(cell.x, cell.y, cells.radius(cell) + 4) for cell in CELLS)


def test_every_cell_descends_from_an_older_one_and_all_from_the_stem_cell() -> None:
    stem, *daughters = CELLS

    assert (stem.shape, stem.mother) == ("stem", None)
    assert all(cell.mother is not None and cell.mother < born for born, cell in enumerate(daughters, start=1))


def test_a_cell_that_has_lost_its_nucleus_has_no_daughters() -> None:
    mothers = {CELLS[cell.mother].shape for cell in CELLS if cell.mother is not None}

    assert mothers == {
        "stem", "progenitor", "erythroblast", "megakaryocyte", "myeloblast", "lymphoblast",
    }  # fmt: skip


def test_a_branch_leads_from_the_mother_to_the_daughter() -> None:
    for born in range(1, 100):
        cell = CELLS[born]
        branches = cells.draw(born + 1).grown_branches, cells.draw(born).grown_branches
        (branch,) = set(_paths(*branches[0])) - set(_paths(*branches[1]))
        numbers = [int(number) for number in re.findall(r"-?\d+", branch)]

        mother = CELLS[cell.mother or 0]
        assert (numbers[0], numbers[1]) == (mother.x, mother.y)
        assert (numbers[0] + numbers[-2], numbers[1] + numbers[-1]) == (cell.x, cell.y)


def _paths(*groups: str) -> list[str]:
    return [path for group in groups for path in re.findall(r"M[^M]+", group)]


def test_an_outline_keeps_within_its_cell() -> None:
    for shape in SHAPES:
        for part in shape.parts:
            starts = re.findall(r"M(-?\d+)[ ]?(-?\d+)", part.d)
            assert starts
            assert all(math.hypot(int(x), int(y)) <= shape.radius + 1 for x, y in starts)


@pytest.mark.parametrize(
    ("percent", "full", "waiting"),
    [(-1, 0, 100), (0, 0, 100), (3, 3, 97), (57, 57, 43), (100, 100, 0), (140, 100, 0)],
)
def test_each_cell_is_one_percent(percent: int, full: int, waiting: int) -> None:
    drawing = cells.draw(percent, beyond=percent - 100)

    assert (len(drawing.full), len(drawing.waiting)) == (full, waiting)
    assert drawing.full + drawing.waiting == CELLS
    assert drawing.growing == (CELLS[full] if full < 100 else None)
    grown, bare = _paths(*drawing.grown_branches), _paths(*drawing.bare_branches)
    assert (len(grown), len(bare)) == (max(full - 1, 0), 99 - max(full - 1, 0))
    assert len(drawing.buds) == (4 if percent == 140 else 0)


def test_the_next_cell_fills_from_below() -> None:
    levels = [cells.draw(3, part=part).level for part in (1, 40, 99)]
    cell, r = CELLS[3], cells.radius(CELLS[3])

    assert cells.draw(3).level is None
    assert all(level and level.y + level.height == cell.y + r + 1 for level in levels)
    assert [level.height for level in levels if level] == sorted(
        {2, round(0.8 * (r + 1)), round(1.98 * (r + 1))}
    )


@pytest.mark.parametrize(
    ("percent", "marked"), [(0, None), (1, 0), (8, 7), (99, 98), (100, None), (140, None)]
)
def test_the_pace_is_marked_on_the_way_only(percent: int, marked: int | None) -> None:
    pace = cells.draw(50, pace=percent).pace

    assert (pace and (pace.x, pace.y)) == (None if marked is None else CELLS[marked][:2])


def test_milestones_are_marked_once_each_and_only_within_the_hundred() -> None:
    rings = cells.draw(50, milestones=[25, 100, 25, 0, 150]).milestones

    assert [(ring.x, ring.y) for ring in rings] == [CELLS[24][:2], CELLS[99][:2]]


def test_buds_open_outside_the_crown_as_far_as_there_is_room() -> None:
    buds = cells.draw(100, beyond=100_000).buds

    assert len(buds) >= 10
    assert all(_inside(*bud) for bud in buds)
    assert all(
        math.dist((bud.x, bud.y), (cell.x, cell.y)) > bud.r + cells.radius(cell)
        for bud in buds
        for cell in CELLS
    )
    assert all(
        math.dist((a.x, a.y), (b.x, b.y)) > a.r + b.r for number, a in enumerate(buds) for b in buds[:number]
    )


@pytest.mark.parametrize(
    ("filled", "part", "beyond"), [(0, 0, 0), (3, 40, 0), (57, 60, 0), (100, 0, 0), (100, 0, 40)]
)
def test_the_drawing_alone_needs_no_style_sheet(filled: int, part: int, beyond: int) -> None:
    svg = cells.standalone_svg(filled, part=part, beyond=beyond)
    root = ET.fromstring(svg)  # noqa: S314  our own drawing

    assert svg == cells.standalone_svg(filled, part=part, beyond=beyond)
    assert len(root.findall(f".//{_SVG}g[@transform]")) == 100 + (1 if part else 0)
    assert all(path.get("fill") or path.get("stroke-width") for path in root.iter(f"{_SVG}path"))
    assert not {"class", "style", "href"} & {name for element in root.iter() for name in element.attrib}
