"""Stripe, as the rest of the project sees it: the only module that imports its library.

Answers are turned into small frozen records, errors into two: `Unavailable` (nothing is known to
have happened; try again) and `Refused` (Stripe understood and said no: asking again is useless).
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import stripe
from django.conf import settings
from stripe.params.checkout import SessionCreateParams

from donations import strict_json

# The library's own defaults are no retry and 80 seconds. A donor is waiting.
_CONNECT_SECONDS = 3
_READ_SECONDS = 15
_RETRIES = 2
# While somebody looks at a page that also works without the answer.
_PATIENCE_ON_A_PAGE = (2, 4)

# Stripe's own tolerance for the age of a signed event; it accepts any time in the future, we do not.
_EVENT_TOLERANCE_SECONDS = 300
# What Stripe's ids and types are made of.
_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}")
_VERSION_LENGTH = 40


class Unavailable(Exception):  # named for what it means to the caller
    """Stripe did not answer, or not in a way that says what happened."""


class Refused(Exception):
    """Stripe understood the request and declined it."""


class BadEvent(Exception):
    """A webhook that is not from Stripe, is stale, or is for the other mode."""


@dataclass(frozen=True)
class Checkout:
    """A Checkout Session that a donor can be sent to."""

    session_id: str
    url: str
    livemode: bool


@dataclass(frozen=True)
class Payment:
    """Money that has moved: all amounts in cents, as Stripe's balance has them."""

    payment_intent_id: str
    charge_id: str
    amount_cents: int
    currency: str
    fee_cents: int
    method: str
    paid_at: dt.datetime
    livemode: bool


@dataclass(frozen=True)
class CheckoutState:
    """What Stripe says of a Checkout Session now. `payment` is there when it has been paid."""

    session_id: str
    reference: str
    status: Literal["open", "complete", "expired"]
    payment: Payment | None
    livemode: bool


@dataclass(frozen=True)
class Event:
    """A verified notification. A hint that something happened, never the truth about it."""

    event_id: str
    type: str
    livemode: bool
    api_version: str
    created_at: dt.datetime
    payload: dict[str, Any]


def is_live() -> bool:
    """Whether the configured key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY


def open_checkout(
    *,
    public_id: UUID,
    amount_cents: int,
    currency: str,
    product_name: str,
    email: str,
    language: str,
    success_url: str,
    cancel_url: str,
) -> Checkout:
    """Open a hosted Checkout Session for one gift by card.

    Repeating it with the same arguments returns the same session: the idempotency key is the gift's
    public id (Stripe keeps keys for at least 24 hours). Raises `Unavailable` or `Refused`.
    """
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "allowed_payment_method_types": ["card"],
        # The gift is in euros on every page, in every letter and at the bank.
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": str(public_id),
        "customer_email": email,
        "locale": "fr" if language == "fr" else "en",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": amount_cents,
                    "product_data": {"name": product_name},
                },
            }
        ],
        "metadata": {"donation": str(public_id)},
        "payment_intent_data": {"metadata": {"donation": str(public_id)}},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    with _asking():
        session = _client().v1.checkout.sessions.create(params, {"idempotency_key": f"checkout-{public_id}"})
        if not isinstance(session.url, str):
            raise Unavailable(f"{session.id} has no address to send the donor to")
        return Checkout(session_id=session.id, url=session.url, livemode=session.livemode)


def fetch_checkout(session_id: str, *, patient: bool = True) -> CheckoutState:
    """Ask Stripe how a Checkout Session stands. Raises `Unavailable` or `Refused`.

    `patient=False` gives up within a few seconds, for a page that a person is waiting for.
    """
    with _asking():
        session = _client(patient=patient).v1.checkout.sessions.retrieve(
            session_id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )
        status = session.status
        if status not in ("open", "complete", "expired"):
            raise Unavailable(f"{session.id} has the unknown status {status!r}")
        return CheckoutState(
            session_id=session.id,
            reference=session.client_reference_id or "",
            status=status,  # type: ignore[arg-type]  # narrowed by the line above; the SDK adds `str`
            payment=_payment(session) if session.payment_status == "paid" else None,
            livemode=session.livemode,
        )


def expire_checkout(session_id: str) -> None:
    """Close a Checkout Session so that it cannot be paid; quietly fine when it is closed already."""
    with _asking(), suppress(stripe.InvalidRequestError):
        # Refused when it is complete or expired: how it stands is read by fetch_checkout.
        _client(patient=False).v1.checkout.sessions.expire(session_id)


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
        raise BadEvent(f"not an event: {_told(error)}") from error
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


def _payment(session: stripe.checkout.Session) -> Payment:
    intent = session.payment_intent
    if not isinstance(intent, stripe.PaymentIntent):
        raise Unavailable(f"{session.id} is paid but came without its PaymentIntent")
    charge = intent.latest_charge
    if not isinstance(charge, stripe.Charge):
        raise Unavailable(f"{intent.id} is paid but came without its charge")
    balance = charge.balance_transaction
    if not isinstance(balance, stripe.BalanceTransaction):
        # Stripe writes it within moments of the charge; until then the fee is not known.
        raise Unavailable(f"{charge.id} has no balance transaction yet")
    return Payment(
        payment_intent_id=intent.id,
        charge_id=charge.id,
        amount_cents=charge.amount_captured,
        currency=charge.currency.upper(),
        fee_cents=balance.fee,
        method=charge.payment_method_details.type if charge.payment_method_details else "",
        paid_at=dt.datetime.fromtimestamp(charge.created, tz=dt.UTC),
        livemode=charge.livemode,
    )


def _client(*, patient: bool = True) -> stripe.StripeClient:
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, patient)


@lru_cache(maxsize=8)
def _client_for(key: str, base: str, patient: bool) -> stripe.StripeClient:
    timeout = (_CONNECT_SECONDS, _READ_SECONDS) if patient else _PATIENCE_ON_A_PAGE
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=_RETRIES if patient else 0,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@contextmanager
def _asking() -> Iterator[None]:
    """Whatever goes wrong in asking Stripe, or in reading its answer, is one of our two errors.

    What answers may not be Stripe at all: a proxy's page, half a message.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _translated(error) from error
    except (AttributeError, TypeError, KeyError, ValueError, OverflowError) as error:
        raise Unavailable(f"an answer that cannot be read: {_told(error)}") from error


def _told(error: Exception) -> str:
    """In a line: some errors hold all the bytes they failed at."""
    return f"{type(error).__name__}: {error}"[:200]


def _translated(error: stripe.StripeError) -> Unavailable | Refused:
    """402 and 400 are answers; a time-out, 429, 409, 401 or 5xx says nothing about the gift."""
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError | stripe.IdempotencyError):
        return Refused(str(error))
    return Unavailable(str(error))
