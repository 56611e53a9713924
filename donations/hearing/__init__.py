"""What is done about each event that Stripe tells of: a module an area, each with its `HANDLERS`.

A handler gets the event's object as it came, which is a hint: it asks Stripe again before anything is
booked, and says in a few words what was done. Handling an event again changes nothing.
"""

from collections.abc import Mapping

from donations.hearing import checkouts, declines, holds, plans, reversals
from donations.hearing.gifts import Handler, UnknownDonation

HANDLERS: Mapping[str, Handler] = {
    **checkouts.HANDLERS,
    **declines.HANDLERS,
    **holds.HANDLERS,
    **plans.HANDLERS,
    **reversals.HANDLERS,
}

__all__ = ["HANDLERS", "Handler", "UnknownDonation"]
