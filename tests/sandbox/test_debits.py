"""SEPA direct debit at the hosted page: the mandate now, the money days later, or not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
import stripe
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from sandbox import sweep
from sandbox.models import StripeObject
from sandbox.resources import charges

from .conftest import asked, debit

GOOD, GOOD_LATER = "FR1420041010050500013M02606", "FR3020041010050500013M02609"
BAD, BAD_LATER = "FR8420041010050500013M02607", "FR7920041010050500013M02600"


def types(client: stripe.StripeClient) -> list[str]:
    return [str(event.type) for event in client.v1.events.list({"limit": 100}).data][::-1]


@pytest.fixture
def session(client_of_stripe: stripe.StripeClient) -> stripe.checkout.Session:
    return client_of_stripe.v1.checkout.sessions.create(asked(allowed_payment_method_types=["sepa_debit"]))


def only_charge() -> str:
    return StripeObject.objects.of_kind(charges.KIND).get().object_id


def test_debit_is_under_way_with_its_mandate(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    answer = debit(session, "fr14 2004 1010 0505 0001 3M02 606", name="Ada Exemple")

    assert (answer.status_code, session.payment_method_types) == (303, ["sepa_debit"])
    paid = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "payment_intent.payment_method"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "unpaid", None)
    intent: Any = paid.payment_intent
    assert (intent.status, intent.amount_received) == ("processing", 0)
    charge = intent.latest_charge
    assert charge.id.startswith("py_")
    assert (charge.status, charge.paid, charge.captured) == ("pending", False, True)
    assert charge.billing_details.to_dict()["name"] == "Ada Exemple"
    details = charge.payment_method_details.sepa_debit
    assert (details.country, details.bank_code, details.last4) == ("FR", "20041", "2606")
    assert intent.payment_method.sepa_debit.last4 == "2606"
    mandate = client_of_stripe.v1.mandates.retrieve(details.mandate)
    assert (mandate.status, mandate.type, mandate.payment_method) == (
        "active",
        "multi_use",
        intent.payment_method.id,
    )
    agreed = mandate.payment_method_details.sepa_debit
    assert agreed
    page = requests.get(agreed.url, timeout=5)
    assert agreed.reference in page.text
    assert "2606" in page.text
    assert GOOD not in page.text
    assert types(client_of_stripe) == [
        "payment_intent.created",
        "payment_intent.processing",
        "charge.pending",
        "checkout.session.completed",
    ]


def test_debit_is_collected_once_when_its_time_has_come(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)
    before = client_of_stripe.v1.charges.retrieve(only_charge()).status
    soon = timezone.now() + timedelta(seconds=5)

    done = [sweep.settle_due(soon), sweep.settle_due(soon)]

    assert (before, done) == ("pending", [1, 0])
    paid = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    intent: Any = paid.payment_intent
    assert (paid.payment_status, intent.status, intent.amount_received) == ("paid", "succeeded", 5000)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("succeeded", True)
    movement = intent.latest_charge.balance_transaction
    assert (movement.type, movement.reporting_category) == ("payment", "charge")
    assert (movement.amount, movement.fee, movement.net) == (5000, 35, 4965)
    assert types(client_of_stripe)[4:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_refused_debit_leaves_the_books_even(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session, BAD)

    sweep.settle_due(timezone.now() + timedelta(seconds=5))

    failed = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.failure_balance_transaction"]}
    )
    intent: Any = failed.payment_intent
    charge = intent.latest_charge
    assert (failed.status, failed.payment_status) == ("complete", "unpaid")
    assert (intent.status, charge.status, charge.paid) == ("requires_payment_method", "failed", False)
    assert intent.last_payment_error.payment_method.type == "sepa_debit"
    assert charge.failure_message == intent.last_payment_error.message
    assert (charge.failure_code, charge.failure_balance_transaction.type) == (
        "generic_could_not_process",
        "payment_failure_refund",
    )
    assert sum(row.net for row in client_of_stripe.v1.balance_transactions.list().data) == 0
    assert types(client_of_stripe)[4:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


@pytest.mark.parametrize(("iban", "ends"), [(GOOD_LATER, "succeeded"), (BAD_LATER, "failed")])
def test_some_debits_take_three_minutes(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session, iban: str, ends: str
) -> None:
    debit(session, iban)

    early = sweep.settle_due(timezone.now() + timedelta(minutes=2))
    call_command("sandbox_settle", ahead=4, verbosity=0)

    assert early == 0
    assert client_of_stripe.v1.charges.retrieve(only_charge()).status == ends


def test_reading_settles_what_is_due(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)
    row = StripeObject.objects.get(object_id=only_charge())
    row.dues.update(due_at=timezone.now())

    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_button_and_command_end_a_debit_at_once(
    client: Client, client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session, GOOD_LATER)
    charge = only_charge()
    page = client.get(f"/sandbox/objects/{charge}/").content.decode()
    dashboard = client.get("/sandbox/").content.decode()

    call_command("sandbox_act", "refuse", charge)
    again = client.post(f"/sandbox/objects/{charge}/act/", {"what": "collect"}, follow=True)

    assert "Collect this debit now" in page
    assert "Collect this debit now" in dashboard
    assert client_of_stripe.v1.charges.retrieve(charge).failure_code == "insufficient_funds"
    assert "That cannot happen to it now." in again.content.decode()
    with pytest.raises(CommandError):
        call_command("sandbox_act", "collect", charge)
    with pytest.raises(sweep.NothingOwed):
        sweep.collect(charge)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("FR1420041010050500013M02607", "This is not an IBAN."),
        ("FR14", "This is not an IBAN."),
        ("<b>" * 20, "This is not an IBAN."),
        ("FR7630006000011234567890189", "This is not one of the test accounts."),
        ("DE89370400440532013000", "This is not one of the test accounts."),
    ],
)
def test_other_accounts_change_nothing(session: stripe.checkout.Session, typed: str, told: str) -> None:
    answer = debit(session, typed)

    assert (answer.status_code, StripeObject.objects.count()) == (200, 1)
    assert told in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ({}, ["card", "sepa_debit"]),
        ({"allowed_payment_method_types": ["card"]}, ["card"]),
        ({"excluded_payment_method_types": ["card"]}, ["sepa_debit"]),
    ],
)
def test_page_offers_what_is_allowed_and_takes_nothing_else(
    client_of_stripe: stripe.StripeClient, wanted: Any, offered: list[str]
) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(asked(**wanted))
    assert session.url

    page = requests.get(session.url, timeout=5).text

    assert session.payment_method_types == offered
    assert ['name="card"' in page, 'name="iban"' in page] == ["card" in offered, "sepa_debit" in offered]
    assert ("claimed within eight weeks" in page) == ("sepa_debit" in offered)
    if offered == ["card"]:
        assert "cannot be made by direct debit" in debit(session).text
    if offered == ["sepa_debit"]:
        data = {"card": "4242424242424242", "action": "pay"}
        assert "cannot be made by card" in requests.post(session.url, data=data, timeout=5).text


def test_debit_is_in_euros_only(client_of_stripe: stripe.StripeClient) -> None:
    lines = asked()["line_items"]
    lines[0]["price_data"]["currency"] = "chf"

    with pytest.raises(stripe.InvalidRequestError, match="No valid payment method types"):
        client_of_stripe.v1.checkout.sessions.create(
            asked(line_items=lines, allowed_payment_method_types=["sepa_debit"])
        )


def test_debiting_twice_debits_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)

    assert "This payment is already made" in debit(session).text
    assert len(client_of_stripe.v1.charges.list().data) == 1


def test_two_sweeps_at_once_collect_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)
    soon = timezone.now() + timedelta(seconds=5)

    def settle(_: int) -> int:
        try:
            return sweep.settle_due(soon)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(settle, range(4)))

    assert sum(done) == 1
    assert types(client_of_stripe)[4:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_what_cannot_happen_stops_nothing_else(
    client_of_stripe: stripe.StripeClient,
    session: stripe.checkout.Session,
    caplog: pytest.LogCaptureFixture,
) -> None:
    debit(session)
    StripeObject.objects.of_kind("payment_method").delete()
    debit(client_of_stripe.v1.checkout.sessions.create(asked()))
    soon = timezone.now() + timedelta(seconds=5)

    done = sweep.settle_due(soon)

    assert done == 1
    assert "tried again in a minute" in caplog.text
    statuses = sorted(charge.status for charge in client_of_stripe.v1.charges.list().data)
    assert statuses == ["pending", "succeeded"]
