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

# What was written this lately may belong to a row that somebody is just saving.
LATELY_SECONDS: Final = 60 * 60
# Shorter than the time between two beats, as for letters: many pictures keep one worker busy, not all.
RUN_SECONDS: Final = 8.0


class _TimeIsUp(Exception):
    """What is left is for the next run."""


def make_owed(seconds: float = RUN_SECONDS) -> int:
    """Make the renditions of the rows that lack theirs, for about that long. Returns how many were made.

    Repeating it is safe, also beside another worker: of those on one machine, one works and the others
    go back to their letters. A picture that cannot be made is logged and left as it is: visitors see
    its plain JPEG, and the others are made all the same.
    """
    ends = time.monotonic() + seconds
    made = 0
    with keeping.alone() as mine:
        for row, file in _rows() if mine else ():
            if file.is_ready:
                continue
            try:
                made += _make(row, file, ends)
            except _TimeIsUp:
                break
            except Exception:  # a lost master, a full disk, a picture that no encoder takes
                logger.exception("The renditions of %s %s could not be made.", type(row).__name__, row.pk)
    return made


def _make(row: models.Model, file: PictureFile, ends: float) -> bool:
    """Write what is missing, then name it in the row: the page moves only when every file is there."""
    master, field = file.master, file.field
    missing = [each for each in master.all() if not keeping.public().exists(each.name)]
    with keeping.masters().open(master.name) as body, Image.open(body) as kept:
        pixels = kept.convert("RGB")
    for rendition in missing:
        keeping.put(keeping.public(), rendition.name, making.body(pixels, rendition))
        if time.monotonic() > ends:
            raise _TimeIsUp
    # Only while the row still shows this picture with this focal point.
    names = (field.attname, *field.focal_fields)
    same = dict(zip(names, (master.name, master.focal_x, master.focal_y), strict=True))
    rows = type(row)._default_manager.filter(pk=row.pk, **same)
    return bool(rows.update(**{field.renditions_field: master.key}))


def forget_unused(lately: float = LATELY_SECONDS) -> int:
    """Delete the files that nothing shows, save those written in the last `lately` seconds. Returns how many.

    Public files go when no row shows them: they can be made again. A master stays while a row or its
    history names it, so that any version can be brought back with its picture. While files are being
    made nothing is deleted: it is for the next time.
    """
    with keeping.alone() as mine:
        return _forget(time.time() - lately) if mine else 0


def _forget(before: float) -> int:
    # The files first: one that is written while the rows are read is not among them.
    folders = [
        (storage, folder) for storage in (keeping.public(), keeping.masters()) for folder in _folders()
    ]
    files = [(storage, name) for storage, folder in folders for name in keeping.names(storage, folder)]
    shown = {rendition.name for _row, file in _rows() for rendition in file.master.all()}
    needed = {keeping.public(): shown, keeping.masters(): _remembered()}
    forgotten = 0
    for storage, name in files:
        if name not in needed[storage] and storage.get_modified_time(name).timestamp() < before:
            storage.delete(name)
            forgotten += 1
    return forgotten


def notice_lost() -> int:
    """Order anew the pictures that lack a public file, as after a folder was lost. Returns how many."""
    there = {name for folder in _folders() for name in keeping.names(keeping.public(), folder)}
    noticed = 0
    for row, file in _rows():
        if file.is_ready and any(each.name not in there for each in file.master.all()):
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
