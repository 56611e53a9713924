from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program
from programs.models.rich_text import RichTextField


class Page(models.Model):
    """A page of the site itself: legal notice, privacy, accessibility."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    body = RichTextField(_("body"))
    in_footer = models.BooleanField(_("linked from the foot of every page"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Program.objects.touch()  # every programme's page links to it from its foot

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        Program.objects.touch()
        return gone
