import datetime as dt
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs import placeholders
from programs.models.program import WORDS_BELOW_A_PROGRAM, Program, ProgramStatus, refuse_address
from programs.models.publishing import Publishable
from programs.models.rich_text import RichTextField
from programs.models.translated import HAS_ADDRESSES, Translated


class PageQuerySet(models.QuerySet["Page"]):
    def called(self, slug: str) -> "PageQuerySet":
        """The page whose address is `slug` in any language."""
        return self.filter(Q(slug_en=slug) | Q(slug_fr=slug))

    def published(self) -> "PageQuerySet":
        return self.filter(status=ProgramStatus.PUBLISHED)

    def due(self, moment: dt.datetime) -> "PageQuerySet":
        """Drafts that staff want to see published by `moment`."""
        return self.filter(status=ProgramStatus.DRAFT, publish_at__lte=moment)

    def in_footer(self) -> "PageQuerySet":
        return self.published().filter(in_footer=True)

    def with_placeholders(self) -> "PageQuerySet":
        """Pages that still say “to be completed” somewhere, in some language."""
        found = Q(pk__in=())
        for words in placeholders.WORDS.values():
            # SQLite knows the case of A to Z only: É and é, À and à are different letters to it.
            for spelling in (words, words.capitalize(), words.upper()):
                found |= Q(body_en__icontains=spelling) | Q(body_fr__icontains=spelling)
        return self.filter(found)

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(self.db):
            gone = super().delete()
            Program.objects.touch()
        return gone

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


PageManager = models.Manager.from_queryset(PageQuerySet)


class Page(Publishable, Translated):
    """A page of the site itself: legal notice, privacy, accessibility."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80)
    body = RichTextField(_("body"))
    in_footer = models.BooleanField(_("linked from the foot of every page"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    status = models.CharField(
        _("status"), max_length=9, choices=ProgramStatus.choices, default=ProgramStatus.PUBLISHED
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar["PageManager[Page]"] = PageManager()
    slug_en: str
    slug_fr: str

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug_en"], name="page_slug_en_once"),
            models.UniqueConstraint(fields=["slug_fr"], name="page_slug_fr_once"),
            models.CheckConstraint(condition=HAS_ADDRESSES, name="page_has_addresses"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            Program.objects.touch()  # every programme's page links to it from its foot

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            Program.objects.touch()
        return gone

    def clean(self) -> None:
        """`/en/pages/give/` is where the gift form of a programme called “pages” would be."""
        super().clean()
        for name in ("slug_en", "slug_fr"):
            slug = getattr(self, name) or ""
            if slug.lower() in WORDS_BELOW_A_PROGRAM:
                refuse_address(slug, field=name)

    def get_absolute_url(self) -> str:
        return reverse("programs:page", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == ProgramStatus.PUBLISHED

    def publish(self, *, due_by: dt.datetime | None = None) -> bool:
        """Put it on the site; with `due_by`, only if it is to be published by then."""
        return self._move(ProgramStatus.PUBLISHED, {ProgramStatus.DRAFT}, due_by=due_by)

    def unpublish(self) -> bool:
        return self._move(ProgramStatus.DRAFT, {ProgramStatus.PUBLISHED})
