"""Recurring gifts begin: the session, the first payment, and all that Stripe makes of it."""

import pytest
import requests
import stripe

from sandbox import sweep

from .billing import invoices_of, monthly, pass_time, period_end, subscribe, types
from .conftest import asked, debit, pay


def test_paid_session_begins_a_subscription(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(monthly())
    before = (session.mode, session.payment_status, session.customer, session.subscription)

    answer = pay(session)

    assert before == ("subscription", "unpaid", None, None)
    assert answer.headers["Location"].endswith(session.id)
    done = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription.latest_invoice", "customer"]}
    )
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "paid", None)
    assert isinstance(done.customer, stripe.Customer)
    assert done.customer.email == "ada@example.org"
    plan = done.subscription
    assert isinstance(plan, stripe.Subscription)
    assert (plan.status, plan.metadata.to_dict(), plan.customer) == (
        "active",
        {"plan": "a-plan"},
        done.customer.id,
    )
    invoice = plan.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.id == done.invoice
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        2500,
        "subscription_create",
    )


def test_first_invoice_leads_to_its_payment(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    (invoice,) = client_of_stripe.v1.invoices.list(
        {"subscription": plan.id, "expand": ["data.payments.data.payment.payment_intent"]}
    ).data
    assert invoice.parent
    assert invoice.parent.subscription_details
    assert invoice.parent.subscription_details.subscription == plan.id
    assert invoice.parent.subscription_details.metadata
    assert invoice.parent.subscription_details.metadata.to_dict() == {"plan": "a-plan"}
    assert invoice.payments
    (payment,) = invoice.payments.data
    assert (payment.status, payment.amount_paid) == ("paid", 2500)
    intent = payment.payment.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.customer, intent.setup_future_usage) == (
        "succeeded",
        plan.customer,
        "off_session",
    )
    (charge,) = client_of_stripe.v1.charges.list().data
    assert (charge.amount, charge.customer, charge.payment_intent) == (2500, plan.customer, intent.id)


def test_card_is_kept_for_the_plan(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    assert isinstance(plan.default_payment_method, str)
    method = client_of_stripe.v1.payment_methods.retrieve(plan.default_payment_method)
    assert method.customer == plan.customer
    assert method.card
    assert (method.card.exp_month, method.card.exp_year) == (12, 2034)


def test_beginning_is_told_in_order(client_of_stripe: stripe.StripeClient) -> None:
    subscribe(client_of_stripe)

    assert types(client_of_stripe) == [
        "product.created",
        "price.created",
        "payment_intent.created",
        "customer.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_method.attached",
        "invoice.created",
        "customer.subscription.created",
        "invoice.finalized",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


def test_declined_first_payment_begins_nothing(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(monthly())

    declined = pay(session, "4000000000000002")

    assert "Your card was declined." in declined.text
    assert client_of_stripe.v1.subscriptions.list().data == []
    assert client_of_stripe.v1.invoices.list().data == []
    assert pay(session).status_code == 303
    (plan,) = client_of_stripe.v1.subscriptions.list().data
    assert isinstance(plan.default_payment_method, str)
    assert len(client_of_stripe.v1.customers.list().data) == 1


def test_first_payment_may_be_authenticated(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(monthly())
    asked_for = pay(session, "4000002500003155")
    assert session.url

    requests.post(
        session.url + "authenticate/", data={"action": "complete"}, allow_redirects=False, timeout=5
    )

    assert asked_for.headers["Location"].endswith("/authenticate/")
    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    (plan,) = client_of_stripe.v1.subscriptions.list().data
    assert plan.status == "active"


def test_known_customer_is_used(client_of_stripe: stripe.StripeClient) -> None:
    customer = client_of_stripe.v1.customers.create({"email": "ada@example.org"})

    plan = subscribe(client_of_stripe, customer=customer.id, customer_email=None)

    assert plan.customer == customer.id
    (invoice,) = invoices_of(client_of_stripe, plan)
    assert (invoice.customer, invoice.customer_email) == (customer.id, "ada@example.org")


def test_kept_price_may_be_sold(client_of_stripe: stripe.StripeClient) -> None:
    product = client_of_stripe.v1.products.create({"name": "Gift"})
    price = client_of_stripe.v1.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 12_000, "recurring": {"interval": "year"}}
    )

    plan = subscribe(client_of_stripe, line_items=[{"price": price.id, "quantity": 1}])

    item = plan["items"].data[0]
    assert (item.price.id, item.plan.interval) == (price.id, "year")
    assert period_end(plan) - plan.created in {365 * 86_400, 366 * 86_400}
    assert client_of_stripe.v1.prices.retrieve(price.id).unit_amount == 12_000


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_intent_data": {"description": "Gift"}}, "payment_intent_data"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"subscription_data": {"trial_period_days": 3}}, "subscription_data[trial_period_days]"),
        ({"line_items": asked()["line_items"]}, "line_items[0][price]"),
    ],
)
def test_sessions_of_another_mode_are_refused(
    client_of_stripe: stripe.StripeClient, changes: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.checkout.sessions.create(monthly(**changes))

    assert refusal.value.param == param


def test_debited_plan_runs_while_its_first_debit_is_under_way(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(monthly())

    debit(session)

    begun = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription", "invoice"]}
    )
    plan, invoice = begun.subscription, begun.invoice
    assert isinstance(plan, stripe.Subscription)
    assert isinstance(invoice, stripe.Invoice)
    assert (begun.status, begun.payment_status, plan.status) == ("complete", "unpaid", "active")
    assert (invoice.status, invoice.attempt_count, invoice.attempted) == ("open", 1, True)
    (charge,) = client_of_stripe.v1.charges.list().data
    sweep.collect(charge.id)
    told = types(client_of_stripe)
    assert told[-6:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_refused_first_debit_is_tried_again(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(monthly())
    debit(session)
    (charge,) = client_of_stripe.v1.charges.list().data

    sweep.refuse(charge.id)

    assert types(client_of_stripe)[-3:] == [
        "checkout.session.async_payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    (plan,) = client_of_stripe.v1.subscriptions.list().data
    assert plan.status == "past_due"
    (invoice,) = invoices_of(client_of_stripe, plan)
    assert invoice.next_payment_attempt
    pass_time(invoice.next_payment_attempt)
    (second, _first) = client_of_stripe.v1.charges.list().data
    assert (second.status, second.payment_method) == ("pending", plan.default_payment_method)
    sweep.collect(second.id)
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "active"
