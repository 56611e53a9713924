"""The time of a test clock, for what belongs to one."""

from contextlib import AbstractContextManager

from sandbox import store
from sandbox.resources import customers, test_clocks


def at(clock_id: str | None) -> AbstractContextManager[None]:
    """Play the clock's moment; without a clock, time goes on as it is."""
    if clock_id is None:
        return store.at(store.moment())
    return store.at(store.fetch(test_clocks.KIND, clock_id).data["frozen_time"])


def of_customer(customer_id: str | None) -> AbstractContextManager[None]:
    customer = store.find(customers.KIND, customer_id) if customer_id else None
    return at(customer.data["test_clock"] if customer else None)
