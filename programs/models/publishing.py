"""What goes from draft to the site: by a button, or by itself at a time that staff set."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

BY_SCHEDULE = "schedule"  # the reason that history keeps where no person pressed the button


class Publishable(models.Model):
    """A row with a status. Its steps are compare-and-set: of several who make one at once, one does."""

    publish_at = models.DateTimeField(
        _("publish by itself on"),
        null=True,
        blank=True,
        help_text=_("Paris time. Leave empty to publish by hand; empty it again to call it off."),
    )
    # Counted in every preview link: moving it on ends all the links that were shared before.
    preview_round = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    status: Any

    def clean(self) -> None:
        """An address leads to one row, whatever the language it is asked for in."""
        super().clean()
        others = type(self)._default_manager.exclude(pk=self.pk)
        if hasattr(self, "program_id"):
            others = others.filter(program_id=self.program_id)
        errors = {}
        for name, other_name in (("slug_en", "slug_fr"), ("slug_fr", "slug_en")):
            slug = getattr(self, name)
            taken = others.filter(**{other_name: slug}).first() if slug else None
            if taken is not None:
                text = _("“%(row)s” has this address in its other language. Choose another word.")
                errors[name] = ValidationError(text, code="taken", params={"row": taken})
        if errors:
            raise ValidationError(errors)

    def end_previews(self) -> None:
        """From now on no preview link made before leads anywhere."""
        type(self)._default_manager.filter(pk=self.pk).update(preview_round=models.F("preview_round") + 1)
        self.refresh_from_db(fields=["preview_round"])

    def _move(self, after: str, before: set[Any], *, due_by: dt.datetime | None = None, **also: Any) -> bool:
        """Go from a status of `before` to `after`, where that is still its status; whether it moved.

        With `due_by`, only if it is still to be published by then. The time to publish by itself is
        spent by publishing, and called off by taking back. The step and its line of history are one
        transaction.
        """
        rows = type(self)._default_manager.filter(pk=self.pk, status__in=before)
        if due_by is not None:
            rows = rows.filter(publish_at__lte=due_by)
            self._change_reason = BY_SCHEDULE
        with transaction.atomic():
            moved = bool(rows.update(status=after, **also))
            self.refresh_from_db(fields=["status", "publish_at", *also])
            if moved:
                if after != "approved":
                    self.publish_at = None
                self.save(update_fields=self._moving_fields())
        return moved

    def _moving_fields(self) -> list[str]:
        return ["status", "publish_at"]
