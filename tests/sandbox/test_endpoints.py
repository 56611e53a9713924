"""Webhook endpoints: the site's own, and others beside it."""

import pytest
import stripe

from sandbox import deliveries
from sandbox.models import Delivery

from .conftest import Site, asked, pay


def test_sites_own_endpoint_is_listed_and_takes_everything(
    client_of_stripe: stripe.StripeClient, site: Site
) -> None:
    (own,) = client_of_stripe.v1.webhook_endpoints.list().data

    assert (own.url, own.status, own.enabled_events) == (site.url, "enabled", ["*"])
    assert own.livemode is False
    with pytest.raises(stripe.InvalidRequestError, match="disable it instead"):
        client_of_stripe.v1.webhook_endpoints.delete(own.id)


def test_only_enabled_events_are_delivered(client_of_stripe: stripe.StripeClient, site: Site) -> None:
    (own,) = client_of_stripe.v1.webhook_endpoints.list().data
    client_of_stripe.v1.webhook_endpoints.update(own.id, {"enabled_events": ["charge.succeeded"]})
    pay(client_of_stripe.v1.checkout.sessions.create(asked()))

    deliveries.deliver_due()

    assert [event.type for event in site.events()] == ["charge.succeeded"]
    assert len(client_of_stripe.v1.events.list().data) == 4
    client_of_stripe.v1.webhook_endpoints.update(own.id, {"disabled": True})
    client_of_stripe.v1.customers.create({"name": "Ada"})
    assert Delivery.objects.count() == 1


def test_another_endpoint_is_signed_with_its_own_secret(
    client_of_stripe: stripe.StripeClient, site: Site
) -> None:
    made = client_of_stripe.v1.webhook_endpoints.create(
        {"url": site.url, "enabled_events": ["customer.created"], "description": "Books"}
    )
    assert made.secret
    client_of_stripe.v1.customers.create({"name": "Ada"})

    deliveries.deliver_due()

    (to_own, to_other) = site.received
    assert to_own[0] == to_other[0]
    assert stripe.Webhook.construct_event(*to_other, made.secret).type == "customer.created"
    assert "secret" not in client_of_stripe.v1.webhook_endpoints.retrieve(made.id)
    assert client_of_stripe.v1.webhook_endpoints.delete(made.id).deleted
    assert len(client_of_stripe.v1.webhook_endpoints.list().data) == 1


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"url": "https://example.org/", "enabled_events": ["frob"]}, "enabled_events[0]"),
        ({"url": "example.org", "enabled_events": ["*"]}, "url"),
        ({"url": "https://example.org/"}, "enabled_events"),
    ],
)
def test_wrong_endpoints_are_refused(
    client_of_stripe: stripe.StripeClient, given: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.webhook_endpoints.create(given)  # type: ignore[arg-type]

    assert refusal.value.param == param
