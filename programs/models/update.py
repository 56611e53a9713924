import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programs.models.part import Touching, TouchingQuerySet
from programs.models.program import Program, ProgramStatus
from programs.models.publishing import Publishable
from programs.models.rich_text import RichTextField
from programs.models.translated import HAS_ADDRESSES
from programs.pictures.fields import FocalField, PictureField


def refuse_reserved(slug: str) -> None:
    if slug.lower() == "feed":
        raise ValidationError(_("“feed” is the address of the feed. Choose another word."), code="reserved")


class UpdateStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")


class ProgramIsDraft(Exception):
    """An update cannot be published before its programme is."""


class UpdateQuerySet(TouchingQuerySet["ProgressUpdate"]):
    def published(self) -> "UpdateQuerySet":
        return self.filter(status=UpdateStatus.PUBLISHED, published_at__lte=timezone.now())

    def due(self, moment: dt.datetime) -> "UpdateQuerySet":
        """Approved, to be published by `moment`, and readable then: their programme is published."""
        return self.filter(
            status=UpdateStatus.APPROVED,
            publish_at__lte=moment,
            program__status=ProgramStatus.PUBLISHED,
        )

    def called(self, slug: str) -> "UpdateQuerySet":
        """The update whose address is `slug` in any language."""
        return self.filter(Q(slug_en=slug) | Q(slug_fr=slug))


UpdateManager = models.Manager.from_queryset(UpdateQuerySet)


class ProgressUpdate(Publishable, Touching):
    """News of a programme: on its page and in its feed, and by letter to those who asked for it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="updates", verbose_name=_("programme"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=100, validators=[refuse_reserved])
    body = RichTextField(_("body"))
    picture = PictureField(
        _("picture"),
        upload_to="updates/",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
        focal_fields=("picture_focal_x", "picture_focal_y"),
        renditions_field="picture_renditions",
        words_field="picture_alternative_text",
        max_length=200,
        help_text=_("JPEG, PNG or WebP; 20 MB and 40 megapixels at most."),
    )
    picture_width = models.PositiveIntegerField(editable=False, null=True)
    picture_height = models.PositiveIntegerField(editable=False, null=True)
    picture_focal_x = FocalField(
        _("what matters most in the picture: across (%)"),
        help_text=_("0 is the left edge, 100 the right one. This point stays in sight in every crop."),
    )
    picture_focal_y = FocalField(
        _("what matters most in the picture: down (%)"), help_text=_("0 is the top, 100 the foot.")
    )
    picture_renditions = models.CharField(max_length=32, blank=True, default="", editable=False)
    picture_alternative_text = models.CharField(
        _("alternative text of the picture"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    status = models.CharField(
        _("status"), max_length=9, choices=UpdateStatus.choices, default=UpdateStatus.DRAFT
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar["UpdateManager[ProgressUpdate]"] = UpdateManager()
    slug_en: str
    slug_fr: str

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug_en"], name="update_slug_en_once"),
            models.UniqueConstraint(fields=["program", "slug_fr"], name="update_slug_fr_once"),
            models.CheckConstraint(condition=HAS_ADDRESSES, name="update_has_addresses"),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_at__isnull=False),
                name="update_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(picture_focal_x__lte=100, picture_focal_y__lte=100),
                name="update_picture_focal_within",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stamp the first publication; a later edit or a second publication keeps the first time."""
        if self.status == UpdateStatus.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "published_at"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.picture and not self.picture_alternative_text:
            written_in = f"picture_alternative_text_{get_language() or settings.LANGUAGE_CODE}"
            text = _("Say what the picture shows, in one language at least.")
            raise ValidationError({written_in: ValidationError(text, code="no_words")})

    def get_absolute_url(self) -> str:
        return reverse("programs:update", args=[self.program.slug, self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == UpdateStatus.PUBLISHED

    def approve(self) -> bool:
        """Say that it may be published. Repeating it changes nothing; a published one stays published."""
        return self._move(UpdateStatus.APPROVED, {UpdateStatus.DRAFT})

    def publish(self, *, due_by: dt.datetime | None = None) -> bool:
        """Put it on the page and in the feed; the letters follow from that. Repeating changes nothing.

        With `due_by`, only if it is approved and to be published by then.
        Raises ProgramIsDraft while nobody could read it: letters would lead to a missing page.
        """
        if not self.program.is_published:
            raise ProgramIsDraft
        return self._move(
            UpdateStatus.PUBLISHED,
            {UpdateStatus.APPROVED} if due_by else {UpdateStatus.DRAFT, UpdateStatus.APPROVED},
            due_by=due_by,
            published_at=Coalesce("published_at", Value(timezone.now())),
        )

    def unpublish(self) -> bool:
        """Take it off the page. The time of first publication stays: publishing again owes no new letter."""
        return self._move(UpdateStatus.DRAFT, {UpdateStatus.APPROVED, UpdateStatus.PUBLISHED})

    def is_late(self) -> bool:
        """Its time has come, and nobody has approved it yet."""
        return (
            self.status == UpdateStatus.DRAFT
            and self.publish_at is not None
            and self.publish_at <= timezone.now()
        )

    def _moving_fields(self) -> list[str]:
        return [*super()._moving_fields(), "updated_at"]
