from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class Series(models.TextChoices):
    """Each series counts on its own, without gaps, from 1 every year."""

    CONFIRMATION = "C", _("Payment confirmation")
    TAX = "R", _("Tax receipt")  # its place is kept: none is issued yet


class ReceiptState(models.TextChoices):
    ISSUED = "issued", _("Issued")
    VOIDED = "voided", _("Voided")


class ReceiptCounter(models.Model):
    """The last number given out in one series and year; moved in the transaction that issues."""

    series = models.CharField(_("series"), max_length=1, choices=Series.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("receipt counter")
        verbose_name_plural = _("receipt counters")
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="receipt_counter_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class Receipt(models.Model):
    """A numbered document about one gift, with the facts it states frozen at issue.

    The PDF is rendered from `facts` once, kept in private storage and never rendered again.
    """

    series = models.CharField(_("series"), max_length=1, choices=Series.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="receipts", verbose_name=_("donation")
    )
    state = models.CharField(
        _("state"), max_length=6, choices=ReceiptState.choices, default=ReceiptState.ISSUED
    )
    facts = models.JSONField(_("facts"))
    template_version = models.CharField(_("template version"), max_length=40)
    issued_at = models.DateTimeField(_("issued"))
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    void_reason = models.CharField(_("why it is void"), max_length=300, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )
    path = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    rendered_at = models.DateTimeField(_("rendered"), null=True, blank=True)
    # What the document could not show as typed, or that it could not be made, for staff to see; empty when
    # it shows everything.
    rendering_note = models.CharField(_("rendering note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-issued_at", "-pk"]
        indexes = [
            # Looked for every few minutes, and there are few.
            models.Index(
                fields=["issued_at"],
                condition=models.Q(rendered_at__isnull=True),
                name="receipt_without_document",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["donation", "series"],
                condition=models.Q(state="issued"),
                name="receipt_one_issued_per_gift",
            ),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="receipt_number_positive"),
            models.CheckConstraint(
                condition=models.Q(state="issued", voided_at__isnull=True)
                | models.Q(state="voided", voided_at__isnull=False),
                name="receipt_void_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(rendered_at__isnull=True, sha256="")
                | models.Q(rendered_at__isnull=False) & ~models.Q(sha256="") & ~models.Q(path=""),
                name="receipt_rendered_has_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number people quote, such as `C-2026-000123`."""
        return f"{self.series}-{self.year}-{self.number:06d}"
