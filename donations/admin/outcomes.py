"""What handling came to, in the reader's language. It is kept in English, as the logs have it."""

from django.utils.translation import gettext, pgettext, pgettext_lazy

_KNOWN = {
    "announced": pgettext_lazy("outcome", "announced"),
    "booked once more": pgettext_lazy("outcome", "booked once more"),
    "caught up with Stripe": pgettext_lazy("outcome", "caught up with Stripe"),
    "declined": pgettext_lazy("outcome", "declined"),
    "expired": pgettext_lazy("outcome", "expired"),
    "failed": pgettext_lazy("outcome", "failed"),
    "for a person to look at": pgettext_lazy("outcome", "for a person to look at"),
    "held for review": pgettext_lazy("outcome", "held for review"),
    "let go": pgettext_lazy("outcome", "let go"),
    "no payment page yet": pgettext_lazy("outcome", "no payment page yet"),
    "not a gift of this site": pgettext_lazy("outcome", "not a gift of this site"),
    "not a plan of this site": pgettext_lazy("outcome", "not a plan of this site"),
    "not about a charge": pgettext_lazy("outcome", "not about a charge"),
    "not handled here": pgettext_lazy("outcome", "not handled here"),
    "nothing new": pgettext_lazy("outcome", "nothing new"),
    "nothing to announce": pgettext_lazy("outcome", "nothing to announce"),
    "nothing to pay": pgettext_lazy("outcome", "nothing to pay"),
    "nothing to pay yet": pgettext_lazy("outcome", "nothing to pay yet"),
    "processing": pgettext_lazy("outcome", "processing"),
    "settled": pgettext_lazy("outcome", "settled"),
    "staff are told": pgettext_lazy("outcome", "staff are told"),
    "still open": pgettext_lazy("outcome", "still open"),
    "Stripe did not answer": pgettext_lazy("outcome", "Stripe did not answer"),
    "taken: the next look settles it": pgettext_lazy("outcome", "taken: the next look settles it"),
}


def say(outcome: str) -> str:
    """What is not known here stays as it was kept: it names something, or is an error."""
    known, colon, why = outcome.partition(": ")
    if outcome in _KNOWN:
        return str(_KNOWN[outcome])
    if outcome.startswith("compared "):
        return pgettext("outcome", "plans compared: %(count)s") % {"count": outcome.removeprefix("compared ")}
    return f"{_KNOWN[known]}{gettext(':')} {why}" if colon and known in _KNOWN else outcome
