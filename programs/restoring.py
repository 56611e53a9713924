"""Bringing back what staff wrote before.

That restores words, figures and pictures. Where a thing stands is left as it is: its address, its
place in the order, whether it is on the site and since when.
"""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext

from programs import history
from programs.models import Program, SuggestedAmount
from programs.models.publishing import Publishable

_KEPT: Final = {"order", "publish_at", "slug_en", "slug_fr", "status"}


class CannotBringBack(Exception):
    """With a sentence for people that says why."""


def coming_back(model: type[models.Model], record: Any, row: models.Model | None) -> list[history.Change]:
    """What bringing `record` back would change in `row` as it is now, or write anew where it is gone."""
    now = model() if row is None else row
    return [
        change for change in history.between(model, now, record) if row is None or change.name not in _KEPT
    ]


def bring_back(model: type[models.Model], record: Any) -> models.Model:
    """Put back what staff had written in `record`, also of a row removed since. Repeating changes nothing.

    A removed update or page comes back as a draft. Raises CannotBringBack, and then nothing has changed.
    """
    with transaction.atomic():
        if hasattr(record, "program_id"):  # its programme first, as whoever saves it or records a gift for it
            list(Program.objects.select_for_update(no_key=True).filter(pk=record.program_id))
        row = model._default_manager.select_for_update().filter(pk=record.id).first()
        gone = row is None
        if row is None:
            row = _again(model, record)
        _write(row, record, [field for field in history.fields(model) if gone or field.name not in _KEPT])
        if gone and isinstance(row, Publishable):
            row.status, row.publish_at = "draft", None
        if not gone and not history.between(model, model._default_manager.get(pk=row.pk), row):
            return row
        try:
            row.full_clean()
        except ValidationError as error:
            raise CannotBringBack(" ".join(error.messages)) from error
        row._change_reason = history.BROUGHT_BACK  # type: ignore[attr-defined]
        row.save(force_insert=gone)
    return row


def _again(model: type[models.Model], record: Any) -> models.Model:
    """A row for `record`, whose own is gone, under its old number."""
    row = model(pk=record.id)
    if hasattr(record, "program_id"):
        row.program_id = record.program_id  # type: ignore[attr-defined]
        if not Program.objects.filter(pk=record.program_id).exists():
            raise CannotBringBack(gettext("Its programme has been removed."))
    return row


def _write(row: models.Model, record: Any, wanted: list[models.Field[Any, Any]]) -> None:
    for field in wanted:
        value = getattr(record, field.attname)
        if isinstance(field, models.FileField):
            if value == getattr(row, field.attname):
                continue
            if value and not field.storage.exists(value):
                raise CannotBringBack(gettext("Its picture is no longer kept. Upload it again."))
        setattr(row, field.attname, value)
    if isinstance(row, SuggestedAmount) and row.is_default:
        # Two chosen at first make none: the one that is chosen now stays the one.
        row.is_default = not (
            SuggestedAmount.objects.filter(
                program_id=row.program_id, frequency=row.frequency, is_default=True
            )
            .exclude(pk=row.pk)
            .exists()
        )
