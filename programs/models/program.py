import datetime as dt
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProgramStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class ProgramQuerySet(models.QuerySet["Program"]):
    def published(self) -> "ProgramQuerySet":
        return self.filter(status=ProgramStatus.PUBLISHED)

    def touch(self) -> int:
        """Say that what these programmes' pages show has changed; their cached pages are left behind."""
        return self.update(revision=F("revision") + 1)


class Program(models.Model):
    """What we ask support for: a need, a target and a period."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_("The last part of the page's address: hematology."),
    )
    tagline = models.CharField(_("tagline"), max_length=300, help_text=_("One sentence under the title."))
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("Two sentences for search engines and shared links.")
    )
    status = models.CharField(
        _("status"), max_length=9, choices=ProgramStatus.choices, default=ProgramStatus.DRAFT
    )
    target_cents = models.PositiveBigIntegerField(
        _("target (cents)"),
        validators=[MinValueValidator(100)],
        help_text=_("1,000,000 euros is 100000000 cents."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", editable=False)
    starts_on = models.DateField(_("starts on"))
    years = models.PositiveSmallIntegerField(_("years"), default=5, validators=[MinValueValidator(1)])
    # Moves whenever what the page shows moves, whoever moved it: the version under which it is cached.
    revision = models.PositiveBigIntegerField(_("revision"), default=0, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(target_cents__gt=0), name="program_target_positive"),
            models.CheckConstraint(condition=models.Q(years__gt=0), name="program_years_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Program.objects.filter(pk=self.pk).touch()

    @property
    def ends_on(self) -> dt.date:
        """The last day of the period: five years from 1 January end on 31 December."""
        try:
            anniversary = self.starts_on.replace(year=self.starts_on.year + self.years)
        except ValueError:  # 29 February
            anniversary = self.starts_on.replace(year=self.starts_on.year + self.years, month=3, day=1)
        return anniversary - dt.timedelta(days=1)

    def expected_cents(self, on: dt.date | None = None) -> int:
        """The pace line: the share of the target that a steady pace would have brought by `on`."""
        day = on or timezone.localdate()
        total_days = (self.ends_on - self.starts_on).days + 1
        elapsed = min(max((day - self.starts_on).days + 1, 0), total_days)
        return self.target_cents * elapsed // total_days
