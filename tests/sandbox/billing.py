"""What the tests of recurring gifts share: a plan begun at the hosted page, and time passing."""

from typing import Any

import requests
import stripe

from sandbox.billing import renewals

from .conftest import asked, pay

DAY = 24 * 60 * 60
HOUR = 60 * 60


def monthly(**changes: Any) -> Any:
    """A Checkout Session for €25 a month, as a caller would ask for it."""
    price = {
        "currency": "eur",
        "unit_amount": 2500,
        "recurring": {"interval": "month"},
        "product_data": {"name": "Gift to Hematology"},
    }
    wanted = {
        "mode": "subscription",
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": "a-plan",
        "subscription_data": {"metadata": {"plan": "a-plan"}},
    }
    return asked(**(wanted | changes))


def subscribe(
    client: stripe.StripeClient, card: str = "4242424242424242", **changes: Any
) -> stripe.Subscription:
    session = client.v1.checkout.sessions.create(monthly(**changes))
    answer = pay(session, card)
    assert answer.status_code == 303, answer.text
    if "authenticate" in answer.headers["Location"]:
        assert session.url
        requests.post(
            session.url + "authenticate/", data={"action": "complete"}, allow_redirects=False, timeout=15
        )
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert isinstance(done.subscription, stripe.Subscription)
    return done.subscription


def period_end(subscription: stripe.Subscription) -> int:
    return int(subscription["items"].data[0].current_period_end)


def pass_time(until: int) -> None:
    renewals.run_due(until)


def invoices_of(client: stripe.StripeClient, subscription: stripe.Subscription) -> list[stripe.Invoice]:
    """Newest first, each with its payments."""
    return client.v1.invoices.list({"subscription": subscription.id, "expand": ["data.payments"]}).data


def types(client: stripe.StripeClient, after: str | None = None) -> list[str]:
    """The types of all events in the order they happened, or of those after the event `after`."""
    found = client.v1.events.list({"limit": 100, **({"ending_before": after} if after else {})}).data
    return [str(event.type) for event in found][::-1]


def last_event(client: stripe.StripeClient) -> str:
    return client.v1.events.list({"limit": 1}).data[0].id
