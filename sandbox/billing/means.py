"""What a payer types on a hosted page, read as a card or an account."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import cards, ibans


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


def iban(typed: str) -> ibans.Iban:
    """Raises `Unreadable`."""
    try:
        return ibans.find(typed)
    except ibans.WrongNumber:
        raise Unreadable(_("This is not an IBAN. Check its letters and digits.")) from None
    except ibans.NotATestAccount:
        raise Unreadable(
            _(
                "This is not one of the test accounts. No real account is debited here: "
                "use one of the numbers below."
            )
        ) from None
