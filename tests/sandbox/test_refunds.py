"""Money given back: all of it, in parts, never more than came."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from .conftest import pay


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
    whole = client_of_stripe.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert whole.refunded
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
