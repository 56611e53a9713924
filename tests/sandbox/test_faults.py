"""A Stripe on a bad day, on purpose."""

import time
from datetime import timedelta
from typing import Any

import pytest
import requests
import stripe
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from sandbox import deliveries, faults, store
from sandbox import events as events_module
from sandbox.models import Delivery, Fault, StripeObject

from .conftest import Site


def make(client: stripe.StripeClient, key: str = "once") -> stripe.Customer:
    return client.v1.customers.create({"name": "Ada"}, {"idempotency_key": key})


def made() -> int:
    return StripeObject.objects.of_kind("customer").count()


@pytest.mark.parametrize(
    ("kind", "error", "status", "done"),
    [
        ("rate_limit", stripe.RateLimitError, 429, False),
        ("rate_limit", stripe.RateLimitError, 429, True),
        ("error", stripe.APIError, 500, True),
        ("reset", stripe.APIConnectionError, None, False),
        ("reset", stripe.APIConnectionError, None, True),
        ("timeout", stripe.APIConnectionError, None, False),
        ("timeout", stripe.APIConnectionError, None, True),
    ],
)
def test_call_goes_wrong_once_and_its_repetition_does_the_work_once(
    client_of_stripe: stripe.StripeClient, kind: str, error: Any, status: int | None, done: bool
) -> None:
    faults.inject(kind, seconds=0.1, done=done)

    with pytest.raises(error) as met:
        make(client_of_stripe)

    assert (met.value.http_status, made()) == (status, int(done))
    assert make(client_of_stripe).name == "Ada"
    assert made() == 1


def test_failure_of_stripes_own_is_all_that_its_key_is_answered(
    client_of_stripe: stripe.StripeClient, live_server: LiveServer
) -> None:
    faults.inject("error")
    address, key = f"{live_server.url}/sandbox/v1/customers", {"Idempotency-Key": "once"}

    answers = [
        requests.post(address, data={"name": "Ada"}, auth=("sk_test_sandbox", ""), headers=key, timeout=5)
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [500, 500]
    assert answers[0].content == answers[1].content
    assert {answer.headers["Stripe-Should-Retry"] for answer in answers} == {"false"}
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert (made(), make(client_of_stripe, "another").name, made()) == (0, "Ada", 1)


def test_library_mends_a_short_outage_by_itself(live_server: LiveServer) -> None:
    patient = stripe.StripeClient(
        "sk_test_sandbox",
        base_addresses={"api": live_server.url + "/sandbox"},
        http_client=stripe.RequestsClient(timeout=(3, 15)),
        max_network_retries=2,
    )
    faults.inject("error", done=True)
    faults.inject("reset")

    make(patient)

    assert (made(), Fault.objects.live().count()) == (1, 0)


def test_caller_waits_in_vain(live_server: LiveServer) -> None:
    impatient = stripe.StripeClient(
        "sk_test_sandbox",
        base_addresses={"api": live_server.url + "/sandbox"},
        http_client=stripe.RequestsClient(timeout=(1, 0.2)),
        max_network_retries=0,
    )
    faults.inject("timeout", seconds=0.6)
    begun = time.monotonic()

    with pytest.raises(stripe.APIConnectionError):
        make(impatient)

    assert time.monotonic() - begun < 0.6
    time.sleep(0.6)  # the server's thread ends before its database does


def test_fault_strikes_only_what_it_is_for_and_while_it_lasts(
    client_of_stripe: stripe.StripeClient,
) -> None:
    long = faults.inject("error", lasting=timedelta(minutes=1), match="GET charges")
    make(client_of_stripe)
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            client_of_stripe.v1.charges.list()

    Fault.objects.filter(pk=long.pk).update(until=timezone.now())

    assert client_of_stripe.v1.charges.list().data == []


def test_call_may_ask_for_its_own_fault(live_server: LiveServer) -> None:
    address, key = f"{live_server.url}/sandbox/v1/customers", ("sk_test_sandbox", "")

    lost = requests.post(
        address, data={"name": "Ada"}, auth=key, headers={"Sandbox-Fault": "error done"}, timeout=5
    )
    busy = requests.get(address, auth=key, headers={"Sandbox-Fault": "rate_limit"}, timeout=5)
    other = requests.get(address, auth=key, headers={"Sandbox-Fault": "frob"}, timeout=5)

    assert (lost.status_code, busy.status_code, other.status_code) == (500, 429, 200)
    assert busy.json()["error"]["code"] == "rate_limit"
    assert made() == 1


def emit(*names: str) -> None:
    for name in names:
        data = {"id": f"cus_{name}", "object": "customer", "created": store.now()}
        events_module.emit("customer.created", data, None)


def arrived(site: Site) -> list[str]:
    deliveries.deliver_due()
    return [body.split(b'"id": "cus_')[1][:1].decode() for body, _signature in site.received]


@pytest.mark.django_db(transaction=True)
def test_events_come_twice(site: Site) -> None:
    faults.inject("duplicated")

    emit("a", "b")

    assert arrived(site) == ["a", "a", "b"]


@pytest.mark.django_db(transaction=True)
def test_events_are_lost_and_can_be_found_again(site: Site) -> None:
    faults.inject("lost", match="customer.")

    emit("a", "b")

    assert arrived(site) == ["b"]
    lost = Delivery.objects.get(state=Delivery.State.FAILED)
    deliveries.resend(lost.event)
    assert arrived(site) == ["b", "a"]


@pytest.mark.django_db(transaction=True)
def test_events_come_late_or_in_another_order(site: Site) -> None:
    faults.inject("delayed", seconds=60)
    faults.inject("reordered", count=20, seconds=30)

    emit("a", *"bcdefghijklmnopqrst")

    assert arrived(site) != list("abcdefghijklmnopqrst")
    late = list(Delivery.objects.order_by("due_at").values_list("event__data__data__object__id", flat=True))
    assert late[-1] == "cus_a"
    assert late[:-1] != sorted(late[:-1])


def test_page_and_command_give_a_bad_day_and_end_it(client: Client, db: None) -> None:
    given = {"kind": "lost", "count": "3", "minutes": "2", "match": "charge.", "seconds": "", "done": ""}
    page = client.post("/sandbox/faults/", given, follow=True).content.decode()
    wrong = client.post("/sandbox/faults/", {**given, "count": "-1"})
    call_command("sandbox_fault", "timeout", "--count", "2", "--seconds", "9", verbosity=0)
    (lost, slow) = Fault.objects.live().order_by("pk")

    client.post("/sandbox/faults/", {"action": "clear"})

    assert "charge." in page
    assert (wrong.status_code, slow.kind, slow.left, slow.seconds) == (200, "timeout", 2, 9)
    assert (lost.kind, lost.left, lost.match) == ("lost", 3, "charge.")
    assert lost.until
    assert not Fault.objects.exists()
