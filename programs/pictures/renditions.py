"""Which files of a picture visitors are shown, under which names, and what part of it each shows.

Pure: nothing is read or written. A name says all that its file depends on, so that a file never
changes under its name and may be kept by browsers for ever.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

RECIPE: Final = 1  # counted in every name: another way of making them makes other files
FORMATS: Final[dict[str, dict[str, Any]]] = {
    # One thread: the machine also has visitors. Ending of the name: how Pillow saves it.
    "avif": {"format": "AVIF", "quality": 60, "speed": 6, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}
PLAIN_WIDTH: Final = 1200  # of the JPEG that is there from the first moment


class Shape(NamedTuple):
    ratio: Fraction | None  # width to height; None: the whole picture as it is
    widths: tuple[int, ...]


SHAPES: Final = {
    "whole": Shape(None, (400, 800, 1200, 1600)),
    "card": Shape(Fraction(3, 2), (400, 800, 1200)),
}


class Rendition(NamedTuple):
    name: str
    box: tuple[int, int, int, int]  # what it shows of the master
    width: int
    height: int
    ending: str


@dataclass(frozen=True)
class Master:
    """A kept picture, as far as its renditions depend on it. The focal point is in percent."""

    name: str
    width: int
    height: int
    focal_x: int = 50
    focal_y: int = 50

    @property
    def plain(self) -> Rendition:
        """The one file that is public as soon as the picture is kept."""
        box = self.box("whole")
        width = min(PLAIN_WIDTH, self.width)
        return Rendition(f"{self._stem}.jpg", box, width, _height(box, width), "jpg")

    def all(self) -> Iterator[Rendition]:
        yield self.plain
        for shape in SHAPES:
            for ending in FORMATS:
                yield from self.renditions(shape, ending)

    def renditions(self, shape: str, ending: str) -> list[Rendition]:
        """From narrow to wide; never wider than what they show."""
        box = self.box(shape)
        cut = box[2] - box[0]
        mark = hashlib.sha256(repr((RECIPE, box)).encode()).hexdigest()[:8]
        widths = [width for width in SHAPES[shape].widths if width < cut]
        if len(widths) < len(SHAPES[shape].widths):
            widths.append(cut)
        return [
            Rendition(f"{self._stem}-{mark}-{width}.{ending}", box, width, _height(box, width), ending)
            for width in widths
        ]

    @property
    def key(self) -> str:
        """Says which files they are: another picture, focal point or recipe has another."""
        return hashlib.sha256("\n".join(each.name for each in self.all()).encode()).hexdigest()[:32]

    def box(self, shape: str) -> tuple[int, int, int, int]:
        """The largest part of that shape, with the focal point in its middle or as near as can be."""
        ratio = SHAPES[shape].ratio
        if ratio is None:
            return 0, 0, self.width, self.height
        width = max(1, min(self.width, int(self.height * ratio)))
        height = max(1, min(self.height, round(width / ratio)))
        left = _place(self.width, width, self.focal_x)
        top = _place(self.height, height, self.focal_y)
        return left, top, left + width, top + height

    @property
    def _stem(self) -> str:
        return self.name.rsplit(".", 1)[0]


def _height(box: tuple[int, int, int, int], width: int) -> int:
    return max(1, round((box[3] - box[1]) * width / (box[2] - box[0])))


def _place(whole: int, cut: int, percent: int) -> int:
    """Where a cut begins so that the point lies in its middle, within the whole."""
    return min(max(round(whole * percent / 100 - cut / 2), 0), whole - cut)
