"""Money that goes back: given back by us, contested by the donor's bank, or feared to be."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class RefundStatus(models.TextChoices):
    REQUESTED = "requested", _("Asked of Stripe")
    PENDING = "pending", _("On its way")
    SUCCEEDED = "succeeded", _("Given back")
    FAILED = "failed", _("Came back to us")
    REFUSED = "refused", _("Refused by Stripe")


class RefundReason(models.TextChoices):
    DONOR = "donor", _("The donor asked for it")
    DUPLICATE = "duplicate", _("The gift was made twice")
    MISTAKE = "mistake", _("The amount or the programme was wrong")
    FRAUD = "fraud", _("The payment was fraudulent")
    STRIPE = "stripe", _("Made in Stripe’s dashboard")


class Refund(models.Model):
    """Money given back to the donor of a gift, all of it or a part.

    The row is written before Stripe is asked; its public id is the idempotency key.
    """

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="refunds", verbose_name=_("donation"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    reason = models.CharField(_("reason"), max_length=9, choices=RefundReason.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=RefundStatus.choices, default=RefundStatus.REQUESTED
    )
    error = models.CharField(_("what Stripe said"), max_length=500, blank=True)
    stripe_refund_id = models.CharField(_("Refund"), max_length=255, unique=True, null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    refunded_at = models.DateTimeField(_("given back (Stripe’s time)"), null=True, blank=True)
    failed_at = models.DateTimeField(_("came back"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(status__in=RefundStatus.values), name="refund_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["requested", "refused"])
                | models.Q(stripe_refund_id__isnull=False),
                name="refund_made_has_id",
            ),
            # Two people who give the same gift back at once ask for it once.
            models.UniqueConstraint(
                fields=["donation"],
                condition=models.Q(status="requested"),
                name="refund_one_asked_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_refund_id or str(self.public_id)


class DisputeStatus(models.TextChoices):
    INQUIRY = "inquiry", _("The bank asks; no money has moved")
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed without a loss")


class Dispute(models.Model):
    """A gift that the donor's bank contests."""

    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="disputes", verbose_name=_("donation")
    )
    stripe_dispute_id = models.CharField(_("Dispute"), max_length=255, unique=True)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    fee_cents = models.PositiveBigIntegerField(_("fee (cents)"), default=0)
    reason = models.CharField(_("what the bank says"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=DisputeStatus.choices)
    due_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened (Stripe’s time)"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=DisputeStatus.values), name="dispute_status_known"
            ),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="dispute_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.stripe_dispute_id


class FraudWarning(models.Model):
    """A card scheme fears that a gift's card was stolen. No money has moved; a refund avoids a dispute."""

    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="fraud_warnings", verbose_name=_("donation")
    )
    stripe_warning_id = models.CharField(_("Early fraud warning"), max_length=255, unique=True)
    fraud_type = models.CharField(_("kind of fraud"), max_length=60, blank=True)
    actionable = models.BooleanField(_("a refund would still help"), default=True)
    warned_at = models.DateTimeField(_("warned (Stripe’s time)"))
    seen_at = models.DateTimeField(_("seen by staff"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seen by"),
    )

    class Meta:
        verbose_name = _("early fraud warning")
        verbose_name_plural = _("early fraud warnings")
        ordering = ["-warned_at", "-pk"]

    def __str__(self) -> str:
        return self.stripe_warning_id
