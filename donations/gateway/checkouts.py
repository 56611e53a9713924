"""Stripe's hosted payment page: opened for one gift, looked at, closed."""

from contextlib import suppress

import stripe
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItemPriceData,
    SessionCreateParamsPaymentIntentData,
)

from donations.gateway import money, standings
from donations.gateway.asking import Unavailable, asking, beyond_old_failures, client, id_of
from donations.gateway.records import Checkout, CheckoutState, Interval, Order


def open_checkout(order: Order, *, success_url: str, cancel_url: str) -> Checkout:
    """Open a hosted Checkout Session for one gift, or for the first payment of a plan, by card or debit.

    Repeating it with the same arguments returns the same session (see `_created`). Raises
    `Unavailable` or `Refused`.
    """
    params: SessionCreateParams = {
        "ui_mode": "hosted_page",
        # Only a card can keep money aside.
        "allowed_payment_method_types": ["card"] if order.set_aside else ["card", "sepa_debit"],
        # The gift is in euros on every page, in every letter and at the bank.
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": str(order.public_id),
        "customer_email": order.email,
        "locale": "fr" if order.language == "fr" else "en",
        "success_url": success_url,
        "cancel_url": cancel_url,
        **(_recurring(order, order.every) if order.every else _once(order)),
    }
    with asking():
        session = _created(params, f"checkout-{order.public_id}")
        if not isinstance(session.url, str):
            raise Unavailable(f"{session.id} has no address to send the donor to")
        return Checkout(session_id=session.id, url=session.url, livemode=session.livemode)


def _created(params: SessionCreateParams, key: str) -> stripe.checkout.Session:
    """The session of the idempotency key.

    A session that a failure of Stripe's may have left behind is nobody's: its address was never given.
    """
    sessions = client().v1.checkout.sessions
    return beyond_old_failures(lambda key: sessions.create(params, {"idempotency_key": key}), key)


def _once(order: Order) -> SessionCreateParams:
    metadata = {"donation": str(order.public_id)}
    intent: SessionCreateParamsPaymentIntentData = {
        "metadata": metadata,
        # Stripe's default captures in the background, and its fee may not be known for an hour.
        "capture_method": "manual" if order.set_aside else "automatic",
    }
    return {
        "mode": "payment",
        "submit_type": "donate",
        "line_items": [{"quantity": 1, "price_data": _price(order)}],
        "metadata": metadata,
        "payment_intent_data": intent,
    }


def _recurring(order: Order, every: Interval) -> SessionCreateParams:
    """The plan's id lies on the subscription, and so on each of its invoices."""
    plan = {"plan": str(order.plan_id)}
    return {
        "mode": "subscription",
        "line_items": [{"quantity": 1, "price_data": {**_price(order), "recurring": {"interval": every}}}],
        "metadata": {"donation": str(order.public_id), **plan},
        "subscription_data": {"metadata": plan},
    }


def _price(order: Order) -> SessionCreateParamsLineItemPriceData:
    return {
        "currency": order.currency.lower(),
        "unit_amount": order.amount_cents,
        "product_data": {"name": order.product_name},
    }


def fetch_checkout(session_id: str, *, patient: bool = True) -> CheckoutState:
    """Ask Stripe how a Checkout Session stands. Raises `Unavailable` or `Refused`.

    `patient=False` gives up within a few seconds, for a page that a person is waiting for.
    """
    with asking():
        session = client(patient=patient).v1.checkout.sessions.retrieve(
            session_id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )
        status = session.status
        if status not in ("open", "complete", "expired"):
            raise Unavailable(f"{session.id} has the unknown status {status!r}")
        return CheckoutState(
            session_id=session.id,
            reference=session.client_reference_id or "",
            status=status,  # type: ignore[arg-type]  # narrowed by the line above; the SDK adds `str`
            standing=standings.of_session(session),
            payment=money.of_session(session) if _paid_once(session) else None,
            livemode=session.livemode,
            payment_intent_id=id_of(session.payment_intent),
            customer_id=id_of(session.customer),
            subscription_id=id_of(session.subscription),
            invoice_id=id_of(session.invoice),
            mandate_id=money.mandate_of(session.payment_intent),
        )


def expire_checkout(session_id: str) -> None:
    """Close a Checkout Session so that it cannot be paid; quietly fine when it is closed already."""
    with asking(), suppress(stripe.InvalidRequestError):
        # Refused when it is complete or expired: how it stands is read by fetch_checkout.
        client(patient=False).v1.checkout.sessions.expire(session_id)


def _paid_once(session: stripe.checkout.Session) -> bool:
    """A plan's first payment is its invoice's: the session only names it."""
    return session.mode == "payment" and standings.of_session(session) == "paid"
