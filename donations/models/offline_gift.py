from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation, Method
from donations.models.pledge import Pledge

# How money reaches the foundation without Stripe.
OTHERWISE = (Method.TRANSFER, Method.CHEQUE, Method.CASH, Method.OTHER)


class OfflineGift(models.Model):
    """How staff know of a gift that did not come through the site: who wrote it down, and from what.

    The gift itself is a donation like any other. Nothing here is edited: a mistake is undone, with a
    reason, and the gift recorded anew.
    """

    donation = models.OneToOneField(
        Donation, models.PROTECT, related_name="offline", verbose_name=_("donation")
    )
    # One for each form that was confirmed: confirming twice finds the same gift.
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    received_on = models.DateField(_("received on"))
    pledge = models.ForeignKey(
        Pledge,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gifts",
        verbose_name=_("announced gift"),
    )
    bank_reference = models.CharField(_("bank’s reference"), max_length=140, blank=True)
    proof_path = models.CharField(_("proof"), max_length=200, blank=True)
    proof_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    proof_type = models.CharField(_("kind of file"), max_length=40, blank=True)
    proof_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_reason = models.CharField(_("why it was undone"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("gift received otherwise")
        verbose_name_plural = _("gifts received otherwise")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(proof_path="", bank_reference=""), name="offline_gift_has_proof"
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True, undone_reason="")
                | models.Q(undone_at__isnull=False, undone_by__isnull=False) & ~models.Q(undone_reason=""),
                name="offline_gift_undone_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on:%Y-%m-%d} {self.donation.donor.name}"
