"""Say before the first gift what would go wrong with it: keys missing, mixed or of the wrong kind."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

_SECRET_KEYS = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")


def stripe_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether the Stripe settings can work together."""
    key, secret, base = settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE
    found: list[CheckMessage] = []
    if not key:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is not set.",
                hint="Copy it from Stripe's dashboard, Developers, API keys. Without it no gift can be made.",
                id="donations.E001",
            )
        )
    elif not key.startswith(_SECRET_KEYS):
        found.append(
            Error(
                "STRIPE_SECRET_KEY is not a secret or restricted key.",
                hint="It begins with sk_test_, sk_live_, rk_test_ or rk_live_; pk_ keys are for browsers.",
                id="donations.E002",
            )
        )
    if not secret:
        found.append(
            Error(
                "STRIPE_WEBHOOK_SECRET is not set.",
                hint="It is the signing secret (whsec_…) of the endpoint that points at /stripe/webhook/.",
                id="donations.E003",
            )
        )
    elif not secret.startswith("whsec_"):
        found.append(
            Error(
                "STRIPE_WEBHOOK_SECRET is not a signing secret.",
                hint="It begins with whsec_ and stands on the endpoint's page in Stripe's dashboard.",
                id="donations.E004",
            )
        )
    if "_live_" in key and settings.DEBUG:
        found.append(
            Error(
                "A live Stripe key is used with DEBUG on.",
                hint="DEBUG shows settings and SQL to visitors. Use a test key, or turn DEBUG off.",
                id="donations.E005",
            )
        )
    if "_live_" in key and base and "api.stripe.com" not in base:
        found.append(
            Error(
                "A live Stripe key would be sent to STRIPE_API_BASE, which is not Stripe.",
                hint="Unset STRIPE_API_BASE.",
                id="donations.E006",
            )
        )
    if "_test_" in key and not settings.DEBUG:
        found.append(
            Warning(
                "A Stripe test key is used with DEBUG off: gifts will look real and move no money.",
                hint="Right for a rehearsal. Use the live key before the site is opened.",
                id="donations.W007",
            )
        )
    return found
