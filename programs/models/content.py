"""The parts of a programme's page. Each knows its programme and its place in the order."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program
from programs.models.rich_text import RichTextField


class Part(models.Model):
    """A piece of a programme's page. Saving or deleting one leaves the page's cached copies behind."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="%(class)ss", verbose_name=_("programme")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Program.objects.filter(pk=self.program_id).touch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        Program.objects.filter(pk=self.program_id).touch()
        return gone


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
    """One line of "It mobilizes": people and places the programme brings together."""

    quantity = models.PositiveIntegerField(
        _("quantity"), null=True, blank=True, help_text=_("Leave empty when there is nothing to count.")
    )
    label = models.CharField(_("label"), max_length=200)
    detail = models.CharField(_("explanation"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("resource")
        verbose_name_plural = _("it mobilizes")

    def __str__(self) -> str:
        return f"{self.quantity} {self.label}" if self.quantity is not None else self.label


class FundingNeed(Part):
    """One use of the money. A donor may choose it, so a need that has received gifts stays."""

    label = models.CharField(_("label"), max_length=300)
    detail = models.CharField(_("explanation"), max_length=500, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("use of the money")
        verbose_name_plural = _("uses of the money")

    def __str__(self) -> str:
        return self.label


class KeyFigure(Part):
    value = models.CharField(_("figure"), max_length=60)
    label = models.CharField(_("what it counts"), max_length=300)
    source = models.CharField(_("source"), max_length=300, blank=True)
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
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
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
        return f"{self.amount_cents} {self.frequency}"


class Question(Part):
    question = models.CharField(_("question"), max_length=300)
    answer = RichTextField(_("answer"))

    class Meta(Part.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.question


class Picture(Part):
    image = models.ImageField(
        _("picture"), upload_to="pictures/", width_field="width", height_field="height", max_length=200
    )
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
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

    def __str__(self) -> str:
        return self.alternative_text


class Milestone(Part):
    percent = models.PositiveSmallIntegerField(_("percent of the target"), null=True, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("or amount (cents)"), null=True, blank=True)
    headline = models.CharField(_("headline"), max_length=200)

    class Meta(Part.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__isnull=False, amount_cents__isnull=True)
                | models.Q(percent__isnull=True, amount_cents__isnull=False),
                name="milestone_percent_or_amount",
            )
        ]

    def __str__(self) -> str:
        return self.headline
