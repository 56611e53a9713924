"""One rendition: from the master's pixels to the bytes that visitors are sent."""

import io

from PIL import Image

from programs.pictures.renditions import FORMATS, Rendition


def body(master: Image.Image, rendition: Rendition) -> bytes:
    """The same bytes from the same master, and nothing in them but its pixels."""
    size = (rendition.width, rendition.height)
    pixels = master.resize(size, Image.Resampling.LANCZOS, box=rendition.box)
    pixels.info = {}
    written = io.BytesIO()
    pixels.save(written, **FORMATS[rendition.ending])
    return written.getvalue()
