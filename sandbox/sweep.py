"""What happens by itself as time passes, or at once when it is asked for.

Called by the loop that sends webhooks, and before every answer of the API.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox import (
    aftermath,
    checkout_debits,
    debits,
    disputes,
    due,
    fraud_warnings,
    holds,
    payments,
    refunds,
    store,
)
from sandbox.billing import collecting, renewals
from sandbox.ibans import Ending
from sandbox.models import Due, StripeObject
from sandbox.resources import charges

logger = logging.getLogger(__name__)

_AFTER_TROUBLE = timedelta(minutes=1)
# Who is told how a debit ended: each is given the payment intent, and minds its own.
_CONCERNED: list[Callable[[StripeObject], None]] = [checkout_debits.ended, collecting.debit_ended]


class NothingOwed(Exception):
    """It has happened already, or was never going to."""


def settle_due(at: datetime | None = None) -> int:
    """Do all that is due by now, or by `at`, as if it were that late; how many things happened."""
    billed = renewals.run_due(int(at.timestamp()) if at else None)
    return billed + sum(_perform(row) for row in due.ripe(at))


def collect(charge_id: str) -> None:
    """The bank pays the pending debit at once. Raises `NothingOwed`."""
    _end(charge_id, debits.collect)


def refuse(charge_id: str, code: str = "insufficient_funds") -> None:
    """The bank refuses the pending debit at once. Raises `NothingOwed`."""
    _end(charge_id, lambda charge: debits.refuse(charge, code))


def _end(charge_id: str, how: Callable[[StripeObject], StripeObject]) -> None:
    if not store.retrying(lambda: _debit(charge_id, how)):
        raise NothingOwed(charge_id)


def _perform(row: Due) -> bool:
    try:
        return store.retrying(lambda: _WORK[row.what](row.target.object_id))
    except store.Changed:
        return False  # still owed: the next sweep does it
    except Exception:
        # One thing that cannot happen stops neither the others nor the API.
        logger.exception("%s of %s failed; tried again in a minute", row.what, row.target.object_id)
        due.owe(row.what, row.target, _AFTER_TROUBLE)
        return False


def _by_its_account(charge: StripeObject) -> StripeObject:
    iban = debits.account(charge)
    if iban.ending == Ending.REFUSED:
        return debits.refuse(charge, iban.failure_code)
    if iban.ending == Ending.DISPUTED:
        due.owe(disputes.OPENING, charge, timedelta())
    return debits.collect(charge)


def _debit(charge_id: str, how: Callable[[StripeObject], StripeObject] = _by_its_account) -> bool:
    charge = store.find(charges.KIND, charge_id)
    if charge is None or not due.take(debits.DUE, charge):
        return False
    intent = how(charge)
    for tell in _CONCERNED:
        tell(intent)
    return True


def _taking(what: str, kind: str, then: Callable[[StripeObject], object]) -> Callable[[str], bool]:
    def perform(object_id: str) -> bool:
        row = store.find(kind, object_id)
        if row is None or not due.take(what, row):
            return False
        then(row)
        return True

    return perform


_WORK: dict[str, Callable[[str], bool]] = {
    debits.DUE: _debit,
    payments.BOOKING: _taking(payments.BOOKING, charges.KIND, payments.book),
    payments.HOLD: _taking(payments.HOLD, charges.KIND, holds.expire),
    refunds.DUE: _taking(refunds.DUE, "refund", refunds.end),
    disputes.OPENING: _taking(disputes.OPENING, charges.KIND, aftermath.dispute),
    disputes.VERDICT: _taking(disputes.VERDICT, "dispute", disputes.decide),
    disputes.DEADLINE: _taking(disputes.DEADLINE, "dispute", disputes.lose),
    aftermath.WARNING: _taking(aftermath.WARNING, charges.KIND, fraud_warnings.raise_for),
}
