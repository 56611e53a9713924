"""A plan in its donor's hands: another amount, another card, a rest, an end."""

from typing import Any

import pytest
import stripe

from .billing import DAY, HOUR, invoices_of, last_event, pass_time, period_end, subscribe, types


def _new_amount(client: stripe.StripeClient, plan: stripe.Subscription, amount: int, **more: Any) -> Any:
    item = plan["items"].data[0]
    price = {
        "currency": "eur",
        "product": item.price.product,
        "recurring": {"interval": item.price.recurring.interval},
        "unit_amount": amount,
    }
    return client.v1.subscriptions.update(
        plan.id,
        {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"} | more,  # type: ignore[arg-type]
    )


def test_new_amount_counts_from_the_next_period(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    changed = _new_amount(client_of_stripe, plan, 4000)

    assert changed["items"].data[0].price.unit_amount == 4000
    assert changed["items"].data[0].plan.amount == 4000
    assert period_end(changed) == period_end(plan)
    assert len(invoices_of(client_of_stripe, plan)) == 1
    pass_time(period_end(plan) + HOUR)
    assert [invoice.amount_paid for invoice in invoices_of(client_of_stripe, plan)] == [4000, 2500]


def test_no_new_amount_of_a_product_that_is_archived(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    client_of_stripe.v1.products.update(plan["items"].data[0].price.product, {"active": False})

    with pytest.raises(stripe.InvalidRequestError, match="is marked as inactive"):
        _new_amount(client_of_stripe, plan, 4000)


def test_prorations_are_not_simulated(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    with pytest.raises(stripe.InvalidRequestError, match="does not simulate prorations"):
        _new_amount(client_of_stripe, plan, 4000, proration_behavior="create_prorations")


def test_change_tells_what_was_before(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    client_of_stripe.v1.subscriptions.update(plan.id, {"metadata": {"campaign": "spring"}})

    event = client_of_stripe.v1.events.list({"limit": 1}).data[0]
    assert event.type == "customer.subscription.updated"
    told = event.to_dict()["data"]
    assert told["previous_attributes"] == {"metadata": {"plan": "a-plan"}}
    assert told["object"]["metadata"] == {"plan": "a-plan", "campaign": "spring"}
    client_of_stripe.v1.subscriptions.update(plan.id, {"metadata": {"campaign": "spring"}})
    assert last_event(client_of_stripe) == event.id


def test_paused_collection_charges_nothing_until_it_resumes(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    resumes_at = period_end(plan) + 40 * DAY
    paused = client_of_stripe.v1.subscriptions.update(
        plan.id, {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}}
    )
    seen = last_event(client_of_stripe)

    pass_time(period_end(plan) + 35 * DAY)

    assert paused.status == "active"
    told = types(client_of_stripe, seen)
    assert told.count("invoice.voided") == 2
    assert "invoice.upcoming" not in told
    assert "charge.succeeded" not in told
    pass_time(resumes_at)
    resumed = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert resumed.pause_collection is None
    pass_time(period_end(resumed) + HOUR)
    assert [invoice.status for invoice in invoices_of(client_of_stripe, plan)] == [
        "paid",
        "void",
        "void",
        "paid",
    ]


def test_pause_is_lifted_by_hand(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    client_of_stripe.v1.subscriptions.update(plan.id, {"pause_collection": {"behavior": "keep_as_draft"}})

    lifted = client_of_stripe.v1.subscriptions.update(plan.id, {"pause_collection": ""})

    assert lifted.pause_collection is None
    pass_time(period_end(plan) + HOUR)
    assert invoices_of(client_of_stripe, plan)[0].status == "paid"


def test_plan_ends_with_its_period(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    ending = client_of_stripe.v1.subscriptions.update(plan.id, {"cancel_at_period_end": True})

    assert (ending.status, ending.cancel_at, ending.cancel_at_period_end) == (
        "active",
        period_end(plan),
        True,
    )
    seen = last_event(client_of_stripe)
    pass_time(period_end(plan) + DAY)
    assert types(client_of_stripe, seen) == ["customer.subscription.deleted"]
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "canceled"
    assert len(invoices_of(client_of_stripe, plan)) == 1
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription can only update"):
        client_of_stripe.v1.subscriptions.update(plan.id, {"cancel_at_period_end": False})


def test_end_is_taken_back(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    client_of_stripe.v1.subscriptions.update(plan.id, {"cancel_at_period_end": True})

    kept = client_of_stripe.v1.subscriptions.update(plan.id, {"cancel_at_period_end": False})

    assert (kept.cancel_at, kept.canceled_at, kept.cancel_at_period_end) == (None, None, False)
    pass_time(period_end(plan) + HOUR)
    assert len(invoices_of(client_of_stripe, plan)) == 2


def test_paused_subscription_rests_and_resumes(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    with pytest.raises(stripe.InvalidRequestError, match="not paused"):
        client_of_stripe.v1.subscriptions.resume(plan.id)
    paused = client_of_stripe.v1.subscriptions.pause(
        plan.id, {"bill_for": {"unused_time_from": {"type": "none"}}}
    )
    pass_time(period_end(plan) + 90 * DAY)

    resumed = client_of_stripe.v1.subscriptions.resume(plan.id)

    assert (paused.status, resumed.status) == ("paused", "active")
    assert len(invoices_of(client_of_stripe, plan)) == 2
    assert {"customer.subscription.paused", "customer.subscription.resumed"} <= set(types(client_of_stripe))


def test_another_card_pays_from_now_on(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    api = client_of_stripe.v1
    card = api.payment_methods.create({"type": "card", "card": {"number": "5555555555554444"}})
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        api.subscriptions.update(plan.id, {"default_payment_method": card.id})
    assert isinstance(plan.customer, str)

    api.payment_methods.attach(card.id, {"customer": plan.customer})
    api.subscriptions.update(plan.id, {"default_payment_method": card.id})

    pass_time(period_end(plan) + HOUR)
    assert api.charges.list().data[0].payment_method == card.id
    assert {method.id for method in api.customers.payment_methods.list(plan.customer).data} == {
        card.id,
        plan.default_payment_method,
    }
    assert len(api.payment_methods.list({"customer": plan.customer, "type": "card"}).data) == 2
    api.payment_methods.detach(card.id)
    assert types(client_of_stripe)[-1] == "payment_method.detached"
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        api.payment_methods.detach(card.id)


def test_detached_card_is_never_charged(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    assert isinstance(plan.default_payment_method, str)
    client_of_stripe.v1.payment_methods.detach(plan.default_payment_method)

    pass_time(period_end(plan) + HOUR)

    assert len(client_of_stripe.v1.charges.list().data) == 1
    invoice = invoices_of(client_of_stripe, plan)[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "past_due"


def test_new_date_of_a_card_is_told(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    assert isinstance(plan.default_payment_method, str)

    client_of_stripe.v1.payment_methods.update(
        plan.default_payment_method, {"card": {"exp_month": 1, "exp_year": 2027}}
    )

    method = client_of_stripe.v1.payment_methods.retrieve(plan.default_payment_method)
    assert method.card
    assert (method.card.exp_month, method.card.exp_year) == (1, 2027)
    assert types(client_of_stripe)[-1] == "payment_method.updated"


def test_deleted_customer_pays_no_more(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    assert isinstance(plan.customer, str)

    gone = client_of_stripe.v1.customers.delete(plan.customer)

    assert gone.deleted is True
    assert client_of_stripe.v1.customers.retrieve(plan.customer).deleted is True
    assert types(client_of_stripe)[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    assert client_of_stripe.v1.customers.list().data == []
    pass_time(period_end(plan) + DAY)
    assert len(client_of_stripe.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client_of_stripe.v1.customers.delete(plan.customer)


def test_failed_invoice_is_paid_on_demand(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    pass_time(period_end(plan) + HOUR)
    api = client_of_stripe.v1
    invoice = invoices_of(client_of_stripe, plan)[0]
    assert isinstance(plan.customer, str)
    card = api.payment_methods.create({"type": "card", "card": {"number": "4242424242424242"}})
    api.payment_methods.attach(card.id, {"customer": plan.customer})

    for _ in range(2):  # the second is the first one's answer, given again
        with pytest.raises(stripe.CardError) as refusal:
            api.invoices.pay(invoice.id, {}, {"idempotency_key": "pay-1"})
    paid = api.invoices.pay(invoice.id, {"payment_method": card.id})

    assert (refusal.value.http_status, refusal.value.code) == (402, "card_declined")
    assert [charge.status for charge in api.charges.list().data[:3]] == ["succeeded", "failed", "failed"]
    assert (paid.status, paid.attempt_count) == ("paid", 1)
    assert api.subscriptions.retrieve(plan.id).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        api.invoices.pay(invoice.id)


def test_open_invoice_is_voided(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    pass_time(period_end(plan) + HOUR)
    invoice = invoices_of(client_of_stripe, plan)[0]

    voided = client_of_stripe.v1.invoices.void_invoice(invoice.id)

    assert (voided.status, voided.next_payment_attempt) == ("void", None)
    assert types(client_of_stripe)[-1] == "invoice.voided"
    seen = last_event(client_of_stripe)
    pass_time(period_end(plan) + 10 * DAY)
    assert types(client_of_stripe, seen) == []
