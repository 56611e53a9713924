import datetime as dt
from typing import Any, ClassVar, Final, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs import rows
from programs.euros import CentsField
from programs.models.publishing import Publishable
from programs.models.translated import HAS_ADDRESSES, Missing, Translated

# First words of the site's own addresses: a programme of that name could not be reached.
RESERVED_SLUGS: Final = frozenset(
    {"admin", "en", "fr", "gifts", "healthz", "media", "my-gifts", "pages", "preview", "programs", "readyz"}
    | {"errors", "sandbox", "static", "stripe", "subscribe", "subscriptions", "unsubscribe"}
)
# Words that follow a programme's: a page of that name would be read as something of a programme's.
WORDS_BELOW_A_PROGRAM: Final = frozenset({"card", "embed", "give", "other-ways", "updates"})


def refuse_reserved(slug: str) -> None:
    if slug.lower() in RESERVED_SLUGS:
        refuse_address(slug)


def refuse_address(slug: str, *, field: str = "") -> NoReturn:
    """Raise ValidationError: that word is ours."""
    refusal = ValidationError(
        _("“%(slug)s” is an address of the site itself. Choose another word."),
        code="reserved",
        params={"slug": slug},
    )
    raise ValidationError({field: refusal}) if field else refusal


def at_least_one_euro(cents: int) -> None:
    if cents < 100:
        raise ValidationError(_("The target is at least 1 euro."), code="too_small")


class ProgramStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class ProgramQuerySet(models.QuerySet["Program"]):
    def published(self) -> "ProgramQuerySet":
        return self.filter(status=ProgramStatus.PUBLISHED)

    def due(self, moment: dt.datetime) -> "ProgramQuerySet":
        """Drafts that staff want to see published by `moment`."""
        return self.filter(status=ProgramStatus.DRAFT, publish_at__lte=moment)

    def called(self, slug: str) -> "ProgramQuerySet":
        """The programme whose address is `slug` in any language: two at most, see `in_language`."""
        return self.filter(Q(slug_en=slug) | Q(slug_fr=slug))

    def update(self, **changes: Any) -> int:
        return super().update(**{"revision": F("revision") + 1, **changes})

    def touch(self) -> int:
        """Say that what these programmes' pages show has changed; their cached pages are left behind."""
        return self.update()


ProgramManager = models.Manager.from_queryset(ProgramQuerySet)


class Program(Publishable, Translated):
    """What we ask support for: a need, a target and a period."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        validators=[refuse_reserved],
        help_text=_("The last part of the page’s address: hematology. Old links break when it changes."),
    )
    tagline = models.CharField(_("tagline"), max_length=300, help_text=_("One sentence under the title."))
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("Two sentences for search engines and shared links.")
    )
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=ProgramStatus.choices,
        default=ProgramStatus.DRAFT,
        help_text=_("Visitors see a published programme only; staff can preview a draft."),
    )
    target_cents = CentsField(
        _("target (euros)"), validators=[at_least_one_euro], help_text=_("For example 1 000 000.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", editable=False)
    starts_on = models.DateField(
        _("starts on"),
        validators=[MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2200, 1, 1))],
        help_text=_("The first day of the period to fund."),
    )
    years = models.PositiveSmallIntegerField(
        _("years"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    resources_heading = models.CharField(
        _("heading of what it mobilizes"), max_length=200, help_text=_("Stands over the list of resources.")
    )
    needs_heading = models.CharField(
        _("heading of the amount"), max_length=200, help_text=_("Stands over the target and its uses.")
    )
    funding_note = models.CharField(
        _("line under the amount"),
        max_length=200,
        blank=True,
        help_text=_("Says over how long, in the same number of years as the period."),
    )
    # Moves whenever what the page shows moves, whoever moved it: the version under which it is cached.
    revision = models.PositiveBigIntegerField(_("revision"), default=0, editable=False)

    # Named in full, because modeltranslation swaps its class where the type checker cannot look.
    objects: ClassVar["ProgramManager[Program]"] = ProgramManager()
    # The columns that modeltranslation adds and that our own code names.
    slug_en: str
    slug_fr: str

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug_en"], name="program_slug_en_once"),
            models.UniqueConstraint(fields=["slug_fr"], name="program_slug_fr_once"),
            models.CheckConstraint(condition=HAS_ADDRESSES, name="program_has_addresses"),
            models.CheckConstraint(condition=models.Q(target_cents__gt=0), name="program_target_positive"),
            models.CheckConstraint(condition=models.Q(years__gt=0), name="program_years_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and move the revision in the same statement.

        The revision read earlier is never written back: pages cached since then would come to life again.
        """
        read = self.revision
        if not self._state.adding:
            self.revision = F("revision") + 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "revision"}
        try:
            super().save(*args, **kwargs)
        except BaseException:
            self.revision = read
            raise
        self.refresh_from_db(fields=["revision"])

    def get_absolute_url(self) -> str:
        """The page's address in the language of the moment."""
        return reverse("programs:program", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == ProgramStatus.PUBLISHED

    def publish(self, *, due_by: dt.datetime | None = None) -> bool:
        """Put it on the site; with `due_by`, only if it is to be published by then."""
        return self._move(ProgramStatus.PUBLISHED, {ProgramStatus.DRAFT}, due_by=due_by)

    def unpublish(self) -> bool:
        """Take it off the site. What was received, and its letters, stay as they are."""
        return self._move(ProgramStatus.DRAFT, {ProgramStatus.PUBLISHED})

    @staticmethod
    def touch_one(pk: int) -> None:
        """`touch` for one programme, written out and asked of no manager: every gift comes by here."""
        with rows.cursor() as cursor:
            cursor.execute("UPDATE programs_program SET revision = revision + 1 WHERE id = %s", [pk])

    def missing_translations(self) -> list[Missing]:
        """Its own and those of its page's parts, in a query for each kind of part."""
        found = super().missing_translations()
        for relation in self._meta.related_objects:
            if issubclass(relation.related_model, Translated) and relation.related_model.is_part_of_page:
                parts = getattr(self, str(relation.get_accessor_name())).all()
                found += [missing for part in parts for missing in part.missing_translations()]
        return found

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
