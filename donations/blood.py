"""What the cells of blood look like: their outlines, drawn around 0, and their colours on light paper.

A shape is a body with what lies in it: a nucleus, granules, or the dimple of a red cell, which has
lost its nucleus. Colours belong to the family, so that a style sheet can give it others.
"""

from typing import Final, NamedTuple


class Part(NamedTuple):
    """One outline of a shape. The role says which of its family's colours fills it: body, heart or shade."""

    role: str
    d: str


class Shape(NamedTuple):
    name: str
    family: str
    radius: int
    parts: tuple[Part, ...]


class Colours(NamedTuple):
    body: str
    heart: str
    shade: str
    edge: str


# On light paper. The style sheet's tokens have the same, and those of the dark.
LIGHT: Final = {
    "stem": Colours("#6e0f21", "#d98a86", "#97182e", "#6e0f21"),
    "young": Colours("#dd9690", "#8a1830", "#8a1830", "#b3525a"),
    "red": Colours("#b3223b", "#cb5364", "#97182e", "#b3223b"),
    "white": Colours("#f9e3dc", "#8a1830", "#d9a29c", "#b3525a"),
    "platelet": Colours("#edc7a0", "#b4683c", "#b4683c", "#b4683c"),
}


def _disc(radius: int, x: int = 0, y: int = 0) -> str:
    return f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0-{2 * radius} 0z"


def _tilted(radius: int, slope: int, x: int = 0, y: int = 0) -> str:
    """A disc seen a little from the side; its longer axis rises (slope 1) or falls (-1) to the right."""
    across, down, short = round(radius * 0.87), round(radius * 0.5) * slope, round(radius * 0.8)
    arc = f"a{radius} {short} {-30 * slope} 1 0"
    return f"M{x - across} {y + down}{arc} {2 * across} {-2 * down}{arc} {-2 * across} {2 * down}z"


def _grains(*places: tuple[int, int]) -> str:
    return "".join(_disc(3, *place) for place in places)


def _lobes(*lobes: tuple[int, int, int]) -> str:
    """Discs that run into one another: where and how large each is."""
    return "".join(_disc(radius, x, y) for x, y, radius in lobes)


def _shape(name: str, family: str, radius: int, **parts: str) -> Shape:
    return Shape(name, family, radius, tuple(Part(role, d) for role, d in parts.items()))


_KIDNEY = "M-17-18C-2-31 23-19 24-1C25 18 6 28-11 21C-20 16-16 9-7 8C3 6 4-2-5-4C-16-6-26-9-17-18z"
_BUMPY = (
    "M36-7Q38 4 37 16Q35 28 24 32Q12 36 1 40Q-11 44-20 35Q-28 27-37 18Q-45 8-40-3"
    "Q-34-14-31-26Q-27-38-14-38Q-2-37 11-38Q23-39 28-28Q34-17 36-7z"
)
_RAGGED = (
    "M16-2Q14 3 14 8Q15 13 10 13Q4 13 0 17Q-4 20-7 15Q-9 11-14 9Q-19 6-17 2"
    "Q-15-3-15-8Q-15-13-9-13Q-4-13 0-16Q4-19 7-15Q9-10 14-8Q18-6 16-2z"
)
_RAGGED_TURNED = (
    "M15 6Q11 10 7 15Q4 19-1 16Q-6 13-11 11Q-17 9-16 4Q-15-2-15-7"
    "Q-14-13-8-14Q-3-15 3-16Q8-18 10-12Q12-7 16-2Q19 2 15 6z"
)

SHAPES: Final = (
    _shape(
        "stem", "stem", 46, body=_disc(46), heart=_disc(28, 3, -3), shade=_disc(8, -5, 4) + _disc(5, 13, -12)
    ),
    _shape("progenitor", "young", 34, body=_disc(34), heart=_disc(21, 1, -1)),
    _shape("erythroblast", "young", 29, body=_disc(29), heart=_disc(13, 2, -2)),
    _shape("myeloblast", "young", 33, body=_disc(33), heart=_KIDNEY),
    _shape("lymphoblast", "young", 31, body=_disc(31), heart=_disc(21, -2, 2)),
    _shape(
        "megakaryocyte",
        "platelet",
        43,
        body=_BUMPY,
        heart=_lobes((-12, -8, 13), (9, -11, 14), (15, 9, 12), (-5, 12, 14)),
    ),
    # The dimple has its shadow on the side the light comes from.
    _shape("red", "red", 33, body=_disc(33), shade=_disc(18), heart=_disc(15, 2, 2)),
    _shape("red-small", "red", 29, body=_disc(29), shade=_disc(16), heart=_disc(13, 2, 2)),
    _shape("red-left", "red", 33, body=_tilted(33, -1), shade=_tilted(18, -1), heart=_tilted(15, -1, 2, 2)),
    _shape("red-right", "red", 33, body=_tilted(33, 1), shade=_tilted(18, 1), heart=_tilted(15, 1, 2, 2)),
    _shape(
        "neutrophil",
        "white",
        35,
        body=_disc(35),
        heart=_lobes((-13, -9, 9), (10, -13, 10), (11, 11, 10), (-2, -13, 5), (13, -1, 5)),
        shade=_grains((-20, 12), (-9, 20), (-4, 3), (27, 3)),
    ),
    _shape(
        "neutrophil-turned",
        "white",
        35,
        body=_disc(35),
        heart=_lobes((13, 9, 10), (-10, 13, 10), (-12, -11, 9), (2, 13, 5), (-13, 1, 5)),
        shade=_grains((20, -12), (9, -20), (3, -3), (-26, -3)),
    ),
    _shape("monocyte", "white", 36, body=_disc(36), heart=_KIDNEY),
    _shape("lymphocyte", "white", 30, body=_disc(30), heart=_disc(21, 2, -1)),
    _shape("platelet", "platelet", 17, body=_RAGGED, heart=_grains((-4, -4), (5, -2), (0, 6))),
    _shape("platelet-turned", "platelet", 17, body=_RAGGED_TURNED, heart=_grains((-5, 0), (3, -6), (5, 5))),
)
