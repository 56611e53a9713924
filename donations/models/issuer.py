from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuer")

    def __str__(self) -> str:
        return self.name
