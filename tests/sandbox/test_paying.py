"""One-off card payments, from the session to the money."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import stripe
from django.core.management import call_command
from django.utils import timezone

from sandbox import deliveries, sweep
from sandbox.models import StripeObject
from sandbox.resources.balance_transactions import card_fee

from .conftest import Site, asked, pay


def test_paid_session_leads_to_the_charge_and_its_fee(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    answer = pay(session)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://give.example.org/thanks?session={session.id}"
    paid = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details
    assert paid.customer_details.email == "ada@example.org"
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.amount_received) == ("succeeded", 5000)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.status, charge.paid, charge.amount_captured) == ("succeeded", True, 5000)
    assert charge.billing_details.email == "ada@example.org"
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    assert (charge.payment_method_details.card.brand, charge.payment_method_details.card.last4) == (
        "visa",
        "4242",
    )
    movement = charge.balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net) == (5000, 100, 4900)
    assert [part.amount for part in movement.fee_details] == [100]


def test_books_follow_a_payment_that_is_not_asked_to_be_captured_at_once(
    client_of_stripe: stripe.StripeClient,
) -> None:
    api, whole = client_of_stripe.v1, {"expand": ["data.balance_transaction"]}
    pay(api.checkout.sessions.create(asked(payment_intent_data=None)))
    (paid,) = api.charges.list(whole).data  # type: ignore[arg-type]

    sweep.settle_due(timezone.now() + timedelta(seconds=4))

    assert (paid.status, paid.captured, paid.balance_transaction) == ("succeeded", True, None)
    (booked,) = api.charges.list(whole).data  # type: ignore[arg-type]
    assert isinstance(booked.balance_transaction, stripe.BalanceTransaction)
    assert (booked.balance_transaction.amount, booked.balance_transaction.fee) == (5000, 100)
    (told,) = api.events.list({"type": "charge.updated"}).data
    assert told.data["previous_attributes"].to_dict() == {"balance_transaction": None}
    assert len(api.balance_transactions.list().data) == 1


def test_payment_is_told_in_stripes_order(session: stripe.checkout.Session, site: Site) -> None:
    pay(session)

    sent = deliveries.deliver_due()

    assert sent == 4
    assert [event.type for event in site.events()] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_declined_then_good_card_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    declined = pay(session, "4000 0000 0000 9995")
    between = client_of_stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    good = pay(session)

    assert declined.status_code == 200
    assert "There is not enough money on this card." in declined.text
    assert (between.status, between.payment_status) == ("open", "unpaid")
    assert isinstance(between.payment_intent, stripe.PaymentIntent)
    assert between.payment_intent.status == "requires_payment_method"
    assert between.payment_intent.last_payment_error
    assert between.payment_intent.last_payment_error.decline_code == "insufficient_funds"
    assert good.status_code == 303
    charges = client_of_stripe.v1.charges.list({"payment_intent": between.payment_intent.id}).data
    assert [(charge.status, charge.failure_code) for charge in charges] == [
        ("succeeded", None),
        ("failed", "card_declined"),
    ]
    assert [event.type for event in client_of_stripe.v1.events.list().data][::-1] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    (movement,) = client_of_stripe.v1.balance_transactions.list().data
    assert movement.amount == 5000


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000119", "processing_error", "processing_error"),
    ],
)
def test_declined_cards_say_why(
    client_of_stripe: stripe.StripeClient,
    session: stripe.checkout.Session,
    number: str,
    code: str,
    decline_code: str,
) -> None:
    pay(session, number)

    (intent,) = client_of_stripe.v1.payment_intents.list().data
    assert intent.last_payment_error
    assert (intent.last_payment_error.code, intent.last_payment_error.decline_code) == (code, decline_code)


def test_paying_twice_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session)

    again = pay(session)

    assert again.status_code == 200
    assert "This payment is already made" in again.text
    assert len(client_of_stripe.v1.charges.list().data) == 1


def test_paying_many_times_at_once_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: pay(session), range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [303]
    assert len(client_of_stripe.v1.charges.list().data) == 1
    assert len(client_of_stripe.v1.payment_intents.list().data) == 1
    assert len(client_of_stripe.v1.events.list({"type": "checkout.session.completed"}).data) == 1


def test_expired_session_cannot_be_paid(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    expired = client_of_stripe.v1.checkout.sessions.expire(session.id)

    answer = pay(session)

    assert (expired.status, expired.url) == ("expired", None)
    assert "This payment page has expired" in answer.text
    assert client_of_stripe.v1.charges.list().data == []
    assert [event.type for event in client_of_stripe.v1.events.list().data] == ["checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="has a status of expired"):
        client_of_stripe.v1.checkout.sessions.expire(session.id)


def test_session_expires_when_its_time_is_over(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000000000000002")
    row = StripeObject.objects.get(object_id=session.id)
    row.data["expires_at"] = 1
    row.save()

    call_command("sandbox_expire", verbosity=0)

    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
    (intent,) = client_of_stripe.v1.payment_intents.list().data
    assert (intent.status, intent.cancellation_reason) == ("canceled", "expired")
    assert len(client_of_stripe.v1.events.list({"type": "checkout.session.expired"}).data) == 1


def test_customer_is_made_when_asked_for(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(customer_creation="always", customer_email=None)
    )

    pay(session, email="ada@example.org", name="Ada Exemple")

    paid = client_of_stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert isinstance(paid.customer, stripe.Customer)
    assert (paid.customer.email, paid.customer.name) == ("ada@example.org", "Ada Exemple")


def test_what_was_asked_of_the_payment_reaches_it(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(payment_intent_data={"metadata": {"donation": "d-1"}, "description": "Gift"})
    )

    pay(session)

    (charge,) = client_of_stripe.v1.charges.list().data
    assert charge.metadata.to_dict() == {"donation": "d-1"}
    assert charge.description == "Gift"


@pytest.mark.parametrize(
    ("cents", "fee"), [(50, 26), (100, 27), (500, 33), (5000, 100), (99_999_999, 1_500_025)]
)
def test_fee_is_in_whole_cents(cents: int, fee: int) -> None:
    assert card_fee(cents) == fee
