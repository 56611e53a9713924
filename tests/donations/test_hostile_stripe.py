"""What answers is not Stripe, or not in its right mind: nothing is charged, counted or lost."""

import json
from typing import Any

import pytest
from django.test import Client

from donations import ledger, reconcile, tasks
from donations.gateway import asking
from donations.models import Donation, LedgerEntry, Receipt, Status, StripeEvent
from outreach.models import Letter
from programs.models import Program
from sandbox import deliveries
from sandbox.models import StripeObject
from tests.broken_stripe import broken_stripe
from tests.giving import form_data, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def nonsense(donation: Donation) -> list[tuple[int, bytes]]:
    """Answers of proxies, of half-dead servers and of a Stripe that has lost half of its objects."""
    session = {
        "id": "cs_x",
        "object": "checkout.session",
        "client_reference_id": str(donation.public_id),
        "livemode": False,
        "payment_status": "paid",
        "status": "complete",
        "url": 5,
    }
    charge = {"id": "ch_x", "object": "charge", "amount_captured": "5000", "currency": None}
    balance = {"id": "txn_x", "object": "balance_transaction"}
    intent = {"id": "pi_x", "object": "payment_intent"}
    whole = session | {
        "payment_intent": intent | {"latest_charge": charge | {"balance_transaction": balance}}
    }
    return [
        *[(200, body) for body in (b"{}", b"[]", b"null", b'"x"', b"5", b"", b"\xff\xfe", b'{"id":')],
        *[(200, b"<html>Log in to the hotel's network</html>"), (204, b""), (302, b""), (404, b"{}")],
        *[(402, b'{"error": "x"}'), (400, b'{"error": []}'), (500, b"<html>"), (400, b"null")],
        (200, json.dumps(session).encode()),
        (200, json.dumps(session | {"payment_intent": "pi_x"}).encode()),
        (200, json.dumps(session | {"payment_intent": intent}).encode()),
        (200, json.dumps(session | {"payment_intent": intent | {"latest_charge": charge}}).encode()),
        (200, json.dumps(whole).encode()),
        (200, json.dumps(session | {"status": "sold"}).encode()),
    ]


def test_an_answer_that_is_not_stripes_is_told_plainly_and_the_gift_waits(
    settings: Any, stripe_sandbox: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_RETRIES", 0)  # it would wait between them
    donation = give()
    pay(donation)
    deliveries.deliver_due()

    for number, (status, body) in enumerate(nonsense(donation)):
        with broken_stripe(status, body) as address:
            settings.STRIPE_API_BASE = address
            form = Client().post("/en/hematology/give/", form_data(token=str(number)))
            Donation.objects.update(checked_at=None)
            thanks = Client().get(f"/en/gifts/{donation.public_id}/")
            StripeEvent.objects.update(not_before=None, attempts=0)
            tasks.process_events()

        assert form.status_code in {502, 503}, body
        assert "camille@example.org" in form.content.decode(), body
        assert thanks.status_code == 200, body
    assert set(Donation.objects.values_list("status", flat=True)) == {Status.PENDING}
    assert not LedgerEntry.objects.exists()

    settings.STRIPE_API_BASE = f"{stripe_sandbox}/sandbox"
    assert reconcile.refresh(donation) == "settled"
    assert ledger.read_total(program).raised_cents == 5000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_captured": 4999}, "paid 4999 cents, asked 5000"),
        ({"amount_captured": 500_000}, "paid 500000 cents, asked 5000"),
        ({"currency": "usd"}, "paid in USD, asked in EUR"),
        ({"livemode": True}, "paid in the other mode (live or test) than asked"),
    ],
)
def test_a_charge_of_another_amount_at_stripe_is_held_for_a_person_and_counts_nowhere(
    program: Program, change: dict[str, Any], reason: str
) -> None:
    donation = give()
    pay(donation)
    charge = StripeObject.objects.of_kind("charge").get()
    charge.data |= change
    charge.save()

    for _ in range(3):
        deliveries.deliver_due()
        tasks.process_events()
        Client().get(f"/en/gifts/{donation.public_id}/")

    donation.refresh_from_db()
    assert (donation.status, donation.review_reason) == (Status.HELD, reason)
    assert ledger.read_total(program) == ledger.Total()
    assert not Letter.objects.exists()
    assert not Receipt.objects.exists()
    assert (
        "a person is looking at your gift"
        in Client().get(f"/en/gifts/{donation.public_id}/").content.decode()
    )


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_stripe_does_not_take_is_told_to_staff_and_not_only_to_donors(
    settings: Any, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """Rolled, or restricted to less than is asked: it does not pass by itself, as an outage does."""
    with broken_stripe(status) as address:
        settings.STRIPE_API_BASE = address
        answer = Client().post("/en/hematology/give/", form_data())

    assert answer.status_code == 503
    told = [each for each in caplog.records if "does not take our key" in each.getMessage()]
    assert [each.levelname for each in told] == ["ERROR"]
