"""The parts of a programme's page. Each knows its programme and its place in the order."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.euros import CentsField, shown, written
from programs.models.part import Part
from programs.models.rich_text import RichTextField
from programs.pictures.fields import FocalField, PictureField


class Section(Part):
    heading = models.CharField(_("heading"), max_length=200)
    lead = models.CharField(
        _("lead"), max_length=400, blank=True, help_text=_("One strong sentence, shown larger.")
    )
    body = RichTextField(_("body"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return self.heading


class Testimonial(Part):
    quote = models.TextField(_("quote"))
    attribution = models.CharField(_("who says it"), max_length=200)
    context = models.CharField(_("in which situation"), max_length=400, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("testimonial")
        verbose_name_plural = _("testimonials")

    def __str__(self) -> str:
        return self.attribution


class Resource(Part):
    """One line of "It mobilizes": people and places the programme brings together.

    The line is read as quantity, label and explanation with a space between; the explanation
    brings its own punctuation, so that brackets or a comma are the writer's choice.
    """

    quantity = models.PositiveIntegerField(
        _("quantity"), null=True, blank=True, help_text=_("Leave empty when there is nothing to count.")
    )
    label = models.CharField(_("label"), max_length=200)
    detail = models.CharField(
        _("explanation"),
        max_length=500,
        blank=True,
        help_text=_("Read right after the label: write its brackets too, if it has any."),
    )

    class Meta(Part.Meta):
        verbose_name = _("resource")
        verbose_name_plural = _("it mobilizes")

    def __str__(self) -> str:
        return f"{self.quantity} {self.label}" if self.quantity is not None else self.label


class FundingNeed(Part):
    """One use of the money. A donor may choose it, so a need that has received gifts stays."""

    label = models.CharField(_("label"), max_length=300)
    detail = models.CharField(_("explanation"), max_length=500, blank=True)
    amount_cents = CentsField(
        _("amount (euros)"), null=True, blank=True, help_text=_("Leave empty when it is not decided.")
    )

    class Meta(Part.Meta):
        verbose_name = _("use of the money")
        verbose_name_plural = _("uses of the money")

    def __str__(self) -> str:
        return self.label


class KeyFigure(Part):
    value = models.CharField(_("figure"), max_length=60)
    label = models.CharField(_("what it counts"), max_length=300)
    source = models.CharField(
        _("source"), max_length=300, blank=True, help_text=_("Who says so: shown under the figure.")
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("key figure")
        verbose_name_plural = _("key figures")

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class GiftFrequency(models.TextChoices):
    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")
    YEARLY = "yearly", _("Every year")


class SuggestedAmount(Part):
    frequency = models.CharField(
        _("frequency"), max_length=7, choices=GiftFrequency.choices, default=GiftFrequency.ONCE
    )
    amount_cents = CentsField(_("amount (euros)"))
    label = models.CharField(_("what it helps to pay"), max_length=200, blank=True)
    is_default = models.BooleanField(_("chosen at first"), default=False)

    class Meta(Part.Meta):
        verbose_name = _("suggested amount")
        verbose_name_plural = _("suggested amounts")
        constraints = [
            models.UniqueConstraint(
                fields=["program", "frequency", "amount_cents"], name="suggested_amount_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="suggested_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{shown(self.amount_cents)} · {self.get_frequency_display()}"

    def clean(self) -> None:
        """A suggestion that the form would refuse is no suggestion."""
        super().clean()
        cents, lowest, highest = (
            self.amount_cents,
            settings.DONATION_MINIMUM_CENTS,
            settings.DONATION_MAXIMUM_CENTS,
        )
        if cents is not None and not lowest <= cents <= highest:
            raise ValidationError(
                {
                    "amount_cents": ValidationError(
                        _("A gift is between %(lowest)s and %(highest)s euros."),
                        code="not_giveable",
                        params={"lowest": written(lowest), "highest": written(highest)},
                    )
                }
            )


class Question(Part):
    question = models.CharField(_("question"), max_length=300)
    answer = RichTextField(_("answer"))

    class Meta(Part.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.question


class Picture(Part):
    image = PictureField(
        _("picture"),
        upload_to="pictures/",
        width_field="width",
        height_field="height",
        focal_fields=("focal_x", "focal_y"),
        renditions_field="renditions",
        words_field="alternative_text",
        max_length=200,
        help_text=_("JPEG, PNG or WebP; 20 MB and 40 megapixels at most."),
    )
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    focal_x = FocalField(
        _("what matters most: across (%)"),
        help_text=_("0 is the left edge, 100 the right one. This point stays in sight in every crop."),
    )
    focal_y = FocalField(_("what matters most: down (%)"), help_text=_("0 is the top, 100 the foot."))
    renditions = models.CharField(max_length=32, blank=True, default="", editable=False)
    alternative_text = models.CharField(
        _("alternative text"),
        max_length=300,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=100, focal_y__lte=100), name="picture_focal_within"
            )
        ]

    def __str__(self) -> str:
        return self.alternative_text


class Milestone(Part):
    percent = models.PositiveSmallIntegerField(
        _("percent of the target"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    amount_cents = CentsField(_("or amount (euros)"), null=True, blank=True)
    headline = models.CharField(_("headline"), max_length=200)

    class Meta(Part.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__isnull=False, amount_cents__isnull=True)
                | models.Q(percent__isnull=True, amount_cents__isnull=False),
                name="milestone_percent_or_amount",
                violation_error_message=_("Give either a percentage or an amount."),
            )
        ]

    def __str__(self) -> str:
        return self.headline
