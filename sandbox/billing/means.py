"""What a payer types on a hosted page, read as a card."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import cards


class Unreadable(Exception):
    """Nothing can be paid with it; `message` says why to the payer."""

    def __init__(self, message: Promise) -> None:
        super().__init__(message)
        self.message = message


def card(typed: str) -> cards.Card:
    """Raises `Unreadable`."""
    try:
        return cards.find(typed)
    except cards.WrongNumber:
        raise Unreadable(_("This is not a card number. Check the digits.")) from None
    except cards.NotATestCard:
        raise Unreadable(
            _("This is not one of the test cards. No real card is taken here: use one of the numbers below.")
        ) from None
