"""Our objects have the keys that Stripe's own samples have (stripe_shapes.json is made from them)."""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox import actions, store
from sandbox.models import StripeObject

from .conftest import asked, debit, pay
from .resource_types import differences, missing

SHAPES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("stripe_shapes.json").read_text())
# What an object holds only when it is asked to be expanded.
_WHEN_ASKED = {"charge.refunds"}


@pytest.fixture
def samples(client_of_stripe: stripe.StripeClient) -> dict[str, Any]:
    api = client_of_stripe.v1
    customer = api.customers.create({"email": "ada@example.org", "name": "Ada", "address": {"city": "Paris"}})
    customer = api.customers.update(customer.id, {"email": "ada@example.com"})
    session = api.checkout.sessions.create(asked(customer_email=None, customer=customer.id))
    pay(session)
    session = api.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert isinstance(session.payment_intent, str)
    assert session.line_items
    intent = api.payment_intents.retrieve(session.payment_intent)
    assert isinstance(intent.latest_charge, str)
    assert isinstance(intent.payment_method, str)
    charge = api.charges.retrieve(intent.latest_charge)
    assert isinstance(charge.balance_transaction, str)
    lines = session.to_dict().pop("line_items")
    debit(api.checkout.sessions.create(asked()))
    (debited,) = api.charges.list({"limit": 1}).data
    assert debited.payment_method_details
    assert debited.payment_method_details.sepa_debit
    assert debited.payment_method_details.sepa_debit.mandate
    for action in ("warn", "dispute"):
        actions.perform(charge.id, action)
    pay(api.checkout.sessions.create(asked()))
    (refunded,) = api.charges.list({"limit": 1}).data
    return {
        "balance_transaction": api.balance_transactions.retrieve(charge.balance_transaction).to_dict(),
        "charge": charge.to_dict(),
        "checkout.session": {k: v for k, v in session.to_dict().items() if k != "line_items"},
        "customer": customer.to_dict(),
        "dispute": api.disputes.list().data[0].to_dict(),
        "event": api.events.list({"limit": 1}).data[0].to_dict(),
        "item": lines["data"][0],
        "mandate": api.mandates.retrieve(debited.payment_method_details.sepa_debit.mandate).to_dict(),
        "payment_intent": intent.to_dict(),
        "payment_method": api.payment_methods.retrieve(intent.payment_method).to_dict(),
        "radar.early_fraud_warning": api.radar.early_fraud_warnings.list().data[0].to_dict(),
        "refund": api.refunds.create({"charge": refunded.id}).to_dict(),
        "webhook_endpoint": api.webhook_endpoints.list().data[0].to_dict(),
    }


def test_objects_have_the_keys_of_stripes_samples(samples: dict[str, Any]) -> None:
    assert sorted(samples) == sorted(SHAPES)
    lacks = {lack for kind in SHAPES for lack in missing(SHAPES[kind], samples[kind], kind)}
    assert lacks == _WHEN_ASKED
    assert {sample["object"] for sample in samples.values()} == set(SHAPES)


def test_objects_have_the_types_of_stripes_library(samples: dict[str, Any]) -> None:
    objects = [*samples.values(), *(row.data for row in StripeObject.objects.exclude(kind="event"))]

    assert sorted({each for data in objects for each in differences(data)}) == []


def test_every_kind_that_the_sandbox_makes_is_held_against_stripes() -> None:
    billing = json.loads(Path(__file__).with_name("stripe_billing_shapes.json").read_text())
    without_a_sample = {"billing_portal.configuration"}  # held against the library's type

    assert set(store.PREFIXES) - without_a_sample == (SHAPES.keys() | billing.keys()) - {"plan"}


def test_ids_look_like_stripes(samples: dict[str, Any]) -> None:
    prefixes = {kind: sample["id"].split("_")[0] for kind, sample in samples.items()}

    assert samples["checkout.session"]["id"].startswith("cs_test_")
    assert prefixes == {
        "balance_transaction": "txn",
        "charge": "ch",
        "checkout.session": "cs",
        "customer": "cus",
        "dispute": "du",
        "event": "evt",
        "item": "li",
        "mandate": "mandate",
        "payment_intent": "pi",
        "payment_method": "pm",
        "radar.early_fraud_warning": "issfr",
        "refund": "re",
        "webhook_endpoint": "we",
    }


def test_nothing_is_ever_live(samples: dict[str, Any]) -> None:
    assert {sample["livemode"] for sample in samples.values() if "livemode" in sample} == {False}
