"""Who a line of the bank's may be from: proposals, each with its reason. A person decides."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations import offline, references
from donations.donors import erasure
from donations.models import BankLine, Donor, Pledge

# Announced this long before the money came, at most, when only the amount or the name speaks for it.
_PATIENCE = dt.timedelta(days=180)
_MOST = 5
_MOST_WORDS = 40


def _base(mark: str) -> str:
    """The plain letter of one with an accent."""
    return unicodedata.normalize("NFD", mark)[0]


@dataclass(frozen=True)
class Proposal:
    """Somebody who may have sent the money. `sure` is said in words."""

    donor: Donor
    pledge: Pledge | None
    sure: Promise
    why: Promise


SURE, LIKELY, POSSIBLE = _("Sure"), _("Likely"), _("Possible")


# A plain letter, and all that are written as it.
_ACCENTED = {
    plain: f"[{plain}{marked}]"
    for plain in "abcdefghijklmnopqrstuvwxyz"
    if (marked := "".join(chr(code) for code in range(0xDF, 0x180) if _base(chr(code)) == plain))
}
_JOINED = {
    pair: f"({_ACCENTED[pair[0]]}{_ACCENTED[pair[1]]}|{letter})"
    for pair, letter in (("oe", "œ"), ("ae", "æ"), ("ss", "ß"))
}


# As it signs its transfers; a donor of this name is asked about, and not refused.
_STRIPE = re.compile(r"\bstripe\b", re.IGNORECASE)


def is_payout(line: BankLine) -> bool:
    """Whether this looks like what Stripe pays out: gifts that were counted one by one as they came."""
    return _STRIPE.search(f"{line.name} {line.text}") is not None


def proposals(line: BankLine) -> list[Proposal]:
    """The surest first, nobody twice, nobody who was forgotten, a few at most."""
    found = [*_by_reference(line), *_by_announcement(line), *_by_name(line)]
    once: dict[int, Proposal] = {}
    for proposal in found:
        if erasure.is_placeholder(proposal.donor.email):
            continue
        once.setdefault(proposal.donor.pk, proposal)
    return list(once.values())[:_MOST]


def _by_reference(line: BankLine) -> list[Proposal]:
    quoted = references.find(f"{line.text} {line.bank_reference}")
    pledges = Pledge.objects.filter(reference__in=quoted).select_related("donor")
    return [
        Proposal(pledge.donor, pledge, SURE, _("The transfer quotes their reference.")) for pledge in pledges
    ]


def _by_announcement(line: BankLine) -> list[Proposal]:
    """Somebody of that name had announced a gift; of that amount, or of another."""
    since = line.booked_on - _PATIENCE
    waiting = Pledge.objects.filter(created_at__date__range=(since, line.booked_on), gifts=None)
    newest = waiting.select_related("donor").order_by("-created_at")
    looked_at = list(newest[:1000])
    # Anybody may announce a thousand gifts: those of the line's own names are not lost among them.
    if (named := _named(line, "donor__")) is not None:
        looked_at = list(dict.fromkeys([*newest.filter(named)[:200], *looked_at]))
    same, other = [], []
    for pledge in looked_at:
        if not offline.similar(pledge.donor.name, line.said):
            continue
        if pledge.amount_cents == line.amount_cents:
            why = _("Somebody of this name announced a gift of this amount.")
            same.append(Proposal(pledge.donor, pledge, LIKELY, why))
        else:
            why = _("Somebody of this name announced a gift.")
            other.append(Proposal(pledge.donor, pledge, POSSIBLE, why))
    return same + other


def _by_name(line: BankLine) -> list[Proposal]:
    named = _named(line)
    known = Donor.objects.filter(named).order_by("-pk")[:200] if named is not None else []
    return [
        Proposal(donor, None, POSSIBLE, _("A donor has this name."))
        for donor in known
        if offline.similar(donor.name, line.said)
    ]


def _named(line: BankLine, donor: str = "") -> Q | None:
    """Who is called as a line says, by the names of `donor`; None where it says none.

    Banks write names in capitals, without accents and in any order; in a table, among other words.
    """
    words = [word for word in offline.words(line.said)[:_MOST_WORDS] if len(word) > 2]
    if not words:
        return None
    pattern = rf"(^|[ '’-])({'|'.join(map(_with_accents, words))})($|[ '’-])"
    first = Q(**{f"{donor}first_name__iregex": pattern}) | Q(**{f"{donor}first_name": ""})
    last, company = (Q(**{f"{donor}{name}__iregex": pattern}) for name in ("last_name", "company_name"))
    return last & first | company


def _with_accents(word: str) -> str:
    """A pattern of all that a plain word may be written as."""
    parts = re.split("(oe|ae|ss)", word)
    return "".join(_JOINED.get(part) or "".join(_ACCENTED.get(mark, mark) for mark in part) for part in parts)
