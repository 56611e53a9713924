from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from donations import checks


class DonationsConfig(AppConfig):
    name = "donations"
    verbose_name = _("Donations")

    def ready(self) -> None:
        register(checks.stripe_keys)
