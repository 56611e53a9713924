"""A notification from Stripe, verified. Needs neither the network nor the database."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings

from donations import strict_json
from donations.gateway.asking import is_live, told

# Stripe's own tolerance for the age of a signed event; it accepts any time in the future, we do not.
_EVENT_TOLERANCE_SECONDS = 300
# What Stripe's ids and types are made of.
_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}")
_VERSION_LENGTH = 40


class BadEvent(Exception):
    """A webhook that is not from Stripe, is stale, or is for the other mode."""


@dataclass(frozen=True)
class Event:
    """A verified notification. A hint that something happened, never the truth about it."""

    event_id: str
    type: str
    livemode: bool
    api_version: str
    created_at: dt.datetime
    payload: dict[str, Any]


def read_event(body: bytes, signature: str) -> Event:
    """Verify a webhook's signature, age and mode. Needs no database. Raises `BadEvent`."""
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, _EVENT_TOLERANCE_SECONDS
        )
        signed_at = dt.datetime.fromtimestamp(_signed_at(signature), tz=dt.UTC)
        payload = strict_json.read(body)
        event = Event(
            event_id=_name(payload["id"]),
            type=_name(payload["type"]),
            livemode=payload["livemode"],
            api_version=str(payload.get("api_version") or "")[:_VERSION_LENGTH],
            created_at=dt.datetime.fromtimestamp(payload["created"], tz=dt.UTC),
            payload=payload,
        )
        payload["data"]["object"]["object"]
    except stripe.SignatureVerificationError as error:
        raise BadEvent(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise BadEvent(f"not an event: {told(error)}") from error
    if signed_at > dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=_EVENT_TOLERANCE_SECONDS):
        raise BadEvent("signed in the future")
    if event.livemode is not is_live():
        raise BadEvent("an event of the other mode (live or test)")
    return event


def _signed_at(signature: str) -> int:
    return int(dict(part.split("=", 1) for part in signature.split(",") if "=" in part)["t"])


def _name(value: object) -> str:
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise ValueError("its id or type is no name")
