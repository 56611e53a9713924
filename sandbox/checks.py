from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def never_in_production(**kwargs: Any) -> list[CheckMessage]:
    """The sandbox takes test cards for money and shows every letter to whoever asks."""
    if settings.DEBUG:
        return []
    return [
        Error(
            "The Stripe sandbox is installed while DEBUG is off.",
            hint="Unset SANDBOX, and set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET to real ones.",
            id="sandbox.E001",
        )
    ]
