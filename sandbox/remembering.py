"""A payment of the past that was never made here: for data that was filled in by hand."""

from datetime import datetime

from django.db import IntegrityError, transaction

from sandbox import cards, payments, store
from sandbox.models import StripeObject
from sandbox.resources import charges, payment_intents

_CARD = cards.find("4000002500000003")


def charge(
    charge_id: str, *, intent_id: str, amount: int, paid_at: datetime, metadata: dict[str, str]
) -> bool:
    """Know from now on that a card paid `amount` cents at `paid_at`. False where it was known.

    All is as if it had been paid then, the fee included, but no event tells of it. It can be given
    back, disputed and compared like any other.
    """
    if store.find(charges.KIND, charge_id):
        return False
    try:
        with transaction.atomic(), store.at(int(paid_at.timestamp())):
            _pay(_intent(intent_id, amount, metadata), charge_id)
    except IntegrityError:
        if store.find(charges.KIND, charge_id) is None:
            raise
        return False  # somebody else did it at the same moment
    return True


def _intent(intent_id: str, amount: int, metadata: dict[str, str]) -> StripeObject:
    asked = {
        "id": "",
        "amount_total": amount,
        "currency": "eur",
        "customer": None,
        "payment_method_types": ["card"],
    }
    return payment_intents.start(asked, {"metadata": metadata}, intent_id)


def _pay(intent: StripeObject, charge_id: str) -> None:
    details = payments.billing(None, None)
    payments.put_card(intent, _CARD, details)
    paid = charges.authorise(intent.data, _CARD, details, charge_id)
    charges.capture(paid, intent.data["amount"])
    charges.book(paid)
    payments.succeed(intent, paid)
