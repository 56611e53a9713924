import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations import references
from donations.models.donor import Donor
from programs.models import Program


class Way(models.TextChoices):
    """How somebody means to give when not on the site."""

    TRANSFER = "transfer", _("Bank transfer")
    CHEQUE = "cheque", _("Cheque")


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def since(self, *, email: str, span: dt.timedelta) -> "PledgeQuerySet":
        """What was asked for with this address within the last `span`."""
        return self.filter(donor__email=email, created_at__gt=timezone.now() - span)


class Pledge(models.Model):
    """A reference given to somebody who means to send money. It is no money, and is counted nowhere.

    One reference may be quoted on several transfers: a standing order quotes it every month.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=references.make)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("programme"))
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="pledges", verbose_name=_("donor"))
    way = models.CharField(_("way"), max_length=8, choices=Way.choices)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"), null=True, blank=True)
    # The exact words the donor agreed to when asking for progress updates; empty when they did not.
    updates_consent = models.TextField(_("consent to updates"), blank=True)
    language = models.CharField(_("language"), max_length=5)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True, db_index=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced gift")
        verbose_name_plural = _("announced gifts")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="pledge_way_known"),
            models.CheckConstraint(
                condition=models.Q(amount_cents__isnull=True) | models.Q(amount_cents__gt=0),
                name="pledge_amount_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
