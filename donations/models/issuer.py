from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from donations import iban


class TidyField(models.CharField[str, str]):
    """An account number or a bank's code: kept without spaces and in capitals, however it is typed."""

    def to_python(self, value: Any) -> Any:
        return iban.tidy(value) if isinstance(value, str) else super().to_python(value)


def valid_iban(value: str) -> None:
    if not iban.is_iban(value):
        raise ValidationError(
            _("This is not an IBAN: a character is missing, too many or wrong."), code="not_an_iban"
        )


def valid_bic(value: str) -> None:
    if not iban.is_bic(value):
        raise ValidationError(_("This is not a BIC: 8 or 11 letters and figures."), code="not_a_bic")


class Issuer(models.Model):
    """The foundation as its documents name it. One row; what only it can know starts empty."""

    name = models.CharField(_("name"), max_length=200)
    legal_form = models.CharField(_("legal form"), max_length=200, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    iban = TidyField(
        _("IBAN"),
        max_length=50,
        blank=True,
        validators=[valid_iban],
        help_text=_("The account that transfers go to. Donors see it as soon as it is here."),
    )
    bic = TidyField(_("BIC"), max_length=20, blank=True, validators=[valid_bic])

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuer")

    def __str__(self) -> str:
        return self.name
