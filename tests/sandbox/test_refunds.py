"""Money given back: all of it, in parts, never more than came."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from sandbox import actions, sweep

from .conftest import debit, pay


@pytest.fixture
def charge(client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session) -> stripe.Charge:
    pay(session)
    (charge,) = client_of_stripe.v1.charges.list().data
    return charge


def test_full_refund(client_of_stripe: stripe.StripeClient, charge: stripe.Charge) -> None:
    assert isinstance(charge.payment_intent, str)

    refund = client_of_stripe.v1.refunds.create(
        {
            "payment_intent": charge.payment_intent,
            "reason": "requested_by_customer",
            "expand": ["balance_transaction", "charge"],
        }
    )

    assert (refund.amount, refund.status, refund.reason) == (5000, "succeeded", "requested_by_customer")
    assert isinstance(refund.charge, stripe.Charge)
    assert (refund.charge.amount_refunded, refund.charge.refunded) == (5000, True)
    movement = refund.balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net, movement.type) == (-5000, 0, -5000, "refund")
    assert movement.source == refund.id
    types = [event.type for event in client_of_stripe.v1.events.list({"limit": 2}).data]
    assert types == ["charge.refunded", "refund.created"]


def test_partial_refunds_add_up_to_the_charge(
    client_of_stripe: stripe.StripeClient, charge: stripe.Charge
) -> None:
    refunds = client_of_stripe.v1.refunds
    refunds.create({"charge": charge.id, "amount": 2000})
    half = client_of_stripe.v1.charges.retrieve(charge.id)

    rest = refunds.create({"charge": charge.id})

    assert (half.amount_refunded, half.refunded) == (2000, False)
    assert rest.amount == 3000
    plain = client_of_stripe.v1.charges.retrieve(charge.id)
    whole = client_of_stripe.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert whole.refunded
    assert "refunds" not in plain.to_dict()  # no list that would look empty
    assert whole.refunds
    assert [refund.amount for refund in whole.refunds.data] == [3000, 2000]
    assert len(refunds.list({"charge": charge.id}).data) == 2
    assert refunds.retrieve(rest.id).amount == 3000


@pytest.mark.parametrize("amount", [5001, 0, -1])
def test_wrong_amount_is_refused(
    client_of_stripe: stripe.StripeClient, charge: stripe.Charge, amount: int
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.refunds.create({"charge": charge.id, "amount": amount})

    assert refusal.value.param == "amount"
    assert client_of_stripe.v1.charges.retrieve(charge.id).amount_refunded == 0


def test_second_full_refund_is_refused(client_of_stripe: stripe.StripeClient, charge: stripe.Charge) -> None:
    client_of_stripe.v1.refunds.create({"charge": charge.id})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.refunds.create({"charge": charge.id})

    assert refusal.value.code == "charge_already_refunded"


def test_refund_of_nothing_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        client_of_stripe.v1.refunds.create({})
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        client_of_stripe.v1.refunds.create({"charge": "ch_none"})


def test_declined_charge_cannot_be_refunded(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000000000000002")
    (declined,) = client_of_stripe.v1.charges.list().data

    with pytest.raises(stripe.InvalidRequestError):
        client_of_stripe.v1.refunds.create({"charge": declined.id})


def test_refunds_at_once_never_give_back_more_than_came(
    client_of_stripe: stripe.StripeClient, charge: stripe.Charge
) -> None:
    def refund(_: int) -> int:
        try:
            return client_of_stripe.v1.refunds.create({"charge": charge.id, "amount": 2000}).amount
        except stripe.StripeError:
            return 0

    with ThreadPoolExecutor(6) as threads:
        given_back = sum(threads.map(refund, range(6)))

    assert given_back == 4000
    assert client_of_stripe.v1.charges.retrieve(charge.id).amount_refunded == 4000
    assert len(client_of_stripe.v1.refunds.list().data) == 2


def test_late_refund_is_pending_at_first(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000000000007726")
    (charge,) = client_of_stripe.v1.charges.list().data

    refund = client_of_stripe.v1.refunds.create({"charge": charge.id, "metadata": {"why": "asked"}})
    sweep.settle_due(timezone.now() + timedelta(minutes=1))

    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    arrived = client_of_stripe.v1.refunds.retrieve(refund.id)
    assert arrived.status == "succeeded"
    assert "pending_reason" not in arrived
    assert client_of_stripe.v1.events.list().data[0].type == "refund.updated"


def test_failed_refund_brings_the_money_back(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000000000005126")
    (charge,) = client_of_stripe.v1.charges.list().data

    refund = client_of_stripe.v1.refunds.create({"charge": charge.id, "amount": 2000})
    sweep.settle_due(timezone.now() + timedelta(minutes=1))
    sweep.settle_due(timezone.now() + timedelta(minutes=1))

    failed = client_of_stripe.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (refund.status, failed.status, failed.failure_reason) == (
        "succeeded",
        "failed",
        "expired_or_canceled_card",
    )
    back = failed.failure_balance_transaction
    assert isinstance(back, stripe.BalanceTransaction)
    assert (back.amount, back.type, back.source) == (2000, "refund_failure", refund.id)
    assert client_of_stripe.v1.charges.retrieve(charge.id).amount_refunded == 0
    types = [event.type for event in client_of_stripe.v1.events.list({"limit": 4}).data]
    assert types == ["refund.failed", "refund.updated", "charge.refunded", "refund.created"]


def test_refund_of_a_debit_is_a_transfer(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)
    (charge,) = client_of_stripe.v1.charges.list().data
    with pytest.raises(stripe.InvalidRequestError):
        client_of_stripe.v1.refunds.create({"charge": charge.id})
    sweep.collect(charge.id)

    refund = client_of_stripe.v1.refunds.create({"charge": charge.id, "expand": ["balance_transaction"]})

    assert (refund.id[:4], refund.status) == ("pyr_", "pending")
    assert isinstance(refund.balance_transaction, stripe.BalanceTransaction)
    assert (refund.balance_transaction.type, refund.balance_transaction.reporting_category) == (
        "payment_refund",
        "refund",
    )


def test_refund_carries_what_callers_note(
    client_of_stripe: stripe.StripeClient, charge: stripe.Charge
) -> None:
    refund = client_of_stripe.v1.refunds.create({"charge": charge.id, "metadata": {"a": "1"}})

    changed = client_of_stripe.v1.refunds.update(refund.id, {"metadata": {"b": "2"}})

    assert changed.metadata
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}


def test_dashboard_refunds_a_part_and_then_the_rest(
    client: Client, client_of_stripe: stripe.StripeClient, charge: stripe.Charge
) -> None:
    address = f"/sandbox/objects/{charge.id}"

    for amount in ("2000", "9999", "-1", "x", "", "9" * 5000):
        client.post(f"{address}/refund/", {"amount": amount})
    half = client_of_stripe.v1.charges.retrieve(charge.id).amount_refunded
    page = client.get(f"{address}/").content.decode()
    client.post(f"{address}/act/", {"what": "refund"})

    assert half == 2000
    assert 'max="3000"' in page
    assert client_of_stripe.v1.charges.retrieve(charge.id).refunded
    assert "Refund" not in client.get(f"{address}/").content.decode()


def test_refund_of_a_debit_that_fails_comes_back_under_the_same_type(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    debit(session)
    (charge,) = client_of_stripe.v1.charges.list().data
    sweep.collect(charge.id)
    refund = client_of_stripe.v1.refunds.create({"charge": charge.id})

    actions.perform(refund.id, "come_back")

    failed = client_of_stripe.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    back = failed.failure_balance_transaction
    assert isinstance(back, stripe.BalanceTransaction)
    assert (failed.status, back.amount, back.type, back.source) == (
        "failed",
        5000,
        "payment_refund",
        refund.id,
    )
