"""What all the parts of a programme's page share: their programme, their order, and saying they moved."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program
from programs.models.translated import Translated

_Row = TypeVar("_Row", bound=models.Model)


class TouchingQuerySet(models.QuerySet[_Row]):
    """Rows of a programme's page. Changing many at once leaves the page's cached copies behind too."""

    def _programs(self) -> list[int]:
        # Ordering would count as another column of the DISTINCT.
        return list(self.order_by().values_list("program_id", flat=True).distinct())

    def update(self, **changes: Any) -> int:
        with transaction.atomic(self.db):
            before = self._programs()
            count = super().update(**changes)
            Program.objects.filter(pk__in=before).touch()
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(self.db):
            programs = self._programs()
            gone = super().delete()
            Program.objects.filter(pk__in=programs).touch()
        return gone

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[_Row], *args: Any, **kwargs: Any) -> list[_Row]:
        with transaction.atomic(self.db):
            made = super().bulk_create(objs, *args, **kwargs)
            Program.objects.filter(pk__in={row.program_id for row in made}).touch()  # type: ignore[attr-defined]
        return made


class TouchingManager(models.Manager[Any]):
    def get_queryset(self) -> TouchingQuerySet[Any]:
        return TouchingQuerySet(self.model, using=self._db)


class Touching(Translated):
    """A row of a programme's page. The row and the move of the revision are one transaction."""

    class Meta:
        abstract = True

    program_id: int

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            Program.objects.filter(pk=self.program_id).touch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            Program.objects.filter(pk=self.program_id).touch()
        return gone


class Part(Touching):
    """A piece of a programme's page, at its place in the order."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="%(class)ss", verbose_name=_("programme")
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Smaller numbers come first.")
    )

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    is_part_of_page = True

    objects: ClassVar[models.Manager[Self]] = TouchingManager()
