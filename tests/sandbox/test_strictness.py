"""What Stripe refuses, the sandbox refuses, in Stripe's words."""

import time
from typing import Any

import pytest
import requests
import stripe
from pytest_django.live_server_helper import LiveServer

from sandbox.models import StripeObject

from .conftest import asked


def price(**changes: Any) -> list[dict[str, Any]]:
    wanted = {"currency": "eur", "unit_amount": 5000, "product_data": {"name": "Gift"}} | changes
    return [{"price_data": {k: v for k, v in wanted.items() if v is not None}, "quantity": 1}]


def line(**changes: Any) -> list[dict[str, Any]]:
    return [{k: v for k, v in (price()[0] | changes).items() if v is not None}]


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"frobnicate": "x"}, "frobnicate", "parameter_unknown"),
    ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
    ({"mode": None}, "mode", "parameter_missing"),
    ({"mode": "donation"}, "mode", None),
    ({"mode": "subscription"}, "line_items[0][price]", None),
    ({"mode": ""}, "mode", "parameter_invalid_empty"),
    ({"line_items": None}, "line_items", "parameter_missing"),
    ({"line_items": "none"}, "line_items", None),
    ({"line_items": price(currency=None)}, "line_items[0][price_data][currency]", "parameter_missing"),
    ({"line_items": price(currency="xyz")}, "line_items[0][price_data][currency]", None),
    ({"line_items": price(unit_amount=None)}, "line_items[0][price_data][unit_amount]", "parameter_missing"),
    ({"line_items": price(unit_amount=49)}, "line_items", "amount_too_small"),
    ({"line_items": price(unit_amount=0)}, "line_items", "amount_too_small"),
    ({"line_items": price(unit_amount=100_000_000)}, "line_items", "amount_too_large"),
    (
        {"line_items": price(unit_amount=-5)},
        "line_items[0][price_data][unit_amount]",
        "parameter_invalid_integer",
    ),
    (
        {"line_items": price(unit_amount="50.5")},
        "line_items[0][price_data][unit_amount]",
        "parameter_invalid_integer",
    ),
    (
        {"line_items": price(unit_amount="9" * 10_000)},
        "line_items[0][price_data][unit_amount]",
        "parameter_invalid_integer",
    ),
    (
        {"line_items": price(product_data={"description": "x"})},
        "line_items[0][price_data][product_data][name]",
        "parameter_missing",
    ),
    (
        {"line_items": price(product_data={"name": ""})},
        "line_items[0][price_data][product_data][name]",
        "parameter_invalid_empty",
    ),
    (
        {"line_items": price(recurring={"interval": "month"})},
        "line_items[0][price_data][recurring]",
        None,
    ),
    ({"line_items": line(quantity=None)}, "line_items[0][quantity]", "parameter_missing"),
    ({"line_items": line(quantity=0)}, "line_items[0][quantity]", "parameter_invalid_integer"),
    ({"line_items": line(price_data=None)}, "line_items[0][price_data]", "parameter_missing"),
    (
        {"line_items": [{"price": "price_none", "quantity": 1}]},
        "line_items[0][price]",
        "resource_missing",
    ),
    ({"line_items": price() + price(currency="usd")}, "line_items", None),
    ({"success_url": None}, "success_url", "parameter_missing"),
    ({"success_url": "give.example.org/thanks"}, "success_url", "url_invalid"),
    ({"success_url": "javascript:alert(1)"}, "success_url", "url_invalid"),
    ({"success_url": "https://give.example.org/a b"}, "success_url", "url_invalid"),
    ({"cancel_url": "/back"}, "cancel_url", "url_invalid"),
    ({"customer_email": "ada"}, "customer_email", "email_invalid"),
    ({"customer_email": "ada@example.org\nBcc: x@example.org"}, "customer_email", "email_invalid"),
    ({"customer": "cus_x"}, "customer", "parameters_exclusive"),
    ({"customer": "cus_x", "customer_email": None}, "customer", "resource_missing"),
    ({"metadata": {f"key{n}": "x" for n in range(51)}}, "metadata", None),
    ({"metadata": {"k" * 41: "x"}}, f"metadata[{'k' * 41}]", None),
    ({"metadata": {"key": "x" * 501}}, "metadata[key]", None),
    ({"metadata": {"key": {"deep": "x"}}}, "metadata[key]", None),
    ({"metadata": "x"}, "metadata", None),
    ({"expires_at": 1}, "expires_at", None),
    ({"expires_at": int(time.time()) + 100_000}, "expires_at", None),
    ({"expires_at": "tomorrow"}, "expires_at", "parameter_invalid_integer"),
    ({"locale": "tlh"}, "locale", None),
    ({"ui_mode": "hosted"}, "ui_mode", None),
    ({"submit_type": "give"}, "submit_type", None),
    ({"allow_promotion_codes": "yes"}, "allow_promotion_codes", None),
    ({"allowed_payment_method_types": ["bancontact"]}, "allowed_payment_method_types", None),
    ({"client_reference_id": "x" * 201}, "client_reference_id", None),
    ({"return_url": "https://give.example.org/"}, "return_url", None),
    ({"subscription_data": {"description": "x"}}, "subscription_data", None),
    ({"payment_intent_data": {"frob": "x"}}, "payment_intent_data[frob]", "parameter_unknown"),
    ({"payment_intent_data": {"capture_method": "by_hand"}}, "payment_intent_data[capture_method]", None),
    ({"payment_intent_data": {"receipt_email": "x"}}, "payment_intent_data[receipt_email]", "email_invalid"),
    ({"adaptive_pricing": {"enabled": True}}, "adaptive_pricing[enabled]", None),
    ({"automatic_tax": {"enabled": True}}, "automatic_tax", None),
    ({"expand": ["frob"]}, "expand", None),
    ({"expand": ["payment_intent.latest_charge.balance_transaction.source.customer"]}, "expand", None),
]


def test_refuses_what_stripe_refuses(client_of_stripe: stripe.StripeClient) -> None:
    answers = [refusal(client_of_stripe, changes) for changes, _param, _code in REFUSED]

    assert answers == [(400, param, code) for _changes, param, code in REFUSED]
    assert not StripeObject.objects.exists()


def refusal(
    client: stripe.StripeClient, changes: dict[str, Any]
) -> tuple[int | None, str | None, str | None]:
    try:
        client.v1.checkout.sessions.create(asked(**changes))
    except stripe.InvalidRequestError as error:
        return error.http_status, error.param, error.code
    return 200, f"accepted {changes}", None


def test_metadata_at_its_limits_is_kept(client_of_stripe: stripe.StripeClient) -> None:
    metadata = {f"{n:040}": "é" * 500 for n in range(50)}

    session = client_of_stripe.v1.checkout.sessions.create(asked(metadata=metadata))

    assert session.metadata
    assert session.metadata.to_dict() == metadata


@pytest.mark.parametrize("key", ["sk_test_another", "sk_live_sandbox", "pk_test_sandbox"])
def test_wrong_key_is_refused(live_server: LiveServer, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": live_server.url + "/sandbox"})

    with pytest.raises(stripe.AuthenticationError) as refusal:
        client.v1.charges.list()

    assert refusal.value.http_status == 401


def test_key_is_needed_and_may_come_as_a_user_name(live_server: LiveServer) -> None:
    address = f"{live_server.url}/sandbox/v1/charges"

    without = requests.get(address, timeout=5)
    nonsense = requests.get(address, headers={"Authorization": "Basic !!"}, timeout=5)
    basic = requests.get(address, auth=("sk_test_sandbox", ""), timeout=5)

    assert (without.status_code, nonsense.status_code, basic.status_code) == (401, 401, 200)
    assert without.json()["error"]["type"] == "invalid_request_error"


def test_another_api_version_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version: 2020-08-27"):
        client_of_stripe.v1.charges.list(options={"stripe_version": "2020-08-27"})


def test_unknown_address_is_stripes_404(live_server: LiveServer) -> None:
    answer = requests.post(f"{live_server.url}/sandbox/v1/frobs", auth=("sk_test_sandbox", ""), timeout=5)

    assert answer.status_code == 404
    assert "Unrecognized request URL (POST: /v1/frobs)" in answer.json()["error"]["message"]
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == stripe.api_version


def test_missing_object_is_a_404(live_server: LiveServer) -> None:
    missing = (
        "charges/ch_x", "checkout/sessions/cs_test_x", "customers/cus_x", "refunds/re_x", "events/evt_x",
        "charges/%00",
    )  # fmt: skip

    answers = [
        requests.get(f"{live_server.url}/sandbox/v1/{address}", auth=("sk_test_sandbox", ""), timeout=5)
        for address in missing
    ]

    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [
        (404, "resource_missing")
    ] * len(missing)


FORM = "application/x-www-form-urlencoded"
UNREADABLE = [
    (b'{"mode": "payment"}', "application/json"),
    (b"mode=%ff%fe", FORM),
    (b"\xff\xfe=1", FORM),
    (b"mode=pay%00ment", FORM),
    (b"mode[=1", FORM),
    (b"metadata" + b"[a]" * 5_000 + b"=1", FORM),
    (b"mode=payment&mode[x]=1", FORM),
    (b"mode[x]=1&mode=payment", FORM),
    (b"&".join(b"metadata[%d]=x" % n for n in range(3_000)), FORM),
]


def test_unreadable_request_is_a_clear_error(live_server: LiveServer) -> None:
    answers = [
        requests.post(
            f"{live_server.url}/sandbox/v1/checkout/sessions",
            data=body,
            headers={"Content-Type": content_type},
            auth=("sk_test_sandbox", ""),
            timeout=5,
        )
        for body, content_type in UNREADABLE
    ]

    assert [(answer.status_code, answer.json()["error"]["type"]) for answer in answers] == [
        (400, "invalid_request_error")
    ] * len(UNREADABLE)


def test_enormous_request_is_a_clear_error(live_server: LiveServer) -> None:
    answer = requests.post(
        f"{live_server.url}/sandbox/v1/checkout/sessions",
        data=b"metadata[a]=" + b"x" * 5_000_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=("sk_test_sandbox", ""),
        timeout=15,
    )

    assert answer.status_code == 413
