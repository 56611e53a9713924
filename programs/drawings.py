"""Drawings of ours for demonstrations: blood as under a microscope, in the site's own colours.

The same seed gives the same drawing. Nothing here is a photograph, and nobody's blood.
"""

import io
import math
import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

_SIZE: Final = (1800, 1200)
_FINE: Final = 2  # drawn larger and reduced, for smooth edges
_PAPER: Final = (248, 238, 226)
_REDS: Final = ((190, 58, 72), (176, 42, 60), (200, 78, 86), (164, 32, 52))
_WHITE: Final = (233, 205, 214)
_NUCLEUS: Final = (110, 28, 66)
_PLATELET: Final = (205, 128, 96)

_Point = tuple[float, float]


def blood(seed: int, *, crowded: float = 1.0) -> bytes:
    """A drawing of red cells, a few white ones and platelets, as the bytes of a PNG."""
    chance = random.Random(seed)  # noqa: S311  a drawing, no secret
    width, height = _SIZE[0] * _FINE, _SIZE[1] * _FINE
    picture = Image.new("RGB", (width, height), _PAPER)
    places = _places(chance, width, height, crowded)
    whites = [place for place in places if place[2] > 150 * _FINE]
    for x, y, radius in places:
        if radius > 150 * _FINE:
            continue
        if radius < 40 * _FINE:
            _platelet(picture, chance, (x, y), radius)
        else:
            _red(picture, chance, (x, y), radius)
    for x, y, radius in whites:
        _white(picture, chance, (x, y), radius)
    _vignette(picture)
    body = io.BytesIO()
    picture.resize(_SIZE, Image.Resampling.LANCZOS).save(body, "PNG", compress_level=3)
    return body.getvalue()


def _places(
    chance: random.Random, width: int, height: int, crowded: float
) -> list[tuple[float, float, float]]:
    """Centres and radii that hardly touch: the large cells first, the small ones in what is left."""
    taken: list[tuple[float, float, float]] = []
    for count, low, high, apart in (
        (3, 152, 172, 1.5),
        (int(150 * crowded), 74, 96, 0.97),
        (int(70 * crowded), 16, 30, 1.25),
    ):
        for _cell in range(count):
            for _try in range(60):
                radius = chance.uniform(low, high) * _FINE
                x, y = chance.uniform(-0.03, 1.03) * width, chance.uniform(-0.03, 1.03) * height
                if all(math.dist((x, y), other[:2]) > (radius + other[2]) * apart for other in taken):
                    taken.append((x, y, radius))
                    break
    return taken


def _outline(
    chance: random.Random, centre: _Point, radius: float, *, uneven: float, squeezed: float = 1.0
) -> list[_Point]:
    """A closed line that is nearly a circle."""
    turn = chance.uniform(0, math.tau)
    waves = [
        (order, chance.uniform(0, math.tau), chance.uniform(0.3, 1) * uneven / order) for order in (2, 3, 5)
    ]
    points = []
    for step in range(180):
        angle = math.tau * step / 180
        reach = radius * (1 + sum(size * math.cos(order * angle + phase) for order, phase, size in waves))
        x, y = reach * math.cos(angle), reach * math.sin(angle) * squeezed
        points.append(
            (
                centre[0] + x * math.cos(turn) - y * math.sin(turn),
                centre[1] + x * math.sin(turn) + y * math.cos(turn),
            )
        )
    return points


def _laid(
    picture: Image.Image,
    shape: list[_Point],
    colour: tuple[int, int, int],
    *,
    soft: float = 0,
    opacity: int = 255,
) -> None:
    """Lay a shape on the picture, its edge as soft as asked."""
    left, top = (int(min(point[axis] for point in shape) - 3 * soft - 4) for axis in (0, 1))
    right, foot = (int(max(point[axis] for point in shape) + 3 * soft + 4) for axis in (0, 1))
    mask = Image.new("L", (right - left, foot - top), 0)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in shape], fill=opacity)
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(soft))
    picture.paste(Image.new("RGB", mask.size, colour), (left, top), mask)


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def _red(picture: Image.Image, chance: random.Random, centre: _Point, radius: float) -> None:
    """A disc with a hollow on each side: paler where it is thin."""
    colour = chance.choice(_REDS)
    body = _outline(chance, centre, radius, uneven=0.03, squeezed=chance.uniform(0.86, 1))
    shade = [(x + radius * 0.05, y + radius * 0.08) for x, y in body]
    _laid(picture, shade, _mixed(_PAPER, colour, 0.45), soft=radius * 0.09, opacity=150)
    _laid(picture, body, colour)
    inner = _outline(chance, centre, radius * 0.8, uneven=0.03)
    _laid(picture, inner, _mixed(colour, _PAPER, 0.13), soft=radius * 0.1)
    hollow = _outline(chance, centre, radius * 0.36, uneven=0.06)
    _laid(picture, hollow, _mixed(colour, _PAPER, 0.55), soft=radius * 0.17)


def _white(picture: Image.Image, chance: random.Random, centre: _Point, radius: float) -> None:
    """A pale cell around a nucleus of several lobes."""
    body = _outline(chance, centre, radius, uneven=0.05)
    shade = [(x + radius * 0.03, y + radius * 0.06) for x, y in body]
    _laid(picture, shade, _mixed(_PAPER, _NUCLEUS, 0.3), soft=radius * 0.08, opacity=150)
    _laid(picture, body, _WHITE)
    _laid(
        picture,
        _outline(chance, centre, radius * 0.86, uneven=0.05),
        _mixed(_WHITE, _PAPER, 0.35),
        soft=radius * 0.12,
    )
    for _grain in range(90):
        angle, far = chance.uniform(0, math.tau), chance.uniform(0, 0.82) ** 0.6 * radius
        grain = (centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle))
        _laid(
            picture,
            _outline(chance, grain, radius * 0.022, uneven=0.1),
            _mixed(_WHITE, _NUCLEUS, 0.35),
            opacity=150,
        )
    lobes = chance.choice((3, 4))
    start = chance.uniform(0, math.tau)
    for lobe in range(lobes):
        angle = start + lobe * math.tau * 0.72 / (lobes - 1)
        place = (centre[0] + 0.4 * radius * math.cos(angle), centre[1] + 0.4 * radius * math.sin(angle))
        size = radius * chance.uniform(0.27, 0.33)
        _laid(picture, _outline(chance, place, size, uneven=0.09), _NUCLEUS, soft=radius * 0.012)
        light = (place[0] - size * 0.25, place[1] - size * 0.3)
        _laid(
            picture,
            _outline(chance, light, size * 0.42, uneven=0.1),
            _mixed(_NUCLEUS, _WHITE, 0.28),
            soft=size * 0.22,
        )


def _platelet(picture: Image.Image, chance: random.Random, centre: _Point, radius: float) -> None:
    """A small piece with an uneven edge and a grained heart."""
    body = _outline(chance, centre, radius, uneven=0.22, squeezed=chance.uniform(0.7, 1))
    _laid(picture, body, _mixed(_PAPER, _PLATELET, 0.8))
    _laid(
        picture,
        _outline(chance, centre, radius * 0.5, uneven=0.2),
        _mixed(_PLATELET, _NUCLEUS, 0.35),
        soft=radius * 0.18,
    )


def _vignette(picture: Image.Image) -> None:
    """Light in the middle, a little less at the edges, as one sees through a lens."""
    small = Image.new("L", (90, 60), 0)
    for y in range(60):
        for x in range(90):
            far = math.hypot((x - 44.5) / 45, (y - 29.5) / 30)
            small.putpixel((x, y), round(max(0.0, far - 0.75) * 150))
    mask = small.resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste(Image.new("RGB", picture.size, (70, 16, 28)), (0, 0), mask)
