"""Keep Stripe's objects: make, find and change them, with nobody's change lost."""

import secrets
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from sandbox import errors
from sandbox.models import StripeObject

_Result = TypeVar("_Result")
_TRIES = 8  # to change what others are changing too
_ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "balance_transaction": "txn_3",
    "billing_portal.configuration": "bpc_1",
    "billing_portal.session": "bps_1",
    "charge": "ch_3",
    "checkout.session": "cs_test_a1",
    "customer": "cus_",
    "dispute": "du_1",
    "event": "evt_3",
    "invoice": "in_1",
    "invoice_payment": "inpay_1",
    "item": "li_1",
    "line_item": "il_1",
    "mandate": "mandate_1",
    "payment_intent": "pi_3",
    "payment_method": "pm_1",
    "price": "price_1",
    "product": "prod_",
    "radar.early_fraud_warning": "issfr_1",
    "refund": "re_3",
    "webhook_endpoint": "we_1",
    "setup_intent": "seti_1",
    "subscription": "sub_1",
    "subscription_item": "si_",
    "test_helpers.test_clock": "clock_1",
}
_LENGTHS = {"checkout.session": 56, "customer": 14, "product": 14, "subscription_item": 14}
_moment: ContextVar[int | None] = ContextVar("moment", default=None)


class Changed(Exception):
    """Somebody else changed the object since it was read: read it again and decide again."""


def random_text(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_id(kind: str, prefix: str | None = None) -> str:
    """An id that looks like Stripe's and cannot be guessed."""
    return (prefix or PREFIXES[kind]) + random_text(_LENGTHS.get(kind, 23))


def now() -> int:
    """Unix time in seconds; inside `at`, the moment that is played there."""
    played = moment()
    return int(time.time()) if played is None else played


def moment() -> int | None:
    """The moment that is being played, if one is."""
    return _moment.get()


@contextmanager
def at(played: int | None) -> Iterator[None]:
    """Play a moment: what is made inside bears it as its time. None is the present."""
    token = _moment.set(played)
    try:
        yield
    finally:
        _moment.reset(token)


def add(data: dict[str, Any], private: dict[str, Any] | None = None) -> StripeObject:
    return StripeObject.objects.create(
        object_id=data["id"],
        kind=data["object"],
        created=data.get("created", now()),  # a few kinds do not show it
        data=data,
        private=private or {},
    )


def save(row: StripeObject) -> None:
    """Write the row back, if nobody else has since it was read; otherwise raise `Changed`.

    Call it inside the transaction that holds all that follows from the change, so that either all
    of it happens or none.
    """
    mine = StripeObject.objects.filter(pk=row.pk, version=row.version)
    if not mine.update(data=row.data, private=row.private, version=F("version") + 1):
        raise Changed(row.object_id)
    row.version += 1


def retrying(work: Callable[[], _Result]) -> _Result:
    """`work` in one transaction, begun again when what it read was changed meanwhile.

    After several tries `Changed` is raised.
    """
    for _ in range(_TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except Changed:
            continue
    with transaction.atomic():
        return work()


def find(kind: str, object_id: str) -> StripeObject | None:
    if "\x00" in object_id:  # PostgreSQL cannot even be asked
        return None
    return StripeObject.objects.of_kind(kind).filter(object_id=object_id).first()


def fetch(kind: str, object_id: str) -> StripeObject:
    """The object an address names. Raises `errors.NotFound` (404)."""
    row = find(kind, object_id)
    if row is None:
        missing = errors.no_such(kind, object_id)
        raise errors.NotFound(missing.message, code=missing.code, param="id")
    return row


def named(kind: str, object_id: str, param: str) -> StripeObject:
    """The object a parameter names. Raises `errors.InvalidRequest` (400)."""
    row = find(kind, object_id)
    if row is None:
        raise errors.no_such(kind, object_id, param)
    return row
