"""One-off card payments, from the session to the money."""

import stripe

from sandbox import deliveries

from .conftest import Site, pay


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
