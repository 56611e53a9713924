"""Who a line of the bank's may be from: proposals, each with its reason. A person decides."""

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations import offline, references
from donations.models import BankLine, Donor, Pledge

# Announced this long before the money came, at most, when only the amount or the name speaks for it.
_PATIENCE = dt.timedelta(days=180)
_MOST = 5


@dataclass(frozen=True)
class Proposal:
    """Somebody who may have sent the money. `sure` is said in words."""

    donor: Donor
    pledge: Pledge | None
    sure: Promise
    why: Promise


SURE, LIKELY, POSSIBLE = _("Sure"), _("Likely"), _("Possible")


def proposals(line: BankLine) -> list[Proposal]:
    """The surest first, nobody twice, a few at most."""
    found = [*_by_reference(line), *_by_announcement(line), *_by_name(line)]
    once: dict[int, Proposal] = {}
    for proposal in found:
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
    same, other = [], []
    for pledge in waiting.select_related("donor").order_by("-created_at")[:1000]:
        if not offline.similar(pledge.donor.name, line.name):
            continue
        if pledge.amount_cents == line.amount_cents:
            why = _("Somebody of this name announced a gift of this amount.")
            same.append(Proposal(pledge.donor, pledge, LIKELY, why))
        else:
            why = _("Somebody of this name announced a gift.")
            other.append(Proposal(pledge.donor, pledge, POSSIBLE, why))
    return same + other


def _by_name(line: BankLine) -> list[Proposal]:
    words = [word for word in line.name.split()[:8] if len(word) > 1]
    if not words:
        return []
    named = reduce(or_, (Q(last_name__iexact=word) for word in words), Q(company_name__iexact=line.name))
    known = Donor.objects.filter(named).order_by("-pk")[:200]
    return [
        Proposal(donor, None, POSSIBLE, _("A donor has this name."))
        for donor in known
        if offline.similar(donor.name, line.name)
    ]
