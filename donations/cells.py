"""A hundred blood cells descended from one: the drawing of how far a programme has come.

Each cell is 1 % of the target and they fill in the order they are born, from the middle outwards.
The places never change, so they are found once, when this module is read. Knows no programme.
"""

import math
from typing import NamedTuple

# What the first cell's five daughters and all their descendants become.
_LINEAGES = ("red", "red", "white", "red", "platelet")
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))  # the next cell goes where there is most room, as in a sunflower


# Body, edge and heart of each kind of cell on light paper, for drawings that no style sheet reaches.
_LIGHT = {
    "stem": ("#b3223b", "#cb5364"),
    "red": ("#b3223b", "#cb5364"),
    "white": ("#83152b", "#eebdb9"),
    "platelet": ("#c9434a", "#f1b9a9"),
}


class Cell(NamedTuple):
    """A cell's place in a drawing 1000 units wide centred on 0, and the branch from its mother (SVG path)."""

    x: int
    y: int
    kind: str
    branch: str


class Drawn(NamedTuple):
    """A cell as one moment shows it. `next` is the first that is not filled yet."""

    x: int
    y: int
    kind: str
    branch: str
    filled: bool
    next: bool
    pace: bool


def draw(percent: int, pace_percent: int = 0) -> list[Drawn]:
    """The cells with the first `percent` filled, and a mark on the one a steady pace would have reached."""
    return [
        Drawn(*cell, filled=born < percent, next=born == percent, pace=born + 1 == pace_percent < 100)
        for born, cell in enumerate(CELLS)
    ]


def standalone_svg(filled: int, *, size: int = 1000) -> str:
    """The drawing with `filled` cells as an SVG document of its own, `size` pixels wide, transparent.

    Colours are attributes of the shapes, those of light paper: no style sheet is needed.
    """
    drawn = draw(min(max(filled, 0), 100))
    branches = "".join(cell.branch for cell in drawn)
    parts = [f'<path d="{branches}" fill="none" stroke="#dccfbd" stroke-width="4"/>']
    for cell in drawn:
        body, heart = _LIGHT[cell.kind] if cell.filled else ("#fffdf8", "none")
        edge = body if cell.filled else "#a9927d"
        parts.append(
            f'<circle cx="{cell.x}" cy="{cell.y}" r="31" fill="{body}" stroke="{edge}" stroke-width="3"/>'
        )
        parts.append(f'<circle cx="{cell.x}" cy="{cell.y}" r="14" fill="{heart}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="-500 -500 1000 1000">'
        f"{''.join(parts)}</svg>"
    )


def _grow() -> tuple[Cell, ...]:
    places, daughters = [(0.0, 0.0)], [0]
    cells = [Cell(0, 0, "stem", "")]
    for born in range(1, 100):
        place = _place(born)
        mother = 0 if born <= len(_LINEAGES) else _mother(place, places, daughters)
        if mother == 0:
            kind = "stem"
        elif mother <= len(_LINEAGES):
            kind = _LINEAGES[mother - 1]
        else:
            kind = cells[mother].kind
        cells.append(Cell(round(place[0]), round(place[1]), kind, _branch(places[mother], place)))
        places.append(place)
        daughters.append(0)
        daughters[mother] += 1
    return tuple(cells)


def _place(born: int) -> tuple[float, float]:
    """Even room for everyone, and a little disorder: living things are not ruled with a compass."""
    radius, angle = 45.5 * math.sqrt(born + 1.2), born * _GOLDEN_ANGLE
    return (
        radius * math.cos(angle) + 3 * math.sin(born * 12.9898),
        radius * math.sin(angle) + 3 * math.sin(born * 78.233),
    )


def _mother(place: tuple[float, float], places: list[tuple[float, float]], daughters: list[int]) -> int:
    """The cell nearest to a point one step further in; nobody but the first has more than two daughters."""
    inwards = 1 - 60 / math.hypot(*place)
    wanted = (place[0] * inwards, place[1] * inwards)
    free = (born for born in range(1, len(places)) if daughters[born] < 2)
    return min(free, key=lambda born: math.dist(places[born], wanted) + 5 * daughters[born])


def _branch(mother: tuple[float, float], daughter: tuple[float, float]) -> str:
    """A slightly bent line, all bent the same way, so that the whole seems to turn."""
    (x1, y1), (x2, y2) = mother, daughter
    bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) * 0.12, (y1 + y2) / 2 + (x2 - x1) * 0.12
    return f"M{x1:.0f} {y1:.0f}Q{bend_x:.0f} {bend_y:.0f} {x2:.0f} {y2:.0f}"


CELLS = _grow()
