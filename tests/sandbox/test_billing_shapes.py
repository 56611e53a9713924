"""Billing's objects have the keys of Stripe's samples and the types of its library."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from sandbox.models import StripeObject

from .billing import DAY, HOUR, subscribe
from .resource_types import differences, missing

SHAPES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("stripe_billing_shapes.json").read_text()
)
_PREFIXES = {
    "billing_portal.session": "bps",
    "invoice": "in",
    "invoice_payment": "inpay",
    "line_item": "il",
    "plan": "price",
    "price": "price",
    "product": "prod",
    "setup_intent": "seti",
    "subscription": "sub",
    "subscription_item": "si",
    "test_helpers.test_clock": "clock",
}


@pytest.fixture
def samples(client_of_stripe: stripe.StripeClient) -> dict[str, Any]:
    """One of each, after a plan was begun, renewed in vain, changed, paused and ended."""
    api = client_of_stripe.v1
    plan = subscribe(client_of_stripe, "4000000000000341")
    assert isinstance(plan.customer, str)
    clock = api.test_helpers.test_clocks.create({"frozen_time": int(time.time()), "customer": plan.customer})
    api.subscriptions.update(
        plan.id, {"pause_collection": {"behavior": "void"}, "cancel_at_period_end": True}
    )
    api.subscriptions.update(plan.id, {"pause_collection": "", "cancel_at_period_end": False})
    api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": int(time.time()) + 31 * DAY + 2 * HOUR})
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": plan.id}}
    portal = api.billing_portal.sessions.create({"customer": plan.customer, "flow_data": flow})  # type: ignore[arg-type]
    again = api.billing_portal.sessions.create({"customer": plan.customer})
    for number in ("4000000000000002", "4242424242424242"):
        requests.post(again.url, data={"card": number}, timeout=5)
    failed = api.invoices.list({"subscription": plan.id}).data[0]
    plan = api.subscriptions.cancel(plan.id)
    item = plan["items"].data[0]
    return {
        "billing_portal.session": portal.to_dict(),
        "invoice": failed.to_dict(),
        "invoice_payment": api.invoice_payments.list({"invoice": failed.id}).data[0].to_dict(),
        "line_item": failed.lines.data[0].to_dict(),
        "plan": item.plan.to_dict(),
        "price": api.prices.retrieve(item.price.id).to_dict(),
        "product": api.products.retrieve(item.price.product).to_dict(),
        "setup_intent": api.setup_intents.list().data[0].to_dict(),
        "subscription": plan.to_dict(),
        "subscription_item": item.to_dict(),
        "test_helpers.test_clock": api.test_helpers.test_clocks.retrieve(clock.id).to_dict(),
    }


def test_billing_objects_are_shaped_as_stripes(samples: dict[str, Any]) -> None:
    assert sorted(samples) == sorted(SHAPES)
    lacks = [lack for kind in SHAPES for lack in missing(SHAPES[kind], samples[kind], kind)]
    assert lacks == []
    assert {kind: sample["id"].split("_")[0] for kind, sample in samples.items()} == _PREFIXES
    assert {sample["livemode"] for sample in samples.values() if "livemode" in sample} == {False}
    objects = [*samples.values(), *(row.data for row in StripeObject.objects.exclude(kind="event"))]
    assert sorted({each for data in objects for each in differences(data)}) == []
    # The invoice that is announced has no id yet; all else is told as it is kept.
    told = [row.data["data"]["object"] for row in StripeObject.objects.of_kind("event")]
    assert sorted({each for data in told for each in differences(data)}) == ["invoice.id is missing"]
