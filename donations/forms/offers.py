"""The amounts that a form offers, for each frequency its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from donations import tax
from donations.forms.fields import typed_amount
from donations.models import Frequency, TaxRule
from programs.models import SuggestedAmount
from programs.templatetags.words import in_its_language


@dataclass(frozen=True)
class Suggestion:
    """One amount offered: a radio button and what stands beside it."""

    value: str
    amount_cents: int
    label: str
    net_cost_cents: int | None
    checked: bool


@dataclass(frozen=True)
class Offer:
    """The amounts offered to those who give this often, and to the `frequencies` without their own."""

    frequency: str
    frequencies: str
    suggestions: Sequence[Suggestion]


def offers(
    suggested: Iterable[SuggestedAmount], *, frequency: str, chosen: str, tax_rule: TaxRule | None
) -> list[Offer]:
    """Each frequency's amounts, with what each costs after tax where a rule is known.

    A frequency without amounts of its own is offered those of a gift made once. Where several offer the
    `chosen` amount, its button is pressed among those of the chosen `frequency` only.
    """
    rows = list(suggested)
    own = {row.frequency for row in rows}
    found = []
    for each in (each for each in Frequency.values if each in own):
        served = [other for other in Frequency.values if other == each or _borrows(other, each, own)]
        pressed = chosen if frequency in served else ""
        cards = [_suggestion(row, pressed, tax_rule) for row in rows if row.frequency == each]
        found.append(Offer(each, " ".join(served), cards))
    return found


def default_amount(suggested: Iterable[SuggestedAmount]) -> str:
    """What is chosen at first: an amount to give once, for that is how often at first; or nothing."""
    once = (row for row in suggested if row.frequency == Frequency.ONCE and row.is_default)
    return next((typed_amount(row.amount_cents) for row in once), "")


def _borrows(frequency: str, lender: str, own: set[str]) -> bool:
    return lender == Frequency.ONCE and frequency not in own


def _suggestion(row: SuggestedAmount, pressed: str, tax_rule: TaxRule | None) -> Suggestion:
    value = typed_amount(row.amount_cents)
    return Suggestion(
        value=value,
        amount_cents=row.amount_cents,
        label=in_its_language(row, "label"),
        net_cost_cents=tax.net_cost_cents(row.amount_cents, tax_rule.rate_percent) if tax_rule else None,
        checked=pressed == value,
    )
