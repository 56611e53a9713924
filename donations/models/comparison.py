"""Where our ledger and Stripe's books differ, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from donations.models.ledger import EntryKind


class Comparison(models.Model):
    """One reading of Stripe's books beside our ledger."""

    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    started_at = models.DateTimeField(_("begun"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    movements = models.PositiveIntegerField(_("movements read"), default=0)
    repaired = models.PositiveIntegerField(_("repaired"), default=0)
    differences = models.PositiveIntegerField(_("differences left"), default=0)
    error = models.CharField(_("why it stopped"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("comparison with Stripe")
        verbose_name_plural = _("comparisons with Stripe")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        """Its days in Paris, as they were asked for."""
        return f"{timezone.localdate(self.since):%Y-%m-%d} – {timezone.localdate(self.until):%Y-%m-%d}"


class Difference(models.TextChoices):
    MISSING_HERE = "missing_here", _("At Stripe, not in our ledger")
    MISSING_THERE = "missing_there", _("In our ledger, not at Stripe")
    AMOUNT = "amount", _("Another amount")
    FEE = "fee", _("Another fee")
    DATE = "date", _("Another day")


class DiscrepancyState(models.TextChoices):
    OPEN = "open", _("Open")
    SETTLED = "settled", _("No longer there")
    EXPLAINED = "explained", _("Explained by a person")


class Discrepancy(models.Model):
    """One movement of money on which Stripe and we do not agree. Amounts in cents, signed."""

    difference = models.CharField(_("difference"), max_length=13, choices=Difference.choices)
    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind.choices)
    source_ref = models.CharField(_("reference at Stripe"), max_length=255)
    charge_id = models.CharField(_("Charge"), max_length=255, blank=True)
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("donation")
    )
    stripe_cents = models.BigIntegerField(_("at Stripe (cents)"), null=True, blank=True)
    currency = models.CharField(_("currency at Stripe"), max_length=3, default="EUR")
    ledger_cents = models.BigIntegerField(_("in our ledger (cents)"), null=True, blank=True)
    occurred_at = models.DateTimeField(_("when the money moved"))
    detail = models.CharField(_("in words"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=DiscrepancyState.choices, default=DiscrepancyState.OPEN
    )
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("difference with Stripe")
        verbose_name_plural = _("differences with Stripe")
        ordering = ["-found_at", "-pk"]
        permissions = [("close_discrepancy", "Can repair or explain difference with Stripe")]
        constraints = [
            # What a person has explained is not found again; what had gone may come back as a new row.
            models.UniqueConstraint(
                fields=["difference", "kind", "source_ref"],
                condition=~models.Q(state="settled"),
                name="discrepancy_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="discrepancy_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="explained") | ~models.Q(explanation=""),
                name="discrepancy_explained_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_ref}"
