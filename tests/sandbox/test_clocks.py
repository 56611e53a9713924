"""Test clocks: a donor's years in a moment."""

import time

import pytest
import stripe

from .billing import DAY, HOUR, invoices_of, period_end, subscribe, types

START = 1_800_000_000


@pytest.fixture
def clock(client_of_stripe: stripe.StripeClient) -> stripe.test_helpers.TestClock:
    return client_of_stripe.v1.test_helpers.test_clocks.create({"frozen_time": START, "name": "A donor"})


def _plan(client: stripe.StripeClient, clock: stripe.test_helpers.TestClock) -> stripe.Subscription:
    customer = client.v1.customers.create({"email": "ada@example.org", "test_clock": clock.id})
    return subscribe(client, customer=customer.id, customer_email=None)


def test_plan_lives_by_its_clock(
    client_of_stripe: stripe.StripeClient, clock: stripe.test_helpers.TestClock
) -> None:
    plan = _plan(client_of_stripe, clock)

    advancing = client_of_stripe.v1.test_helpers.test_clocks.advance(
        clock.id, {"frozen_time": period_end(plan) + HOUR}
    )

    assert (plan.test_clock, plan.created) == (clock.id, START)
    assert advancing.status == "advancing"
    ready = client_of_stripe.v1.test_helpers.test_clocks.retrieve(clock.id)
    assert (ready.status, ready.frozen_time) == ("ready", period_end(plan) + HOUR)
    renewal, first = invoices_of(client_of_stripe, plan)
    assert (first.created, renewal.created) == (START, period_end(plan))
    assert (renewal.status, renewal.test_clock) == ("paid", clock.id)
    (charge, _first) = client_of_stripe.v1.charges.list().data
    assert charge.created == period_end(plan) + HOUR
    told = types(client_of_stripe)
    assert told[-1] == "test_helpers.test_clock.ready"
    assert "test_helpers.test_clock.advancing" in told


def test_clock_is_advanced_step_by_step(
    client_of_stripe: stripe.StripeClient, clock: stripe.test_helpers.TestClock
) -> None:
    _plan(client_of_stripe, clock)
    clocks = client_of_stripe.v1.test_helpers.test_clocks

    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        clocks.advance(clock.id, {"frozen_time": START + 100 * DAY})
    with pytest.raises(stripe.InvalidRequestError, match="must be after"):
        clocks.advance(clock.id, {"frozen_time": START})
    clocks.advance(clock.id, {"frozen_time": START + 45 * DAY})

    assert len(client_of_stripe.v1.invoices.list().data) == 2


def test_known_customer_is_put_on_a_clock(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    assert isinstance(plan.customer, str)

    clock = client_of_stripe.v1.test_helpers.test_clocks.create(
        {"frozen_time": int(time.time()), "customer": plan.customer}
    )

    client_of_stripe.v1.test_helpers.test_clocks.advance(
        clock.id, {"frozen_time": period_end(plan) + 2 * HOUR}
    )
    assert [invoice.status for invoice in invoices_of(client_of_stripe, plan)] == ["paid", "paid"]


def test_deleted_clock_takes_its_customers_along(
    client_of_stripe: stripe.StripeClient, clock: stripe.test_helpers.TestClock
) -> None:
    plan = _plan(client_of_stripe, clock)

    gone = client_of_stripe.v1.test_helpers.test_clocks.delete(clock.id)

    assert gone.deleted is True
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client_of_stripe.v1.test_helpers.test_clocks.retrieve(clock.id)
