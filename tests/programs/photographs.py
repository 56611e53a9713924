"""Pictures as staff might send them."""

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image


def sent(
    size: tuple[int, int] = (900, 600),
    kind: str = "JPEG",
    mode: str = "RGB",
    name: str = "a.jpg",
    **save: Any,
) -> ContentFile[bytes]:
    body = io.BytesIO()
    Image.new(mode, size, 200 if mode in {"L", "I;16"} else None).save(body, kind, **save)
    return ContentFile(body.getvalue(), name=name)


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))
