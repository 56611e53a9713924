"""The background's part: make the files that are owed, and throw away those that nothing shows.

A row that does not name its present renditions is the order to make them, so nothing is lost with a
message or a worker. Files are written whole and under names that say their content: two workers at
once write the same bytes, and one killed half-way leaves files that the next one need not make.
"""

import logging
import time
from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import models
from PIL import Image

from programs.pictures import keeping, making
from programs.pictures.fields import PictureField, PictureFile

logger = logging.getLogger(__name__)

# A page that was kept by a browser or a proxy may still name a file that no row does.
UNUSED_SECONDS: Final = 60 * 60 * 24 * 7


def make_owed(*, seconds: float) -> int:
    """Make the renditions of the rows that lack theirs, for about that long. Returns how many were made.

    Repeating it is safe, also beside another worker. A picture that cannot be made is logged and left
    as it is: visitors see its plain JPEG, and the others are made all the same.
    """
    ends = time.monotonic() + seconds
    made = 0
    for row, file in _rows():
        if file.is_ready:
            continue
        if time.monotonic() > ends:
            break
        try:
            made += _make(row, file)
        except Exception:  # a lost master, a full disk, a picture that no encoder takes
            logger.exception("The renditions of %s %s could not be made.", type(row).__name__, row.pk)
    return made


def _make(row: models.Model, file: PictureFile) -> bool:
    """Write what is missing, then name it in the row: the page moves only when every file is there."""
    master, field = file.master, file.field
    with keeping.masters().open(master.name) as body, Image.open(body) as kept:
        pixels = kept.convert("RGB")
    for rendition in master.all():
        if not keeping.public().exists(rendition.name):
            keeping.put(keeping.public(), rendition.name, making.body(pixels, rendition))
    # Only while the row still shows this picture with this focal point.
    names = (field.attname, *field.focal_fields)
    same = dict(zip(names, (master.name, master.focal_x, master.focal_y), strict=True))
    rows = type(row)._default_manager.filter(pk=row.pk, **same)
    return bool(rows.update(**{field.renditions_field: master.key}))


def forget_unused(*, older_than: float = UNUSED_SECONDS) -> int:
    """Delete files that nothing has shown for that many seconds. Returns how many.

    Public files go when no row shows them: they can be made again. A master stays while a row or its
    history names it, so that any version can be brought back with its picture.
    """
    shown: set[str] = set()
    for _row, file in _rows():
        shown.update(rendition.name for rendition in file.master.all())
    before = time.time() - older_than
    forgotten = 0
    for folder in _folders():
        for storage, kept in ((keeping.public(), shown), (keeping.masters(), _remembered())):
            for name in keeping.names(storage, folder) - kept:
                if storage.get_modified_time(name).timestamp() < before:
                    storage.delete(name)
                    forgotten += 1
    return forgotten


def notice_lost() -> int:
    """Order anew the pictures that lack a public file, as after a folder was lost. Returns how many."""
    noticed = 0
    for row, file in _rows():
        lost = any(not keeping.public().exists(each.name) for each in file.master.all())
        if file.is_ready and lost:
            type(row)._default_manager.filter(pk=row.pk).update(**{file.field.renditions_field: ""})
            noticed += 1
    return noticed


def _rows() -> Iterator[tuple[models.Model, PictureFile]]:
    for model, field in _fields():
        for row in model._default_manager.exclude(**{field.attname: ""}).order_by("pk"):
            yield row, getattr(row, field.attname)


def _remembered() -> set[str]:
    """The masters that rows name, or named once."""
    names: set[str] = set()
    for model, field in _fields():
        history = getattr(model, "history").model  # noqa: B009  mypy knows of no history
        for rows in (model._default_manager.all(), history._default_manager.all()):
            names.update(str(name) for name in rows.values_list(field.attname, flat=True) if name)
    return names


def _folders() -> set[str]:
    return {str(field.upload_to).rstrip("/") for _model, field in _fields()}


def _fields() -> Iterator[tuple[type[models.Model], PictureField]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, PictureField):
                yield model, field
