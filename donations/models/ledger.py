from typing import Any, Never

from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from programs.models import Program


class EntryKind(models.TextChoices):
    GIFT = "gift", _("Gift")
    REFUND = "refund", _("Refund")
    REFUND_REVERSED = "refund_reversed", _("Refund reversed")
    DISPUTE = "dispute", _("Dispute")
    DISPUTE_REVERSED = "dispute_reversed", _("Dispute reversed")
    DISPUTE_FEE = "dispute_fee", _("Dispute fee")
    OFFLINE = "offline", _("Received otherwise")
    CORRECTION = "correction", _("Correction")


class AppendOnly(Exception):
    """A ledger entry is never changed or removed: post another entry that corrects it."""


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def update(self, **_kwargs: Any) -> Never:
        raise AppendOnly

    def delete(self) -> Never:
        raise AppendOnly


class LedgerEntry(models.Model):
    """One movement of money for a programme. The public total is the sum of these rows."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("programme"))
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("donation")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind.choices)
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    fee_cents = models.BigIntegerField(_("fee (cents)"), default=0)
    occurred_at = models.DateTimeField(_("when the money moved"))
    source = models.CharField(_("source"), max_length=20)
    source_ref = models.CharField(_("source reference"), max_length=255)
    posted_at = models.DateTimeField(_("posted"), auto_now_add=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["-posted_at", "-pk"]
        indexes = [models.Index(fields=["program", "-occurred_at"], name="ledger_program_occurred")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_ref"], name="ledger_source_once"),
            models.CheckConstraint(condition=models.Q(kind__in=EntryKind.values), name="ledger_kind_known"),
            models.CheckConstraint(condition=~models.Q(source_ref=""), name="ledger_has_source"),
            models.CheckConstraint(
                condition=(
                    models.Q(
                        kind__in=["gift", "offline", "refund_reversed", "dispute_reversed"],
                        amount_cents__gt=0,
                    )
                    | models.Q(kind__in=["refund", "dispute"], amount_cents__lt=0)
                    # What a dispute costs is a fee like any other: it lowers no total.
                    | models.Q(kind="dispute_fee", amount_cents=0, fee_cents__gt=0)
                    | models.Q(kind="correction")
                ),
                name="ledger_sign_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_ref}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise AppendOnly


class ProgramTotal(models.Model):
    """The sum of a programme's ledger, moved in the transaction that posts each entry.

    `manage.py check_totals` proves it equal to the ledger.
    """

    program = models.OneToOneField(
        Program, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("programme")
    )
    raised_cents = models.BigIntegerField(_("raised (cents)"), default=0)
    gifts = models.PositiveIntegerField(_("gifts"), default=0)
    donors = models.PositiveIntegerField(_("donors"), default=0)
    entries = models.PositiveIntegerField(_("ledger entries"), default=0)
    updated_at = models.DateTimeField(_("updated"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme total")
        verbose_name_plural = _("programme totals")

    def __str__(self) -> str:
        return f"{self.program_id}: {self.raised_cents}"


class MonthlyTotal(models.Model):
    """What the entries of one kind add up to in one month, moved with the programme's total.

    From these the page says how the total is made and how it grew: never more rows than months times
    kinds, however many entries there are. `manage.py check_totals` proves them equal to the ledger.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("programme"))
    month = models.DateField(_("month"), help_text=_("Its first day; the month it was in Paris."))
    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind.choices)
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    entries = models.PositiveIntegerField(_("ledger entries"))

    class Meta:
        verbose_name = _("monthly total")
        verbose_name_plural = _("monthly totals")
        ordering = ["month", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["program", "month", "kind"], name="monthly_total_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=EntryKind.values), name="monthly_total_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.month:%Y-%m} {self.kind}: {self.amount_cents}"
