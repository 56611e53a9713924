from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program
from programs.models.rich_text import RichTextField


class UpdateStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")


class UpdateQuerySet(models.QuerySet["ProgressUpdate"]):
    def published(self) -> "UpdateQuerySet":
        return self.filter(status=UpdateStatus.PUBLISHED, published_at__lte=timezone.now())


class ProgressUpdate(models.Model):
    """News of a programme: on its page and in its feed, and by letter to those who asked for it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="updates", verbose_name=_("programme"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=100)
    body = RichTextField(_("body"))
    picture = models.ImageField(_("picture"), upload_to="updates/", blank=True, max_length=200)
    picture_alternative_text = models.CharField(
        _("alternative text of the picture"), max_length=300, blank=True
    )
    status = models.CharField(
        _("status"), max_length=9, choices=UpdateStatus.choices, default=UpdateStatus.DRAFT
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="update_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_at__isnull=False),
                name="update_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stamp the first publication; a later edit or a second publication keeps the first time."""
        if self.status == UpdateStatus.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()
        super().save(*args, **kwargs)
        Program.objects.filter(pk=self.program_id).touch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        Program.objects.filter(pk=self.program_id).touch()
        return gone
