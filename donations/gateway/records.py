"""What Stripe answers, as the rest of the project sees it: small frozen records, amounts in cents."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Checkout:
    """A Checkout Session that a donor can be sent to."""

    session_id: str
    url: str
    livemode: bool


@dataclass(frozen=True)
class Payment:
    """Money that has moved: all amounts in cents, as Stripe's balance has them."""

    payment_intent_id: str
    charge_id: str
    amount_cents: int
    currency: str
    fee_cents: int
    method: str
    paid_at: dt.datetime
    livemode: bool


# How the payment of a Checkout Session stands: nothing tried or nothing said yet, with the bank, set aside
# until we capture it, come to nothing, or paid.
Standing = Literal["waiting", "processing", "authorized", "failed", "paid"]


@dataclass(frozen=True)
class CheckoutState:
    """What Stripe says of a Checkout Session now. `payment` is there when it has been paid."""

    session_id: str
    reference: str
    status: Literal["open", "complete", "expired"]
    standing: Standing
    payment: Payment | None
    livemode: bool
    payment_intent_id: str = ""
    # A recurring gift's: empty for a gift given once.
    customer_id: str = ""
    subscription_id: str = ""
    invoice_id: str = ""


MovementKind = Literal["gift", "refund", "refund_reversed", "dispute", "dispute_reversed"]


@dataclass(frozen=True)
class Movement:
    """One line of Stripe's books: what it moved, signed, in cents, and the object that caused it."""

    balance_transaction_id: str
    kind: MovementKind
    source_ref: str
    charge_id: str
    amount_cents: int
    fee_cents: int
    currency: str
    occurred_at: dt.datetime


@dataclass(frozen=True)
class Owner:
    """Whose payment a charge is: the donation written on it, empty where none is, and its customer."""

    charge_id: str
    payment_intent_id: str
    donation: str
    customer_id: str
