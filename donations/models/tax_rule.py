import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regime(models.TextChoices):
    INCOME = "income", _("Income tax (art. 200 CGI)")
    WEALTH = "wealth", _("Real estate wealth tax (art. 978 CGI)")
    COMPANY = "company", _("Companies (art. 238 bis CGI)")


class TaxRuleQuerySet(models.QuerySet["TaxRule"]):
    def in_force(self, regime: Regime, on: dt.date) -> "TaxRule | None":
        """The newest rule of this regime that a person has confirmed and that has begun by `on`."""
        rules = self.filter(regime=regime, confirmed=True, valid_from__lte=on)
        return rules.order_by("-valid_from").first()


class TaxRule(models.Model):
    """A tax reduction's rate from a date on. Rates change with the finance law: staff add a row."""

    regime = models.CharField(_("regime"), max_length=7, choices=Regime.choices)
    valid_from = models.DateField(_("valid from"))
    rate_percent = models.PositiveSmallIntegerField(_("rate (percent)"))
    income_ceiling_percent = models.PositiveSmallIntegerField(
        _("ceiling (percent of taxable income)"), null=True, blank=True
    )
    reduction_cap_cents = models.PositiveBigIntegerField(
        _("largest reduction a year (cents)"), null=True, blank=True
    )
    legal_reference = models.CharField(_("legal reference"), max_length=200)
    source = models.CharField(_("where this was read"), max_length=500, blank=True)
    confirmed = models.BooleanField(
        _("in force for this foundation"),
        default=False,
        help_text=_("Shown to donors only when a person has confirmed that the foundation's gifts qualify."),
    )

    objects = TaxRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        ordering = ["regime", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["regime", "valid_from"], name="tax_rule_once"),
            models.CheckConstraint(
                condition=models.Q(rate_percent__gt=0, rate_percent__lte=100), name="tax_rule_rate_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_regime_display()}: {self.rate_percent} % ({self.valid_from:%Y-%m-%d})"
