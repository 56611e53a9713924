import datetime as dt
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import stripe
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from donations import gateway, ledger, tasks, webhooks
from donations.models import Donation, LedgerEntry, Receipt, Status, StripeEvent
from outreach.models import Letter
from programs.models import Program
from sandbox import deliveries
from tests import staff
from tests.giving import give, pay
from tests.processes import messages_waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def event_about(donation: Donation | None, **changes: Any) -> dict[str, Any]:
    """An event as Stripe sends it, about a gift's Checkout Session."""
    session = {
        "id": donation.stripe_session_id if donation else "cs_test_unknown",
        "object": "checkout.session",
        "metadata": {"donation": str(donation.public_id)} if donation else {},
        "client_reference_id": str(donation.public_id) if donation else None,
        "amount_total": 5000,
        "payment_status": "paid",
    }
    return {
        "id": "evt_test_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "type": "checkout.session.completed",
        "data": {"object": session},
        **changes,
    }


def post(event: Any, *, secret: str = "whsec_sandbox", after: int = 0, signature: str | None = None) -> int:
    """Post it as signed `after` so many seconds; the answer's status."""
    body = event if isinstance(event, str) else json.dumps(event)
    if signature is None:
        signature = stripe.WebhookSignature.generate_signature_header(
            body, secret, timestamp=int(time.time()) + after
        )
    headers = {"Stripe-Signature": signature} if signature else {}
    return (
        Client().post("/stripe/webhook/", body, content_type="application/json", headers=headers).status_code
    )


def test_a_signed_event_is_kept_then_handled(program: Program) -> None:
    donation = give()
    pay(donation)

    assert post(event_about(donation)) == 200
    assert StripeEvent.objects.get().processed_at is None
    tasks.process_events()

    event = StripeEvent.objects.get()
    assert event.processed_at
    assert event.outcome == "settled"
    assert ledger.read_total(program).raised_cents == 5000


def test_the_sandbox_tells_us_by_itself(program: Program) -> None:
    donation = give()
    pay(donation)

    assert deliveries.deliver_due() > 0
    tasks.process_events()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert not StripeEvent.objects.filter(processed_at=None).exists()


def test_a_redelivered_event_asks_no_second_worker_and_one_statement_of_the_database(
    django_assert_num_queries: Any,
) -> None:
    event = event_about(None)

    with django_assert_num_queries(1):
        assert post(event) == 200
    with django_assert_num_queries(1):
        assert post(event) == 200

    assert messages_waiting() == 1


def test_a_redelivered_event_settles_once() -> None:
    donation = give()
    pay(donation)

    for _ in range(3):
        assert post(event_about(donation)) == 200
        tasks.process_events()

    assert StripeEvent.objects.count() == 1
    assert LedgerEntry.objects.count() == Letter.objects.count() == Receipt.objects.count() == 1


def test_twenty_deliveries_handled_by_four_workers_at_once_settle_once() -> None:
    donation = give()
    pay(donation)

    def deliver(_number: int) -> int:
        try:
            status = post(event_about(donation))
            tasks.process_events()
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(deliver, range(20)))

    assert answers == [200] * 20
    assert StripeEvent.objects.count() == 1
    assert LedgerEntry.objects.count() == Letter.objects.count() == Receipt.objects.count() == 1


def test_events_in_the_wrong_order_settle_all_the_same() -> None:
    donation = give()
    pay(donation)

    post(event_about(donation, id="evt_2", type="checkout.session.expired"))
    tasks.process_events()
    post(event_about(donation, id="evt_1"))
    tasks.process_events()

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert LedgerEntry.objects.count() == 1


def test_an_event_before_the_payment_believes_stripe_and_not_itself() -> None:
    donation = give()

    post(event_about(donation))
    tasks.process_events()

    donation.refresh_from_db()
    assert donation.status == Status.PENDING
    assert StripeEvent.objects.get().outcome == "still open"


def test_an_event_that_lies_about_the_amount_changes_nothing(program: Program) -> None:
    donation = give()
    pay(donation)
    event = event_about(donation)
    event["data"]["object"]["amount_total"] = 9_999_900

    post(event)
    tasks.process_events()

    assert ledger.read_total(program).raised_cents == 5000


def test_an_event_that_came_before_we_wrote_down_the_session_is_handled() -> None:
    donation = give()
    pay(donation)
    event = event_about(donation)
    Donation.objects.update(stripe_session_id=None, checkout_url="")

    post(event)
    tasks.process_events()

    saved = Donation.objects.get()
    assert saved.status == Status.PAID
    assert saved.stripe_session_id == event["data"]["object"]["id"]


def test_an_event_about_another_gifts_session_is_refused() -> None:
    first, second = give(), give(amount="100")
    pay(second)
    event = event_about(first)
    event["data"]["object"]["id"] = second.stripe_session_id
    Donation.objects.filter(pk=first.pk).update(stripe_session_id=None, checkout_url="")

    post(event)
    tasks.process_events()

    assert Donation.objects.get(pk=first.pk).status == Status.PENDING
    assert "belongs to" in StripeEvent.objects.get().error


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("no header", {"signature": ""}),
        ("forged", {"secret": "whsec_other"}),
        ("garbage header", {"signature": "t=x,v1=y"}),
        ("no time", {"signature": "v1=abc"}),
        ("ten minutes old", {"after": -600}),
        ("ten minutes in the future", {"after": 600}),
        ("a time beyond all calendars", {"after": 10**17}),
    ],
)
def test_what_is_not_signed_by_stripe_now_gets_400_and_leaves_no_row(
    name: str, arguments: dict[str, Any]
) -> None:
    assert post(event_about(None), **arguments) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "null",
        "{}",
        '{"id": 5}',
        json.dumps(event_about(None, livemode=True)),
        json.dumps(event_about(None, livemode="false")),
        json.dumps(event_about(None, created="yesterday")),
        json.dumps(event_about(None, created=10**18)),
        json.dumps(event_about(None, data=None)),
        json.dumps(event_about(None, data={"object": "cs_1"})),
        json.dumps(event_about(None, id=["evt"])),
        json.dumps(event_about(None, id="e" * 300)),
        json.dumps(event_about(None, type="t" * 300)),
        json.dumps(event_about(None, id="evt_\u0000")),
        "é" * 10,
    ],
)
def test_signed_nonsense_gets_400_and_leaves_no_row(body: str) -> None:
    assert post(body) == 400
    assert not StripeEvent.objects.exists()


def test_refusing_a_webhook_asks_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert post(event_about(None), secret="whsec_other") == 400


def test_five_megabytes_are_refused_unread() -> None:
    assert post("x" * 5_000_000) == 413
    assert not StripeEvent.objects.exists()


def test_only_posts_are_heard() -> None:
    assert Client().get("/stripe/webhook/").status_code == 405


def test_an_unknown_type_is_kept_and_acknowledged() -> None:
    assert post(event_about(None, type="radar.something.new")) == 200
    tasks.process_events()

    event = StripeEvent.objects.get()
    assert event.processed_at
    assert event.outcome == "not handled here"


def test_a_payment_of_another_shop_on_the_same_account_is_left_alone() -> None:
    post(event_about(None))
    tasks.process_events()

    assert StripeEvent.objects.get().outcome == "not a gift of this site"


@pytest.mark.parametrize("named", ["00000000-0000-4000-8000-000000000000", "nonsense", "' OR 1=1"])
def test_a_gift_that_is_not_here_is_kept_for_a_person_to_see(named: str) -> None:
    event = event_about(None)
    event["data"]["object"]["metadata"] = {"donation": named}

    assert post(event) == 200
    tasks.process_events()

    kept = StripeEvent.objects.get()
    assert kept.processed_at is None
    assert kept.attempts == 1
    assert "UnknownDonation" in kept.error


def test_an_event_that_failed_is_tried_again_later(settings: Any, stripe_sandbox: str) -> None:
    donation = give()
    pay(donation)
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    post(event_about(donation))
    tasks.process_events()
    assert "Unavailable" in StripeEvent.objects.get().error
    settings.STRIPE_API_BASE = f"{stripe_sandbox}/sandbox"

    tasks.process_events()
    assert StripeEvent.objects.get().attempts == 1
    StripeEvent.objects.update(not_before=timezone.now())
    tasks.process_events()

    assert StripeEvent.objects.get().error == ""
    assert Donation.objects.get().status == Status.PAID


def test_an_event_that_waits_for_its_next_try_is_not_handled_by_whoever_is_woken_for_it() -> None:
    post(event_about(None))
    StripeEvent.objects.update(attempts=1, not_before=timezone.now() + dt.timedelta(minutes=1))

    tasks.process_event(StripeEvent.objects.get().pk)

    event = StripeEvent.objects.get()
    assert (event.attempts, event.processed_at) == (1, None)


def test_an_event_is_given_up_after_its_last_attempt() -> None:
    post(event_about(None, data={"object": {"object": "checkout.session", "metadata": {"donation": "x"}}}))
    StripeEvent.objects.update(attempts=webhooks.MAX_ATTEMPTS)

    tasks.process_events()

    assert StripeEvent.objects.get().attempts == webhooks.MAX_ATTEMPTS
    assert webhooks.waiting() == []


def test_an_event_that_is_asked_for_anew_while_a_worker_has_it_is_due_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event, real = kept_event(), webhooks.handle

    def handled_meanwhile(event: StripeEvent) -> str:
        outcome = real(event)
        webhooks.replay([event.pk], by=staff.member("Treasurer"))
        return outcome

    monkeypatch.setattr(webhooks, "handle", handled_meanwhile)
    webhooks.process(event.pk)

    event.refresh_from_db()
    assert (event.processed_at, event.attempts) == (None, 0)


def test_a_failure_that_comes_late_is_not_written_on_an_event_that_another_worker_has_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event, real = kept_event(), webhooks.handle
    begun = list[int]()

    def slow_at_first(event: StripeEvent) -> str:
        begun.append(event.pk)
        if len(begun) > 1:
            return real(event)
        StripeEvent.objects.filter(pk=event.pk).update(not_before=timezone.now())  # its wait is over
        assert webhooks.process(event.pk)
        raise gateway.Unavailable("too late")

    monkeypatch.setattr(webhooks, "handle", slow_at_first)
    webhooks.process(event.pk)

    event.refresh_from_db()
    assert event.processed_at
    assert event.error == ""


def kept_event() -> StripeEvent:
    """The event of a payment, in the inbox and not handled."""
    pay(give())
    deliveries.deliver_due()
    return StripeEvent.objects.get(type="checkout.session.completed")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="an embedded database is never restarted")
def test_an_event_is_kept_on_the_first_try_after_postgresql_was_restarted(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """As a request begins on a connection that was kept open, and that the server has closed since."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.ensure_connection()
    where = connection.get_connection_params()
    with psycopg.connect(
        host=where["host"], port=where["port"], user=where["user"], dbname=where["dbname"], autocommit=True
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    close_old_connections()
    body = json.dumps(event_about(None))
    signature = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)

    assert webhooks.receive(body.encode(), signature)

    assert StripeEvent.objects.count() == 1
