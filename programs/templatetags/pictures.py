"""Pictures in pages: the best format and width that the reader's browser takes, its place kept free."""

from typing import Any, Final

from django import template
from django.db import models

from programs.pictures import picture_of
from programs.pictures.keeping import public
from programs.pictures.renditions import SHAPES, Rendition

register = template.Library()

# In the order that browsers are offered them; JPEG is what is left for the others.
_TYPES: Final = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_USUAL_WIDTH: Final = 800  # of the JPEG for those who know no srcset


@register.inclusion_tag("programs/_picture.html")
def picture(
    row: models.Model, sizes: str = "100vw", shape: str = "whole", lazy: bool = True, css_class: str = ""
) -> dict[str, Any]:
    """The picture of `row`, as wide as `sizes` says, whole or cut as a card. Asks the database nothing.

    Until its renditions are made, its plain JPEG: whole, and put into a card's shape by the style sheet.
    """
    file = picture_of(row)
    language = getattr(row, "other_language_of", lambda _name: "")(file.field.words_field)
    shown = {"words": file.words, "language": language, "sizes": sizes, "lazy": lazy}
    shown["css_class"] = f"picture {css_class}".strip()
    if not file.is_ready:
        plain = file.master.plain
        ratio = SHAPES[shape].ratio
        height = plain.height if ratio is None else round(plain.width / ratio)
        return {**shown, "src": file.url, "width": plain.width, "height": height}
    sets = {ending: file.master.renditions(shape, ending) for ending in _TYPES}
    sources = [{"type": kind, "srcset": _srcset(sets[ending])} for ending, kind in _TYPES.items()]
    usual = min(sets["jpg"], key=lambda each: abs(each.width - _USUAL_WIDTH))
    return {
        **shown,
        "sources": sources,
        "src": public().url(usual.name),
        "width": usual.width,
        "height": usual.height,
    }


def _srcset(renditions: list[Rendition]) -> str:
    return ", ".join(f"{public().url(each.name)} {each.width}w" for each in renditions)
