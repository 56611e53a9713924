"""A payment of the past that was never made here is known as if it had been."""

import datetime as dt

import pytest
import stripe
from django.core.management import CommandError, call_command

from sandbox.models import Delivery, StripeObject

from .conftest import asked, pay
from .resource_types import missing

PAID_AT = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)


def remember(*changes: str) -> None:
    paid_at = PAID_AT.isoformat()
    call_command(
        "sandbox_remember_charge",
        "ch_old",
        "pi_old",
        "5000",
        *(changes or (paid_at,)),
        "--metadata=donation=a=b",
    )


def test_it_is_as_one_that_was_paid_and_no_event_tells_of_it(client_of_stripe: stripe.StripeClient) -> None:
    api, expand = client_of_stripe.v1, ["balance_transaction", "payment_intent"]
    remember()
    told = Delivery.objects.count()
    pay(api.checkout.sessions.create(asked(payment_intent_data={"metadata": {"donation": "a"}})))

    old = api.charges.retrieve("ch_old", {"expand": expand}).to_dict()
    new = api.charges.retrieve(api.charges.list({"limit": 1}).data[0].id, {"expand": expand}).to_dict()

    assert told == 0
    assert list(missing(new, old, "charge")) == list(missing(old, new, "charge")) == []
    assert old["balance_transaction"]["fee"] == 100
    assert old["balance_transaction"]["status"] == "available"
    assert old["metadata"] == old["payment_intent"]["metadata"] == {"donation": "a=b"}
    created = {old["created"], old["balance_transaction"]["created"], old["payment_intent"]["created"]}
    assert created == {int(PAID_AT.timestamp())}


@pytest.mark.django_db
def test_remembered_twice_it_is_known_once() -> None:
    remember()
    remember()

    assert StripeObject.objects.of_kind("charge").count() == 1
    assert StripeObject.objects.of_kind("balance_transaction").count() == 1


@pytest.mark.parametrize("paid_at", ["2026-03-01T12:30", "yesterday"])
def test_a_moment_without_its_time_zone_is_refused(paid_at: str) -> None:
    with pytest.raises(CommandError):
        remember(paid_at)
