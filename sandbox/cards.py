"""Stripe's published test cards (docs.stripe.com/testing): what each does now, after it, kept for later."""

import enum
import hashlib
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SHORTEST, _LONGEST = 12, 19


@dataclass(frozen=True)
class Decline:
    code: str
    decline_code: str
    message: str  # as the API says it
    shown: Promise  # as the payment page says it


class After(enum.Enum):
    """What comes of a payment by the card, by itself or once it is refunded."""

    NOTHING = enum.auto()
    DISPUTE = enum.auto()
    INQUIRY = enum.auto()  # the bank asks, and takes nothing back yet
    WARNING = enum.auto()  # an early fraud warning
    LATE_REFUND = enum.auto()  # a refund is pending, then succeeds
    FAILED_REFUND = enum.auto()  # a refund succeeds, then fails


@dataclass(frozen=True)
class Card:
    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    authentication: bool = False
    decline: Decline | None = None
    after: After = After.NOTHING
    reason: str = "fraudulent"  # of its dispute
    note: Promise | None = None  # what the payment page says of it
    # Kept for renewals, which its holder does not attend:
    authentication_kept: bool = False
    decline_kept: Decline | None = None
    exp_month: int = 12
    exp_year: int = 2034

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]

    def kept(self) -> "Card":
        """The card as it behaves in payments that its holder does not attend."""
        decline = self.decline or self.decline_kept
        return replace(self, authentication=self.authentication_kept, decline=decline)


_DECLINED = ("Your card was declined.", _("Your card was declined. Try another one."))
_GENERIC = Decline("card_declined", "generic_decline", *_DECLINED)

ALL = [
    Card("4242424242424242"),
    Card("4000056655665556", funding="debit"),
    Card("4000002500000003", country="FR"),
    Card("5555555555554444", brand="mastercard"),
    Card("378282246310005", brand="amex"),
    Card("4000002500003155", authentication=True),
    Card("4000002760003184", authentication=True, authentication_kept=True),
    Card("4000008400001629", authentication=True, decline=_GENERIC),
    Card("4000000000000259", after=After.DISPUTE, note=_("succeeds, then is disputed as fraudulent")),
    Card(
        "4000000000002685",
        after=After.DISPUTE,
        reason="product_not_received",
        note=_("succeeds, then is disputed: nothing was received"),
    ),
    Card("4000000000001976", after=After.INQUIRY, note=_("succeeds, then its bank asks about it")),
    Card("4000000000005423", after=After.WARNING, note=_("succeeds, then brings an early fraud warning")),
    Card("4000000000007726", after=After.LATE_REFUND, note=_("succeeds; a refund takes its time")),
    Card("4000000000005126", after=After.FAILED_REFUND, note=_("succeeds; a refund fails afterwards")),
    # At Stripe its first payment fails too, unless a trial delays it. Here a plan can begin with it.
    Card("4000000000000341", decline_kept=_GENERIC),
    Card("4000000000000002", decline=_GENERIC),
    Card(
        "4000000000009995",
        decline=Decline(
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
            _("There is not enough money on this card. Try another one."),
        ),
    ),
    Card("4000000000009987", decline=Decline("card_declined", "lost_card", *_DECLINED)),
    Card("4000000000009979", decline=Decline("card_declined", "stolen_card", *_DECLINED)),
    Card(
        "4000000000000069",
        decline=Decline(
            "expired_card",
            "expired_card",
            "Your card has expired.",
            _("This card has expired. Try another one."),
        ),
    ),
    Card(
        "4000000000000127",
        decline=Decline(
            "incorrect_cvc",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
            _("The security code of this card is not right. Try again."),
        ),
    ),
    Card(
        "4000000000000119",
        decline=Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
            _("Something went wrong at the bank. Try again in a moment."),
        ),
    ),
]
_BY_NUMBER = {card.number: card for card in ALL}


class WrongNumber(Exception):
    """No card has such a number."""


class NotATestCard(Exception):
    """It could be somebody's card: test payments take Stripe's published numbers only."""


def find(typed: str) -> Card:
    """The test card of that number, however it is spaced. Raises `WrongNumber` or `NotATestCard`."""
    number = "".join(character for character in typed if character not in " \u00a0\u202f-")
    if not (_SHORTEST <= len(number) <= _LONGEST and number.isascii() and number.isdigit() and _luhn(number)):
        raise WrongNumber
    if number not in _BY_NUMBER:
        raise NotATestCard
    return _BY_NUMBER[number]


def _luhn(number: str) -> bool:
    odd_places = [int(digit) for digit in number[::-1][::2]]
    even_places = [sum(divmod(int(digit) * 2, 10)) for digit in number[::-1][1::2]]
    return (sum(odd_places) + sum(even_places)) % 10 == 0
