"""Why a gift is held, in the reader's language. It is kept in English, as the logs have it."""

import re

from django.utils.translation import pgettext, pgettext_lazy

from donations.admin import shown

_KNOWN = {
    "its money was only set aside": pgettext_lazy("why held", "its money was only set aside"),
    "paid in the other mode (live or test) than asked": pgettext_lazy(
        "why held", "paid in the other mode (live or test) than asked"
    ),
    "cards are being tested, and many from this network were declined": pgettext_lazy(
        "why held", "cards are being tested, and many from this network were declined"
    ),
    "cards are being tested, and this is one of many gifts from one address": pgettext_lazy(
        "why held", "cards are being tested, and this is one of many gifts from one address"
    ),
    "cards are being tested, and this is one of many gifts from one network": pgettext_lazy(
        "why held", "cards are being tested, and this is one of many gifts from one network"
    ),
    "cards are being tested, and this is one of many gifts from one email": pgettext_lazy(
        "why held", "cards are being tested, and this is one of many gifts from one e-mail address"
    ),
    "cards are being tested, and this came without a proof of work": pgettext_lazy(
        "why held", "cards are being tested, and this came without a proof of work"
    ),
}
_CURRENCIES = re.compile(r"paid in (\w+), asked in (\w+)")
_AMOUNTS = re.compile(r"paid (\d+) cents, asked (\d+)")


def say(reason: str, currency: str) -> str:
    """What is not known here stays as it was kept."""
    if reason in _KNOWN:
        return str(_KNOWN[reason])
    if found := _CURRENCIES.fullmatch(reason):
        words = pgettext("why held", "paid in %(paid)s, asked in %(asked)s")
        return words % {"paid": found[1], "asked": found[2]}
    if found := _AMOUNTS.fullmatch(reason):
        words = pgettext("why held", "paid %(paid)s, asked %(asked)s")
        paid, asked = (shown.money(int(cents), currency) for cents in found.groups())
        return words % {"paid": paid, "asked": asked}
    return reason
