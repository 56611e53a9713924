"""The drawing of a picture for a shared address: Typst sets it, Pillow makes it small."""

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from PIL import Image

from donations import cells
from donations.receipts import legible, typesetting

# The size that networks ask for, and one that they all show whole.
WIDTH: Final = 1200
HEIGHT: Final = 630
LARGEST_BYTES: Final = 300_000
_TEMPLATE: Final = Path(__file__).with_name("picture.typ")
_COLOURS: Final = 128


def paint(shown: dict[str, Any], filled: int) -> bytes:
    """The picture as a PNG. Every text yields one: what no font draws is spelled in plain letters."""
    data = shown | {
        "title": legible.spell(shown["title"], typesetting.can_show),
        "cells": cells.standalone_svg(filled),
        "mark": _mark(),
    }
    with Image.open(io.BytesIO(typesetting.paint(_TEMPLATE, data))) as full:
        palette = full.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    kept = io.BytesIO()
    palette.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


@cache
def look() -> str:
    """Changes when the drawing does: pictures of before are then not shown any more."""
    parts = (_TEMPLATE.read_text(), _mark(), cells.standalone_svg(50))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


@cache
def _mark() -> str:
    return (Path(settings.BASE_DIR) / "static" / "img" / "mark.svg").read_text()
