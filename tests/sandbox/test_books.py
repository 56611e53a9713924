"""Stripe's books: every movement of money is a balance transaction, to be read and compared."""

import time
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.utils import timezone

from sandbox import actions, sweep
from sandbox.models import StripeObject

from .conftest import asked, debit, pay


def after_a_minute() -> None:
    sweep.settle_due(timezone.now() + timedelta(minutes=1))


@pytest.fixture
def busy_day(client_of_stripe: stripe.StripeClient) -> stripe.StripeClient:
    """A card refunded for nothing, a card disputed and won, a debit refused and one refunded."""
    api = client_of_stripe.v1
    for card in ("4000000000005126", "4000000000000259"):
        pay(api.checkout.sessions.create(asked()), card)
    for iban in ("FR8420041010050500013M02607", "FR1420041010050500013M02606"):
        debit(api.checkout.sessions.create(asked()), iban)
    after_a_minute()
    collected, _refused, disputed, refunded = api.charges.list().data
    api.refunds.create({"charge": refunded.id, "amount": 1000})
    api.refunds.create({"charge": collected.id})
    after_a_minute()
    actions.perform(api.disputes.list({"charge": disputed.id}).data[0].id, "win")
    return client_of_stripe


def test_every_movement_is_in_the_books(busy_day: stripe.StripeClient) -> None:
    rows = list(busy_day.v1.balance_transactions.list({"limit": 2}).auto_paging_iter())

    assert sorted((row.type, row.reporting_category, row.amount, row.fee) for row in rows) == [
        ("adjustment", "dispute", -5000, 2000),
        ("adjustment", "dispute_reversal", 5000, 0),
        ("charge", "charge", 5000, 100),
        ("charge", "charge", 5000, 100),
        ("payment", "charge", 5000, 35),
        ("payment", "charge", 5000, 35),
        ("payment_failure_refund", "charge_failure", -5000, -35),
        ("payment_refund", "refund", -5000, 0),
        ("refund", "refund", -1000, 0),
        ("refund_failure", "refund_failure", 1000, 0),
    ]
    assert all(row.net == row.amount - row.fee for row in rows)
    assert all(sum(part.amount for part in row.fee_details) == row.fee for row in rows)
    assert {row.exchange_rate for row in rows} == {None}
    whole = busy_day.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"]}).data
    sources: list[Any] = [row.source for row in whole]
    assert {source.object for source in sources} == {"charge", "refund", "dispute"}


def test_books_are_searched_by_type_source_and_time(busy_day: stripe.StripeClient) -> None:
    movements = busy_day.v1.balance_transactions
    refund = busy_day.v1.refunds.list({"limit": 1}).data[0].id
    rows = StripeObject.objects.of_kind("balance_transaction")
    rows.filter(data__type="payment").update(created=1000)
    arrived = rows.filter(data__type="adjustment")[0]
    arrived.data["available_on"] = int(time.time()) - 1
    arrived.save()

    by_type = movements.list({"type": "adjustment"}).data
    by_source = movements.list({"source": refund}).data
    by_time = movements.list({"created": {"gte": 900, "lt": 1001}}).data
    later: Any = movements.list({"created": {"gt": int(time.time()) + 10}, "currency": "eur"}).data

    assert sorted(row.status for row in by_type) == ["available", "pending"]
    assert [(row.source, row.amount) for row in by_source] == [(refund, -5000)]
    assert [row.type for row in by_time] == ["payment", "payment"]
    assert later == []
