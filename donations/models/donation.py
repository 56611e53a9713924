import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.donor import Donor
from programs.models import FundingNeed, Program


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")
    HELD = "held", _("Held for review")
    DISPUTED = "disputed", _("Disputed")
    LOST = "lost", _("Lost to a dispute")
    REFUNDED = "refunded", _("Refunded")
    UNDONE = "undone", _("Recorded by mistake")


class Frequency(models.TextChoices):
    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")
    YEARLY = "yearly", _("Every year")


class Method(models.TextChoices):
    CARD = "card", _("Card")
    SEPA_DEBIT = "sepa_debit", _("SEPA direct debit")
    # Received otherwise, as staff wrote it down.
    TRANSFER = "transfer", _("Bank transfer")
    CHEQUE = "cheque", _("Cheque")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Other, or from before this site")

    @classmethod
    def called(cls, name: str) -> str:
        """Stripe's name of a method where it is one of these; empty for any of its dozens of others."""
        return name if name in cls.values else ""


class Display(models.TextChoices):
    ANONYMOUS = "anonymous", _("Stay anonymous")
    NAME = "name", _("Show a name")


class DonationQuerySet(models.QuerySet["Donation"]):
    def named(self, public_id: object) -> "Donation | None":
        """The gift of that public id, whatever was written there; None when there is none."""
        try:
            key = uuid.UUID(str(public_id))
        except ValueError:
            return None
        return self.filter(public_id=key).first()


class Donation(models.Model):
    """One gift, from the form to its end. Only `donations.payments` moves its status."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("programme"))
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="donations", verbose_name=_("donor"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    designation = models.ForeignKey(
        FundingNeed, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("designation")
    )
    frequency = models.CharField(
        _("frequency"), max_length=7, choices=Frequency.choices, default=Frequency.ONCE
    )
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, blank=True)
    display = models.CharField(
        _("public name"), max_length=9, choices=Display.choices, default=Display.ANONYMOUS
    )
    public_name = models.CharField(_("name to show"), max_length=100, blank=True)
    # The exact words the donor agreed to when asking for progress updates; empty when they did not.
    updates_consent = models.TextField(_("consent to updates"), blank=True)
    language = models.CharField(_("language"), max_length=5)

    # The recurring gift that this one is a payment of; the first one asked for both.
    plan = models.ForeignKey(
        "RecurringDonation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="donations",
        verbose_name=_("recurring gift"),
    )

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    # Its payment is only set aside at first: a person looks before the money is taken.
    review_first = models.BooleanField(_("looked at before it is charged"), default=False)
    review_reason = models.CharField(_("why it is held"), max_length=300, blank=True)
    # A person decided to take a held gift: what was paid is accepted as it was paid.
    reviewed_at = models.DateTimeField(_("released"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    # One per form shown and answers given: sending the same form twice finds the same donation.
    submission_key = models.CharField(
        _("submission key"), max_length=64, unique=True, null=True, editable=False
    )

    livemode = models.BooleanField(_("live mode"), default=False)
    stripe_session_id = models.CharField(
        _("Checkout Session"), max_length=255, unique=True, null=True, blank=True
    )
    checkout_url = models.TextField(_("Checkout address"), blank=True)
    stripe_payment_intent_id = models.CharField(
        _("PaymentIntent"), max_length=255, unique=True, null=True, blank=True
    )
    stripe_charge_id = models.CharField(_("Charge"), max_length=255, unique=True, null=True, blank=True)
    stripe_invoice_id = models.CharField(_("Invoice"), max_length=255, unique=True, null=True, blank=True)
    # What the donor's bank knows the debit by: the mandate's unique reference.
    mandate_reference = models.CharField(_("mandate reference"), max_length=100, blank=True)
    # What a donor quotes on a transfer or a cheque.
    reference = models.CharField(_("reference quoted"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("intended"), auto_now_add=True)
    checked_at = models.DateTimeField(_("last compared with Stripe"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid (Stripe's time)"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled here"), null=True, blank=True)

    objects = DonationQuerySet.as_manager()

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        ordering = ["-created_at"]
        permissions = [
            ("refund_donation", "Can refund donation"),
            ("review_donation", "Can decide on held donations"),
            ("export_donation", "Can export donations and the ledger"),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="donation_status_created"),
            models.Index(fields=["program", "-created_at"], name="donation_program_created"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="donation_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="donation_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=Frequency.values), name="donation_frequency_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="paid")
                | models.Q(paid_at__isnull=False, settled_at__isnull=False),
                name="donation_paid_has_times",
            ),
            models.CheckConstraint(
                condition=models.Q(stripe_invoice_id__isnull=True) | models.Q(plan__isnull=False),
                name="donation_invoice_has_plan",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def credited_later(self) -> bool:
        """Whether it is paid and not here yet: the day on which a debit is credited is known before, and its
        bank's answer may come before it.
        """
        return self.paid_at is not None and timezone.localdate(self.paid_at) > timezone.localdate()
