"""What some test cards bring after they have paid: a dispute, an inquiry, an early fraud warning."""

from datetime import timedelta

from sandbox import cards, disputes, due
from sandbox.models import StripeObject

WARNING = "warning"
_WHAT = {
    cards.After.DISPUTE: disputes.OPENING,
    cards.After.INQUIRY: disputes.OPENING,
    cards.After.WARNING: WARNING,
}
_SOON = timedelta(seconds=3)


def owe(charge: StripeObject) -> None:
    """See to it that what its card brings will come. Belongs in the caller's transaction."""
    what = _WHAT.get(_card(charge).after)
    if what:
        due.owe(what, charge, _SOON)


def dispute(charge: StripeObject) -> StripeObject | None:
    """Dispute the charge for its card's reason; a debit is disputed for its own.

    Of a card nothing is left to dispute once all of it was given back.
    """
    if "card" not in charge.private:
        return disputes.open_for(charge)
    if charge.data["refunded"]:
        return None
    card = _card(charge)
    return disputes.open_for(charge, card.reason, inquiry=card.after == cards.After.INQUIRY)


def _card(charge: StripeObject) -> cards.Card:
    return cards.find(charge.private["card"])
