from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from donations import checks as checks  # registers the system checks


class DonationsConfig(AppConfig):
    name = "donations"
    verbose_name = _("Donations")
