from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.offline_gift import OfflineGift
from donations.models.pledge import Pledge


class Format(models.TextChoices):
    CAMT = "camt", _("camt.053 (XML)")
    TABLE = "table", _("Table (CSV)")


class BankStatement(models.Model):
    """A file from the bank, kept as it came. The same file is never here twice."""

    name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=5, choices=Format.choices)
    path = models.CharField(_("kept as"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, unique=True)
    account = models.CharField(_("account"), max_length=50, blank=True)
    # Of a table: which column says what, as a person confirmed it.
    columns = models.JSONField(_("columns"), default=dict, blank=True)
    first_on = models.DateField(_("from"), null=True, blank=True)
    last_on = models.DateField(_("until"), null=True, blank=True)
    added = models.PositiveIntegerField(_("new lines"), default=0)
    known = models.PositiveIntegerField(_("known already"), default=0)
    skipped = models.PositiveIntegerField(_("left out"), default=0)
    # Money that had come in and went back, as far as the format says so: a cheque that was not paid.
    taken_back = models.PositiveIntegerField(_("taken back"), default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    uploaded_at = models.DateTimeField(_("imported"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class LineState(models.TextChoices):
    OPEN = "open", _("To look at")
    RECORDED = "recorded", _("Recorded as a gift")
    DISMISSED = "dismissed", _("No gift")


class BankLine(models.Model):
    """Money that came in, as the bank says it. A person decides whether it is a gift, and whose."""

    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="lines", verbose_name=_("bank statement")
    )
    # The same movement has the same key in every statement that names it.
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    account = models.CharField(_("account"), max_length=50)
    booked_on = models.DateField(_("booked on"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3)
    name = models.CharField(_("from whom"), max_length=200, blank=True)
    text = models.CharField(_("message"), max_length=1000, blank=True)
    bank_reference = models.CharField(_("bank’s reference"), max_length=140, blank=True)
    quoted = models.ForeignKey(
        Pledge,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reference quoted"),
    )
    # Another statement names what may be the same movement, in other words: see `doubles`.
    resembles = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resembled",
        verbose_name=_("may be the same as"),
    )
    state = models.CharField(_("state"), max_length=9, choices=LineState.choices, default=LineState.OPEN)
    gift = models.OneToOneField(
        OfflineGift, models.PROTECT, null=True, blank=True, related_name="line", verbose_name=_("gift")
    )
    reason = models.CharField(_("why it is no gift"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["-booked_on", "-pk"]
        indexes = [models.Index(fields=["state", "-booked_on"], name="bank_line_state_booked")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="bank_line_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state="open", gift__isnull=True, reason="", decided_at__isnull=True)
                | models.Q(state="recorded", gift__isnull=False, reason="", decided_at__isnull=False)
                | models.Q(state="dismissed", gift__isnull=True, decided_at__isnull=False)
                & ~models.Q(reason=""),
                name="bank_line_state_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on:%Y-%m-%d} {self.said[:60]}"

    @property
    def said(self) -> str:
        """Who sent the money, or else all that the bank says."""
        return self.name or self.text

    def doubles(self) -> "models.QuerySet[BankLine]":
        """Lines of other statements that may be the same movement."""
        either = models.Q(pk=self.resembles_id) | models.Q(resembles=self)
        return BankLine.objects.filter(either).select_related("statement", "gift")
