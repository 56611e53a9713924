"""What Stripe answers, as the rest of the project sees it: small frozen records, amounts in cents."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Interval = Literal["month", "year"]


@dataclass(frozen=True)
class Order:
    """What a donor is to pay: once, or `every` month or year, as the first payment of the plan `plan_id`."""

    public_id: UUID
    amount_cents: int
    currency: str
    product_name: str
    email: str
    language: str
    every: Interval | None = None
    plan_id: UUID | None = None
    # The money is only set aside on the card until a person has looked.
    set_aside: bool = False


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
    # Some of it has gone back, or a bank contests it: `fetch_reversals` says what.
    reversed: bool = False


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
    # A debit's: what allows it, known as soon as the bank is asked.
    mandate_id: str = ""


SubscriptionStatus = Literal["pending", "active", "paused", "past_due", "unpaid", "ended"]


@dataclass(frozen=True)
class Subscription:
    """What Stripe says of a recurring gift now. `reference` is our plan’s public id."""

    subscription_id: str
    customer_id: str
    reference: str
    status: SubscriptionStatus
    amount_cents: int
    currency: str
    # None when it ends with the period that is paid for.
    next_charge_at: dt.datetime | None
    # The day on which it is set to end, where somebody has set one at Stripe.
    ends_at: dt.datetime | None
    latest_invoice_id: str
    # Why it ended, in Stripe's words: cancellation_requested, payment_failed, payment_disputed.
    end_reason: str
    method: str
    card_last4: str
    card_expires_on: dt.date | None
    livemode: bool
    # A card or account that the donor has chosen since on Stripe's page, and that does not pay it yet.
    chosen_since: str = ""
    # Whether it has ever run: one whose first payment came to nothing expires instead.
    was_paid: bool = True


# An invoice may also be closed: nothing is to be paid any more, and no payment of ours has paid it.
InvoiceStanding = Standing | Literal["closed"]


@dataclass(frozen=True)
class Invoice:
    """One payment of a recurring gift, as Stripe has it now. `payment` is there when it has been paid."""

    invoice_id: str
    subscription_id: str
    reference: str
    first: bool
    amount_cents: int
    currency: str
    standing: InvoiceStanding
    payment: Payment | None
    livemode: bool
    # When the bank was last asked for it: a card is charged then, a debit is handed over.
    asked_at: dt.datetime | None = None
    attempts: int = 0
    next_attempt_at: dt.datetime | None = None
    # Stripe's hosted page for it, and whether all it takes there is to confirm.
    mend_url: str = ""
    confirm: bool = False
    method: str = ""
    mandate_id: str = ""
    # Closed because all attempts came to nothing (`uncollectible`), and not because it was forgiven.
    given_up: bool = False


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


@dataclass(frozen=True)
class GivenBack:
    """A refund. `taken_at` is when the money left the foundation's balance at Stripe, `returned_at` when
    it came back because the refund could not be made; None where neither has happened.
    """

    refund_id: str
    charge_id: str
    amount_cents: int
    currency: str
    fee_cents: int
    status: Literal["pending", "succeeded", "failed"]
    created_at: dt.datetime
    taken_at: dt.datetime | None
    returned_at: dt.datetime | None
    # The public id of our own row, where the refund was asked for here and not in Stripe's dashboard.
    reference: str


@dataclass(frozen=True)
class Contest:
    """A movement of the balance that a dispute made: withdrawn (negative), given back, or a fee alone."""

    amount_cents: int
    fee_cents: int
    moved_at: dt.datetime


@dataclass(frozen=True)
class Contested:
    """A dispute, and what it has moved so far, oldest first. An inquiry moves nothing."""

    dispute_id: str
    charge_id: str
    amount_cents: int
    currency: str
    reason: str
    status: Literal["inquiry", "open", "won", "lost", "closed"]
    appealed: bool
    due_by: dt.datetime | None
    opened_at: dt.datetime
    movements: tuple[Contest, ...]


@dataclass(frozen=True)
class Warned:
    """An early fraud warning of a card scheme's."""

    warning_id: str
    charge_id: str
    fraud_type: str
    actionable: bool
    warned_at: dt.datetime


@dataclass(frozen=True)
class Reversals:
    """All that has gone back of one charge, as Stripe has it now; `donation` is the gift it names."""

    charge_id: str
    payment: Payment | None  # None where nothing was taken
    donation: str
    refunds: tuple[GivenBack, ...]
    disputes: tuple[Contested, ...]
