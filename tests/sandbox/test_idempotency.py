"""One key, one deed."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
import stripe
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from sandbox.models import Answer, StripeObject


def ask(live_server: LiveServer, key: str, params: Mapping[str, str]) -> requests.Response:
    return requests.post(
        f"{live_server.url}/sandbox/v1/customers",
        data=params,
        headers={"Idempotency-Key": key},
        auth=("sk_test_sandbox", ""),
        timeout=15,
    )


def test_same_request_is_answered_again_byte_for_byte(live_server: LiveServer) -> None:
    first = ask(live_server, "key-1", {"email": "ada@example.org"})

    second = ask(live_server, "key-1", {"email": "ada@example.org"})

    assert second.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert second.headers["Request-Id"] != first.headers["Request-Id"]
    assert StripeObject.objects.of_kind("customer").count() == 1


def test_key_with_other_parameters_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    client_of_stripe.v1.customers.create({"email": "ada@example.org"}, {"idempotency_key": "key-1"})

    with pytest.raises(stripe.IdempotencyError) as refusal:
        client_of_stripe.v1.customers.create({"email": "eve@example.org"}, {"idempotency_key": "key-1"})

    assert refusal.value.http_status == 400


def test_key_at_another_address_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    customer = client_of_stripe.v1.customers.create({"name": "Ada"}, {"idempotency_key": "key-1"})

    with pytest.raises(stripe.IdempotencyError):
        client_of_stripe.v1.customers.update(customer.id, {"name": "Ada"}, {"idempotency_key": "key-1"})


def test_refused_request_may_be_mended_under_its_key(live_server: LiveServer) -> None:
    refused = ask(live_server, "key-1", {"email": "ada"})

    mended = ask(live_server, "key-1", {"email": "ada@example.org"})

    assert (refused.status_code, mended.status_code) == (400, 200)


def test_request_still_being_worked_on_is_a_conflict(live_server: LiveServer) -> None:
    ask(live_server, "key-1", {"email": "ada@example.org"})
    Answer.objects.update(status=None)

    answer = ask(live_server, "key-1", {"email": "ada@example.org"})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_key_in_use"


def test_request_whose_process_died_is_done_by_the_next(live_server: LiveServer) -> None:
    ask(live_server, "key-1", {"email": "ada@example.org"})
    StripeObject.objects.all().delete()
    Answer.objects.update(status=None, started_at=timezone.now() - timedelta(minutes=2))

    answer = ask(live_server, "key-1", {"email": "ada@example.org"})

    assert answer.status_code == 200
    assert StripeObject.objects.of_kind("customer").count() == 1
    assert Answer.objects.get().status == 200


def test_key_is_forgotten_after_a_day(live_server: LiveServer) -> None:
    ask(live_server, "key-1", {"email": "ada@example.org"})
    Answer.objects.update(started_at=timezone.now() - timedelta(hours=25))

    answer = ask(live_server, "key-1", {"email": "eve@example.org"})

    assert answer.status_code == 200


def test_many_at_once_make_one_object(live_server: LiveServer) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda _: ask(live_server, "key-1", {"email": "ada@example.org"}), range(16))
        )

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert StripeObject.objects.of_kind("customer").count() == 1
