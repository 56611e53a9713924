import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Display, Frequency, Method, Status
from donations.models.donor import Donor
from programs.models import FundingNeed, Program


class PlanStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for the first payment")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    PAST_DUE = "past_due", _("A payment failed")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    DONOR = "donor", _("Ended by the donor")
    STAFF = "staff", _("Ended by staff")
    FAILED = "failed", _("The payments failed")
    DISPUTED = "disputed", _("A payment was contested")
    STRIPE = "stripe", _("Ended at Stripe")
    ABANDONED = "abandoned", _("The first payment was never made")


class RecurringDonation(models.Model):
    """A plan to give the same amount every month or every year. Each paid invoice is a donation of its own.

    Only `donations.plans` moves its status; Stripe's subscription is the truth about it.
    """

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("programme"))
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="plans", verbose_name=_("donor"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    designation = models.ForeignKey(
        FundingNeed, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("designation")
    )
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency.choices)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, blank=True)
    display = models.CharField(
        _("public name"), max_length=9, choices=Display.choices, default=Display.ANONYMOUS
    )
    public_name = models.CharField(_("name to show"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=5)
    livemode = models.BooleanField(_("live mode"), default=False)

    status = models.CharField(
        _("status"), max_length=8, choices=PlanStatus.choices, default=PlanStatus.PENDING
    )
    stripe_customer_id = models.CharField(_("Customer"), max_length=255, blank=True)
    # Since when Stripe is to be told of the donor's new address; empty once it has been.
    customer_email_due_at = models.DateTimeField(
        _("new e-mail to be told to Stripe since"), null=True, blank=True
    )
    stripe_subscription_id = models.CharField(
        _("Subscription"), max_length=255, unique=True, null=True, blank=True
    )
    # When Stripe will next ask for the amount: the last day of the period that is paid for. None when
    # it ends with that period.
    next_charge_at = models.DateTimeField(_("next payment"), null=True, blank=True)
    # Where somebody has set a day for its end at Stripe. Nothing is asked from then on.
    ends_at = models.DateTimeField(_("to end on"), null=True, blank=True)
    card_last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    # The last day on which the card can be charged; none for a debit.
    card_expires_on = models.DateField(_("card expires"), null=True, blank=True)

    # The renewal that failed and is not mended yet: Stripe's hosted page for it, and what is to come.
    failed_invoice_id = models.CharField(_("failed invoice"), max_length=255, blank=True)
    mend_url = models.TextField(_("address that mends it"), blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)

    # The wish that it end: written down at once, whenever Stripe can be asked.
    stop_requested_at = models.DateTimeField(_("to be ended since"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=9, choices=EndReason.choices, blank=True)
    end_comment = models.CharField(_("the donor’s words"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("intended"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    checked_at = models.DateTimeField(_("last compared with Stripe"), null=True, blank=True)

    class Meta:
        verbose_name = _("recurring gift")
        verbose_name_plural = _("recurring gifts")
        ordering = ["-created_at"]
        permissions = [("end_recurringdonation", "Can end recurring gift")]
        indexes = [
            models.Index(fields=["status", "next_charge_at"], name="plan_status_next"),
            models.Index(fields=["program", "status"], name="plan_program_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="plan_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(status__in=PlanStatus.values), name="plan_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=["monthly", "yearly"]), name="plan_frequency_recurs"
            ),
            models.CheckConstraint(
                condition=models.Q(status="ended", ended_at__isnull=False)
                | (~models.Q(status="ended") & models.Q(ended_at__isnull=True)),
                name="plan_ended_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "ended"])
                | models.Q(stripe_subscription_id__isnull=False),
                name="plan_started_has_subscription",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def goes_on(self) -> bool:
        """Whether it has begun and nobody wished for its end: a payment that failed is asked again."""
        begun = {PlanStatus.ACTIVE, PlanStatus.PAUSED, PlanStatus.PAST_DUE}
        return self.status in begun and self.stop_requested_at is None

    @property
    def asks_no_more(self) -> bool:
        """Whether it is set to end with the period that is paid for: there is nothing to change or pause."""
        return self.ends_at is not None and self.next_charge_at is None

    @property
    def payment_under_way(self) -> bool:
        """Whether a bank has been asked for a payment and has not answered: no pause or end stops that."""
        return self.donations.filter(status=Status.PROCESSING).exists()
