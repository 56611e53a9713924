from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from sandbox import checks


class SandboxConfig(AppConfig):
    name = "sandbox"
    verbose_name = _("Stripe sandbox")

    def ready(self) -> None:
        register(checks.never_in_production, Tags.security)
