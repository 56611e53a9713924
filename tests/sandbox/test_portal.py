"""The billing portal and the saving of cards and accounts without a payment."""

from typing import Any

import pytest
import requests
import stripe

from sandbox.models import StripeObject

from .billing import HOUR, invoices_of, last_event, pass_time, period_end, subscribe, types
from .conftest import asked, debit, pay

_BACK = "https://give.example.org/my-gifts"
_IBAN = "FR1420041010050500013M02606"


def _portal(client: stripe.StripeClient, plan: stripe.Subscription, **changes: Any) -> Any:
    flow = {"type": "payment_method_update"}
    return client.v1.billing_portal.sessions.create(
        {"customer": plan.customer, "return_url": _BACK, "flow_data": flow} | changes  # type: ignore[arg-type]
    )


def _default(client: stripe.StripeClient, plan: stripe.Subscription) -> stripe.PaymentMethod:
    assert isinstance(plan.customer, str)
    customer = client.v1.customers.retrieve(
        plan.customer, {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert customer.invoice_settings
    method = customer.invoice_settings.default_payment_method
    assert isinstance(method, stripe.PaymentMethod)
    return method


def test_card_changed_in_the_portal_is_the_customers_choice(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    session, seen = _portal(client_of_stripe, plan), last_event(client_of_stripe)

    page = requests.get(session.url, timeout=5)
    done = requests.post(session.url, data={"card": "5555555555554444"}, timeout=5)

    assert "25.00\u00a0EUR every month" in page.text
    assert _BACK in page.text
    assert "It is kept" in done.text
    assert types(client_of_stripe, seen) == [
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "customer.updated",
    ]
    method = _default(client_of_stripe, plan)
    assert method.card
    assert (method.card.last4, method.customer) == ("4444", plan.customer)


def test_plan_keeps_its_own_card_until_it_is_told_otherwise(client_of_stripe: stripe.StripeClient) -> None:
    """As Stripe documents it: the portal changes the customer's choice, and the plan's own goes before."""
    plan = subscribe(client_of_stripe)
    requests.post(_portal(client_of_stripe, plan).url, data={"card": "5555555555554444"}, timeout=5)
    method = _default(client_of_stripe, plan)

    kept = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    client_of_stripe.v1.subscriptions.update(plan.id, {"default_payment_method": method.id})

    assert kept.default_payment_method == plan.default_payment_method
    pass_time(period_end(plan) + HOUR)
    assert client_of_stripe.v1.charges.list().data[0].payment_method == method.id


def test_account_is_saved_with_its_mandate(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    requests.post(_portal(client_of_stripe, plan).url, data={"iban": _IBAN}, timeout=5)

    method = _default(client_of_stripe, plan)
    assert method.type == "sepa_debit"
    (intent,) = client_of_stripe.v1.setup_intents.list().data
    assert (intent.status, intent.customer, intent.payment_method) == ("succeeded", plan.customer, method.id)
    assert isinstance(intent.mandate, str)
    assert client_of_stripe.v1.mandates.retrieve(intent.mandate).status == "active"
    client_of_stripe.v1.subscriptions.update(plan.id, {"default_payment_method": method.id})
    pass_time(period_end(plan) + HOUR)
    renewal = invoices_of(client_of_stripe, plan)[0]
    assert (renewal.status, renewal.attempted) == ("open", True)
    assert client_of_stripe.v1.charges.list().data[0].status == "pending"
    client_of_stripe.v1.payment_methods.detach(method.id)
    assert client_of_stripe.v1.mandates.retrieve(intent.mandate).status == "inactive"
    assert types(client_of_stripe)[-1] == "mandate.updated"


def test_refused_card_changes_nothing(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    session = _portal(client_of_stripe, plan)

    refused = requests.post(session.url, data={"card": "4000000000000002"}, timeout=5)
    typo = requests.post(session.url, data={"card": "4242"}, timeout=5)

    assert "Your bank refused this card." in refused.text
    assert "This is not a card number." in typo.text
    assert types(client_of_stripe)[-1] == "setup_intent.setup_failed"
    assert isinstance(plan.customer, str)
    settings = client_of_stripe.v1.customers.retrieve(plan.customer).invoice_settings
    assert settings
    assert settings.default_payment_method is None


def test_card_may_be_authenticated_in_the_portal(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    session = _portal(client_of_stripe, plan)

    asked_for = requests.post(
        session.url, data={"card": "4000002500003155"}, timeout=5, allow_redirects=False
    )
    done = requests.post(session.url + "authenticate/", data={"action": "complete"}, timeout=5)

    assert asked_for.headers["Location"].endswith("/authenticate/")
    assert "It is kept" in done.text
    method = _default(client_of_stripe, plan)
    assert method.card
    assert method.card.last4 == "3155"


def test_portal_leads_back_when_it_is_asked_to(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    after = {"type": "redirect", "redirect": {"return_url": _BACK + "?changed=1"}}
    session = _portal(
        client_of_stripe, plan, flow_data={"type": "payment_method_update", "after_completion": after}
    )

    done = requests.post(session.url, data={"card": "4242424242424242"}, timeout=5, allow_redirects=False)

    assert (done.status_code, done.headers["Location"]) == (303, _BACK + "?changed=1")


def test_plan_is_ended_in_the_portal(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": plan.id}}
    session = _portal(client_of_stripe, plan, flow_data=flow)

    done = requests.post(session.url, data={"action": "end"}, timeout=5)

    assert "Your plan ends." in done.text
    ending = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert (ending.status, ending.cancel_at_period_end) == ("active", True)
    with pytest.raises(stripe.InvalidRequestError, match="is canceled or will be"):
        _portal(client_of_stripe, plan, flow_data=flow)


def test_portal_expires(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    session = _portal(client_of_stripe, plan)
    row = StripeObject.objects.get(object_id=session.id)
    row.data["created"] -= 2 * HOUR
    row.save()

    late = requests.post(session.url, data={"card": "4242424242424242"}, timeout=5)

    assert "This page has expired" in late.text
    assert client_of_stripe.v1.setup_intents.list().data == []


def test_configuration_decides_how_plans_end(client_of_stripe: stripe.StripeClient) -> None:
    configurations = client_of_stripe.v1.billing_portal.configurations
    plan = subscribe(client_of_stripe)
    ours = configurations.create(
        {"features": {"subscription_cancel": {"enabled": True, "mode": "immediately"}}, "name": "Ours"}
    )
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": plan.id}}

    requests.post(
        _portal(client_of_stripe, plan, configuration=ours.id, flow_data=flow).url,
        data={"action": "end"},
        timeout=5,
    )

    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "canceled"
    assert [each.is_default for each in configurations.list().data].count(True) == 1
    assert configurations.update(ours.id, {"active": False}).active is False


def test_setup_session_saves_a_card(client_of_stripe: stripe.StripeClient) -> None:
    customer = client_of_stripe.v1.customers.create({"email": "ada@example.org"})
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(
            mode="setup",
            currency="eur",
            line_items=None,
            customer=customer.id,
            customer_email=None,
            setup_intent_data={"metadata": {"plan": "a-plan"}},
        )
    )

    declined = pay(session, "4000000000000002")
    saved = pay(session, "4000000000000341")

    assert "Your card was declined." in declined.text
    assert saved.status_code == 303
    done = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["setup_intent.payment_method"]}
    )
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "no_payment_required", None)
    intent = done.setup_intent
    assert isinstance(intent, stripe.SetupIntent)
    assert (intent.status, intent.metadata and intent.metadata.to_dict()) == (
        "succeeded",
        {"plan": "a-plan"},
    )
    method = intent.payment_method
    assert isinstance(method, stripe.PaymentMethod)
    assert method.customer == customer.id
    assert types(client_of_stripe)[-3:] == [
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


def test_setup_session_saves_an_account(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(mode="setup", currency="eur", line_items=None)
    )
    assert session.url
    page = requests.get(session.url, timeout=5)

    saved = debit(session)

    assert "Save a way to pay" in page.text
    assert saved.status_code == 303
    assert client_of_stripe.v1.setup_intents.list().data[0].status == "succeeded"
    assert client_of_stripe.v1.charges.list().data == []


def test_setup_session_authenticates(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(mode="setup", currency="eur", line_items=None)
    )
    assert session.url
    pay(session, "4000002500003155")

    requests.post(
        session.url + "authenticate/", data={"action": "complete"}, allow_redirects=False, timeout=5
    )

    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_odd_visits_change_nothing(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    session = _portal(client_of_stripe, plan)
    seen = last_event(client_of_stripe)
    site = session.url.partition("/portal/")[0]

    answers = [
        requests.post(session.url, data={"action": "end"}, timeout=5),
        requests.get(session.url + "authenticate/", timeout=5),
        requests.post(session.url + "authenticate/", data={"action": "complete"}, timeout=5),
        requests.post(session.url, data={"card": "\x00", "name": "<script>"}, timeout=5),
        requests.post(session.url, data={"iban": "FR76" * 99}, timeout=5),
        requests.get(site + "/portal/bps_none%00/", timeout=5),
        requests.get(site + "/invoices/in_none/", timeout=5),
        requests.put(session.url, timeout=5),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 404, 404, 405]
    assert "<script>" not in "".join(answer.text for answer in answers)
    assert types(client_of_stripe, seen) == []
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).cancel_at is None


def test_portal_refuses_what_its_configuration_does_not_allow(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    configurations = client_of_stripe.v1.billing_portal.configurations
    (saved,) = configurations.list({"is_default": True}).data
    configurations.update(saved.id, {"features": {"payment_method_update": {"enabled": False}}})

    with pytest.raises(stripe.InvalidRequestError, match="payment_method_update"):
        _portal(client_of_stripe, plan)
