"""A hundred blood cells descended from one: the drawing of how far a programme has come.

Each cell is 1 % of the target and they fill in the order they are born, from the stem cell upwards.
Knows no programme: `lineage` has the places, `blood` the shapes, this module what a moment shows.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from donations.blood import LIGHT, SHAPES
from donations.lineage import CELLS, Cell

VIEW_BOX: Final = "-510 -512 1020 1004"
_SHAPES: Final = {shape.name: shape for shape in SHAPES}
_PAPER, _SHADOW, _PENCIL, _BARE, _ALIVE = "#fffdf8", "#f3ecdf", "#a9927d", "#dccfbd", "#cf9a98"


class Ring(NamedTuple):
    """A mark around a cell."""

    x: int
    y: int
    r: int


class Level(NamedTuple):
    """The part of the next cell that is filled already: what lies below its surface."""

    x: int
    y: int
    width: int
    height: int


class Branches(NamedTuple):
    """SVG paths, by how much they carry."""

    trunk: str
    limbs: str
    twigs: str


@dataclass(frozen=True)
class Drawing:
    """What one moment shows. `growing` is the cell that fills now, and stands among the waiting too."""

    full: tuple[Cell, ...]
    waiting: tuple[Cell, ...]
    growing: Cell | None
    level: Level | None
    grown_branches: Branches
    bare_branches: Branches
    pace: Ring | None
    milestones: tuple[Ring, ...]
    buds: tuple[Ring, ...]
    bud_branches: str


def draw(
    percent: int, *, part: int = 0, pace: int = 0, milestones: Collection[int] = (), beyond: int = 0
) -> Drawing:
    """The cells with the first `percent` filled, and `part` % of the next one.

    `pace` and `milestones` are percentages: the cell that completes them is marked. Of what lies
    `beyond` the hundred, every ten percent begun is a bud, as far as there is room for them.
    """
    born = min(max(percent, 0), 100)
    growing = CELLS[born] if born < 100 else None
    buds = _BUDS[: -(-max(beyond, 0) // 10)]
    return Drawing(
        full=CELLS[:born],
        waiting=CELLS[born:],
        growing=growing,
        level=_level(growing, part) if growing and part > 0 else None,
        grown_branches=_gather(range(1, born)),
        bare_branches=_gather(range(max(born, 1), 100)),
        pace=_ring(pace, 12) if 0 < pace < 100 else None,
        milestones=tuple(_ring(each, 7) for each in sorted(set(milestones)) if 0 < each <= 100),
        buds=tuple(bud for bud, _branch in buds),
        bud_branches="".join(branch for _bud, branch in buds),
    )


def standalone_svg(filled: int, *, part: int = 0, beyond: int = 0, size: int = 1000) -> str:
    """The drawing as an SVG document of its own, `size` pixels wide, on a transparent ground.

    Colours are attributes of the shapes, those of light paper: no style sheet is needed.
    """
    drawing = draw(filled, part=part, beyond=beyond)
    bare, grown = drawing.bare_branches, drawing.grown_branches
    body = [
        f'<g fill="none" stroke-linecap="round" stroke="{_BARE}">',
        *(f'<path stroke-width="{w}" d="{d}"/>' for w, d in zip((6, 4, 3), bare, strict=True) if d),
        f'</g><g fill="none" stroke-linecap="round" stroke="{_ALIVE}">',
        *(f'<path stroke-width="{w}" d="{d}"/>' for w, d in zip((11, 7, 4), grown, strict=True) if d),
        f'<path stroke-width="4" d="{drawing.bud_branches}"/>' if drawing.buds else "",
        "</g>",
        *(_inline(cell, full=False) for cell in drawing.waiting),
        *(_inline(cell, full=True) for cell in drawing.full),
        *(f'<circle cx="{x}" cy="{y}" r="{r}" fill="{LIGHT["red"].body}"/>' for x, y, r in drawing.buds),
    ]
    if drawing.growing and drawing.level:
        x, y, width, height = drawing.level
        body.append(
            f'<clipPath id="level"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath>'
            f'<g clip-path="url(#level)">{_inline(drawing.growing, full=True)}</g>'
        )
    height = round(size * 1004 / 1020)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{height}" viewBox="{VIEW_BOX}">'
        f"{''.join(body)}</svg>"
    )


def radius(cell: Cell) -> int:
    return _SHAPES[cell.shape].radius


def _inline(cell: Cell, *, full: bool) -> str:
    shape = _SHAPES[cell.shape]
    colours = LIGHT[shape.family]
    parts = []
    for role, d in shape.parts:
        if full:
            edge = f' stroke="{colours.edge}" stroke-width="2"' if role == "body" else ""
            parts.append(f'<path fill="{getattr(colours, role)}"{edge} d="{d}"/>')
        elif role == "body":
            parts.append(f'<path fill="{_PAPER}" stroke="{_PENCIL}" stroke-width="2" d="{d}"/>')
        elif role == "heart":
            parts.append(f'<path fill="{_SHADOW}" d="{d}"/>')
    return f'<g transform="translate({cell.x} {cell.y})">{"".join(parts)}</g>'


def _ring(percent: int, gap: int) -> Ring:
    cell = CELLS[percent - 1]
    return Ring(cell.x, cell.y, radius(cell) + gap)


def _level(cell: Cell, part: int) -> Level:
    r = radius(cell) + 1
    height = max(round(2 * r * min(part, 99) / 100), 2)
    return Level(cell.x - r, cell.y + r - height, 2 * r, height)


def _gather(born: range) -> Branches:
    paths: tuple[list[str], list[str], list[str]] = ([], [], [])
    for number in born:
        paths[_WEIGHTS[number]].append(_BRANCHES[number])
    return Branches(*("".join(group) for group in paths))


def _weights() -> list[int]:
    """0 for a branch that carries twenty cells, 1 for one that carries some, 2 for a single cell."""
    carried = [1] * 100
    for number in range(99, 0, -1):
        carried[CELLS[number].mother or 0] += carried[number]
    return [0 if cells >= 20 else 1 if cells > 1 else 2 for cells in carried]


def _heading(number: int) -> tuple[float, float]:
    """Where the branch to a cell is going when it arrives: away from the mother, and a little upwards."""
    cell = CELLS[number]
    if cell.mother is None:
        return 0.0, -1.0
    mother = CELLS[cell.mother]
    length = math.dist((cell.x, cell.y), (mother.x, mother.y))
    x, y = 0.65 * (cell.x - mother.x) / length, 0.65 * (cell.y - mother.y) / length - 0.35
    return x / math.hypot(x, y), y / math.hypot(x, y)


def _branch(number: int) -> str:
    """From a mother to her daughter: a twig bends a little, a limb leaves as its own mother's arrived."""
    cell = CELLS[number]
    if cell.mother is None:
        return ""
    mother = CELLS[cell.mother]
    dx, dy = cell.x - mother.x, cell.y - mother.y
    start = f"M{mother.x} {mother.y}"
    if _WEIGHTS[number] == 2:
        return _pack(f"{start}q{dx / 2 - dy * 0.14:.0f} {dy / 2 + dx * 0.14:.0f} {dx} {dy}")
    length = math.hypot(dx, dy)
    (out_x, out_y), (in_x, in_y) = _heading(cell.mother), _heading(number)
    x1, y1 = 0.42 * (0.55 * out_x * length + 0.45 * dx), 0.42 * (0.55 * out_y * length + 0.45 * dy)
    x2, y2 = dx - 0.38 * (0.4 * in_x * length + 0.6 * dx), dy - 0.38 * (0.4 * in_y * length + 0.6 * dy)
    return _pack(f"{start}c{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f} {dx} {dy}")


def _pack(path: str) -> str:
    return path.replace("-0 ", "0 ").replace(" -", "-")


def _buds() -> list[tuple[Ring, str]]:
    """Room for new cells outside the crown, the highest first; each grows on from a cell at its edge."""
    found: list[tuple[Ring, str]] = []
    for number in sorted(range(100), key=lambda number: CELLS[number].y):
        cell = CELLS[number]
        if _WEIGHTS[number] != 2 or cell.mother is None:
            continue
        mother = CELLS[cell.mother]
        length = math.dist((cell.x, cell.y), (mother.x, mother.y))
        step = (radius(cell) + 17) / length
        x, y = round(cell.x + (cell.x - mother.x) * step), round(cell.y + (cell.y - mother.y) * step)
        free = all(math.dist((x, y), (each.x, each.y)) > radius(each) + 14 for each in CELLS)
        if free and math.hypot(x, y) > 470 and max(abs(x), abs(y)) < 500:
            found.append((Ring(x, y, 8), _pack(f"M{cell.x} {cell.y}L{x} {y}")))
    return found


_WEIGHTS: Final = _weights()
_BRANCHES: Final = [_branch(number) for number in range(100)]
_BUDS: Final = _buds()
