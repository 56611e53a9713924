"""Money held on a card: captured later, in part, let go, or forgotten."""

from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.utils import timezone

from sandbox import sweep
from sandbox.resources.balance_transactions import card_fee

from .conftest import asked, pay


@pytest.fixture
def session(client_of_stripe: stripe.StripeClient) -> stripe.checkout.Session:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(payment_intent_data={"capture_method": "manual"})
    )
    pay(session)
    return client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )


def types(client: stripe.StripeClient) -> list[str]:
    return [str(event.type) for event in client.v1.events.list({"limit": 100}).data][::-1]


def test_held_money_is_not_received(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    intent: Any = session.payment_intent

    assert session.payment_method_types == ["card"]
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 5000, 0)
    charge = intent.latest_charge
    assert (charge.status, charge.captured, charge.amount_captured) == ("succeeded", False, 0)
    assert client_of_stripe.v1.balance_transactions.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="has not been captured"):
        client_of_stripe.v1.refunds.create({"charge": charge.id})
    assert types(client_of_stripe) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(("asked_for", "taken"), [(None, 5000), (2000, 2000)])
def test_capture_takes_the_money_once(
    client_of_stripe: stripe.StripeClient,
    session: stripe.checkout.Session,
    asked_for: int | None,
    taken: int,
) -> None:
    intent: Any = session.payment_intent
    wanted: Any = {"amount_to_capture": asked_for} if asked_for else {}

    first = client_of_stripe.v1.payment_intents.capture(intent.id, wanted, {"idempotency_key": "capture"})
    again = client_of_stripe.v1.payment_intents.capture(intent.id, wanted, {"idempotency_key": "capture"})

    assert (first.status, first.amount_received, first.amount_capturable) == ("succeeded", taken, 0)
    assert again.amount_received == taken
    charge = client_of_stripe.v1.charges.retrieve(intent.latest_charge.id)
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, taken, 5000 - taken)
    movements = client_of_stripe.v1.balance_transactions.list().data[::-1]
    assert [(each.amount, each.reporting_category) for each in movements] == [
        (5000, "charge"),
        (taken - 5000, "partial_capture_reversal"),
    ][: 1 + bool(asked_for)]
    assert sum(each.net for each in movements) == taken - card_fee(taken)
    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    let_go = ["refund.created", "charge.refunded"] if taken < 5000 else []
    assert types(client_of_stripe)[4:] == ["charge.captured", "payment_intent.succeeded", *let_go]
    refunds = client_of_stripe.v1.refunds.list({"charge": charge.id}).data
    assert [(each.amount, each.balance_transaction) for each in refunds] == [
        (3000, each.id) for each in movements[1:]
    ]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.payment_intents.cancel(intent.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize("amount", [0, 5001])
def test_no_more_than_is_held_is_captured(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session, amount: int
) -> None:
    intent: Any = session.payment_intent

    with pytest.raises(stripe.InvalidRequestError):
        client_of_stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})

    assert client_of_stripe.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_cancelling_lets_the_money_go_and_none_has_moved(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    intent: Any = session.payment_intent

    cancelled = client_of_stripe.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "fraudulent"})

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "fraudulent")
    (refund,) = client_of_stripe.v1.refunds.list({"charge": intent.latest_charge.id}).data
    assert refund.balance_transaction is None
    assert refund.destination_details
    assert refund.destination_details.card
    assert refund.destination_details.card.type == "reversal"
    assert client_of_stripe.v1.balance_transactions.list().data == []
    assert types(client_of_stripe)[4:] == ["payment_intent.canceled", "refund.created", "charge.refunded"]
    with pytest.raises(stripe.InvalidRequestError, match="could not be captured"):
        client_of_stripe.v1.payment_intents.capture(intent.id)


def test_forgotten_hold_expires_after_a_week(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    intent: Any = session.payment_intent

    sweep.settle_due(timezone.now() + timedelta(days=8))

    expired = client_of_stripe.v1.payment_intents.retrieve(intent.id)
    assert (expired.status, expired.cancellation_reason) == ("canceled", "automatic")
    assert types(client_of_stripe)[4:] == ["charge.expired", "payment_intent.canceled"]


def test_intent_of_an_open_session_is_not_cancelled(client_of_stripe: stripe.StripeClient) -> None:
    pay(client_of_stripe.v1.checkout.sessions.create(asked()), "4000000000000002")
    (intent,) = client_of_stripe.v1.payment_intents.list().data

    with pytest.raises(stripe.InvalidRequestError, match="Expire the session"):
        client_of_stripe.v1.payment_intents.cancel(intent.id)
