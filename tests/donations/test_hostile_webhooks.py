"""Webhooks Stripe would not send: none stops the door, fills the log or poisons the inbox."""

import json
import logging
import time
from typing import Any

import pytest
import stripe
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations import tasks
from donations.models import LedgerEntry, StripeEvent
from tests.donations.test_webhook import event_about, post

pytestmark = pytest.mark.django_db

ADDRESS = "/stripe/webhook/"


def signed(body: str) -> dict[str, str]:
    return {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, "whsec_sandbox")}


def with_number(number: str, **changes: Any) -> str:
    """An event whose amount is written so, whatever JSON thinks of it."""
    return json.dumps(event_about(None, **changes)).replace("5000", number)


@pytest.mark.parametrize(
    "body",
    [
        with_number("NaN"),
        with_number("-Infinity"),
        with_number("1e999"),
        with_number("9" * 5_000),
        with_number("[" * 100_000 + "]" * 100_000),
        with_number("[" * 200 + "]" * 200),
        with_number('{"a":' * 50_000 + "1" + "}" * 50_000),
        "[" * 400_000,
        '{"a":' * 80_000,
        with_number("5000", data={"object": ["object"]}),
        with_number("5000", data=[]),
        with_number("5000", created=True, livemode=0),
        with_number("5000", created=[1]),
    ],
    ids=lambda body: f"{body[:20]}-{len(body)}",
)
def test_a_signed_bomb_is_refused_at_once_and_leaves_no_row(body: str) -> None:
    begun = time.perf_counter()

    assert post(body) == 400

    assert time.perf_counter() - begun < 2
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(
    "event",
    [
        event_about(None, note="a\x00b\ud800c"),
        event_about(None, **{"a\x00b\ud800": 1}),
        event_about(None, api_version="v" * 500),
        event_about(None, api_version={"a": ["\x00"]}),
        event_about(None, created=-62135596800),
        event_about(None, created=253402300799),
        event_about(None, data={"object": {"object": "x", "metadata": ["donation"]}}),
        event_about(None, data={"object": {"object": "x", "metadata": {"donation": "\x00\ud800"}}}),
        event_about(None, data={"object": {"object": "x", "metadata": {"donation": {"a": 1}}}}),
        event_about(None, data={"object": {"object": {}, "metadata": "donation"}}),
        json.loads(with_number("9" * 4_000)),
    ],
    ids=lambda event: json.dumps(event)[-40:],
)
def test_a_signed_oddity_is_kept_and_stops_no_other_event(event: dict[str, Any]) -> None:
    assert post(event) == 200
    assert post(event_about(None, id="evt_after")) == 200

    tasks.process_events()

    assert StripeEvent.objects.count() == 2
    assert StripeEvent.objects.get(event_id="evt_after").processed_at
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "٣", "0x10", "1 1", "+5", "9" * 5_000, "512001"])
def test_a_length_that_is_none_or_too_great_is_refused_unread(length: str) -> None:
    body = json.dumps(event_about(None))

    answer = Client().generic("POST", ADDRESS, body, CONTENT_LENGTH=length, headers=signed(body))

    assert answer.status_code in {400, 413}
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("length", ["", "0", "10"])
def test_a_body_longer_than_it_says_is_not_believed(length: str) -> None:
    body = json.dumps(event_about(None))

    answer = Client().generic("POST", ADDRESS, body, CONTENT_LENGTH=length, headers=signed(body))

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


def test_what_is_refused_says_so_in_one_short_line(caplog: pytest.LogCaptureFixture) -> None:
    garbage = b"\xff" + b"camille@example.org " * 20_000
    headers = {"Stripe-Signature": f"t={int(time.time())},v1=" + "x" * 5_000}

    answer = Client().generic("POST", ADDRESS, garbage, headers=headers)

    assert answer.status_code == 400
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines
    assert all(len(line) < 300 and "\n" not in line and "camille" not in line for line in lines)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ["id", "type", "livemode", "created", "api_version", "data", "object"]


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=st.dictionaries(st.sampled_from(_FIELDS), _json, min_size=1, max_size=3), inside=_json)
def test_whatever_is_signed_is_kept_or_refused_and_moves_no_money(
    changes: dict[str, Any], inside: Any
) -> None:
    before = StripeEvent.objects.count()
    event = event_about(None)
    event["data"]["object"]["metadata"] = inside

    status = post(json.dumps(event | changes))
    tasks.process_events()

    assert status in {200, 400}
    assert status == 200 or StripeEvent.objects.count() == before
    assert not LedgerEntry.objects.exists()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(max_size=60) | st.just(json.dumps(event_about(None)).encode()),
    signature=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)
    | st.from_regex(r"\At=[0-9]{1,12},v1=[0-9a-f\xe9]{1,64}\Z"),
)
def test_whatever_is_not_signed_is_refused(body: bytes, signature: str) -> None:
    answer = Client().generic("POST", ADDRESS, body, headers={"Stripe-Signature": signature})

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()
