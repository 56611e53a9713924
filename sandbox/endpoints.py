"""Where webhooks go: the site's own endpoint, and whatever else callers have set up.

The site's own one is set by settings. It is in the list like any other once somebody has looked,
and takes every event unless it is told otherwise.
"""

from typing import Any

import stripe
from django.conf import settings

from sandbox import store
from sandbox.models import StripeObject, StripeObjectQuerySet

KIND = "webhook_endpoint"
_OWN = "we_1SandboxOfThisSite"


def all_rows() -> StripeObjectQuerySet:
    return StripeObject.objects.of_kind(KIND)


def own() -> StripeObject:
    """The site's own endpoint, made at the first look."""
    row = store.find(KIND, _OWN)
    if row is None:
        data = blank(_OWN, settings.SANDBOX_WEBHOOK_URL, ["*"], "The site itself", stripe.api_version)
        row, _made = StripeObject.objects.get_or_create(
            object_id=_OWN, defaults={"kind": KIND, "created": data["created"], "data": data}
        )
    return row


def blank(
    endpoint_id: str,
    url: str,
    enabled_events: list[str],
    description: str | None,
    api_version: str | None = None,
) -> dict[str, Any]:
    """Without an `api_version` it speaks the account's own."""
    return {
        "id": endpoint_id,
        "object": KIND,
        "api_version": api_version,
        "application": None,
        "created": store.now(),
        "description": description,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }


def wanting(event_type: str) -> list[StripeObject | None]:
    """The endpoints that take events of that type; None is the site's own, set by settings only."""
    rows = list(all_rows().order_by("pk"))
    unseen: list[StripeObject | None] = [] if any(is_own(row) for row in rows) else [None]
    return unseen + [
        None if is_own(row) else row
        for row in rows
        if row.data["status"] == "enabled" and {"*", event_type} & set(row.data["enabled_events"])
    ]


def target(endpoint: StripeObject | None) -> tuple[str, str]:
    """Its address, and the secret it is signed with."""
    if endpoint is None:
        return settings.SANDBOX_WEBHOOK_URL, settings.STRIPE_WEBHOOK_SECRET
    return endpoint.data["url"], endpoint.private["secret"]


def is_own(row: StripeObject) -> bool:
    return row.object_id == _OWN
