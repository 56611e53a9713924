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


class SeenByStaff(models.Model):
    """Stands on staff's home until one of them has seen to it."""

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
        abstract = True


class Refund(SeenByStaff):
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


class DisputeReason(models.TextChoices):
    """Why a bank contests, as Stripe's API names it. A reason that it adds later is shown as it came."""

    BANK_CANNOT_PROCESS = "bank_cannot_process", _("The bank cannot process the payment")
    CHECK_RETURNED = "check_returned", _("A cheque came back unpaid")
    CREDIT_NOT_PROCESSED = "credit_not_processed", _("A refund was expected and did not come")
    CUSTOMER_INITIATED = "customer_initiated", _("The donor contests it, without saying why")
    DEBIT_NOT_AUTHORIZED = "debit_not_authorized", _("The debit was not authorised")
    DUPLICATE = "duplicate", _("It was paid twice")
    FRAUDULENT = "fraudulent", _("The card’s holder did not agree to it")
    GENERAL = "general", _("Another reason")
    INCORRECT_ACCOUNT_DETAILS = "incorrect_account_details", _("The account is not the right one")
    INSUFFICIENT_FUNDS = "insufficient_funds", _("There is not enough money on the account")
    NONCOMPLIANT = "noncompliant", _("It does not follow the card network’s rules")
    PRODUCT_NOT_RECEIVED = "product_not_received", _("Something was expected in return and did not come")
    PRODUCT_UNACCEPTABLE = "product_unacceptable", _("It was not what had been described")
    SUBSCRIPTION_CANCELED = "subscription_canceled", _("The recurring gift had been ended before")
    UNRECOGNIZED = "unrecognized", _("The donor does not recognise it")


class Dispute(models.Model):
    """A gift that the donor's bank contests."""

    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="disputes", verbose_name=_("donation")
    )
    stripe_dispute_id = models.CharField(_("Dispute"), max_length=255, unique=True)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    fee_cents = models.PositiveBigIntegerField(_("fee (cents)"), default=0)
    reason = models.CharField(
        _("what the bank says"), max_length=60, blank=True, choices=DisputeReason.choices
    )
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


class FraudType(models.TextChoices):
    """What a card scheme fears, as Stripe's API names it."""

    CARD_NEVER_RECEIVED = "card_never_received", _("The card never reached its holder")
    FRAUDULENT_CARD_APPLICATION = (
        "fraudulent_card_application",
        _("The card was asked for under a false identity"),
    )
    MADE_WITH_COUNTERFEIT_CARD = "made_with_counterfeit_card", _("A counterfeit card")
    MADE_WITH_LOST_CARD = "made_with_lost_card", _("A lost card")
    MADE_WITH_STOLEN_CARD = "made_with_stolen_card", _("A stolen card")
    MISC = "misc", _("Another fraud")
    UNAUTHORIZED_USE_OF_CARD = "unauthorized_use_of_card", _("The card’s holder did not agree to it")


class FraudWarning(SeenByStaff):
    """A card scheme fears that a gift's card was stolen. No money has moved; a refund avoids a dispute."""

    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="fraud_warnings", verbose_name=_("donation")
    )
    stripe_warning_id = models.CharField(_("Early fraud warning"), max_length=255, unique=True)
    fraud_type = models.CharField(_("kind of fraud"), max_length=60, blank=True, choices=FraudType.choices)
    actionable = models.BooleanField(_("a refund would still help"), default=True)
    warned_at = models.DateTimeField(_("warned (Stripe’s time)"))

    class Meta:
        verbose_name = _("early fraud warning")
        verbose_name_plural = _("early fraud warnings")
        ordering = ["-warned_at", "-pk"]

    def __str__(self) -> str:
        return self.stripe_warning_id
