"""From frozen facts to one page. No database, no storage: the same facts give the same bytes."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from donations.money import format_money, long_date
from donations.receipts import legible
from donations.receipts.facts import PARIS, Facts
from donations.receipts.typesetting import CannotShow, Fonts, can_show, typeset

# A template is never changed once documents were made from it: a new look is a new version.
# The second version of the confirmation may name the one it replaces, and the third say of a debit that it is
# credited later; without that they are the first's page.
TEMPLATES = {
    "payment_confirmation-1": "payment_confirmation.typ",
    "payment_confirmation-2": "payment_confirmation.typ",
    "payment_confirmation-3": "payment_confirmation.typ",
}

Page = dict[str, Any]
# What people wrote. The rest of a page is ours, in characters the built-in fonts have.
_WRITTEN = ("donor", "program", "designation", "issuer")
_NOTE_LENGTH = 300


@dataclass(frozen=True)
class Rendered:
    """A document, and for staff what it could not show as typed (empty when it shows everything)."""

    pdf: bytes
    note: str


def render(facts: Facts) -> Rendered:
    """The document these facts make. No text of a donor's stops it.

    Fonts inside Typst are tried first, then the system's; what neither can show is spelled in plain
    letters, and the note says so.
    """
    template = TEMPLATES[facts["template_version"]]
    at = dt.datetime.fromisoformat(facts["issued_at"])
    typed = _page(facts)
    for fonts, change in _ATTEMPTS:
        page = typed | {part: _map(typed[part], change) for part in _WRITTEN}
        try:
            return Rendered(typeset(template, page, fonts=fonts, at=at), _note(typed, page))
        except CannotShow as error:
            refusal = error
    raise refusal  # plain letters were refused too: the template is at fault


_ATTEMPTS: tuple[tuple[Fonts, Callable[[str], str]], ...] = (
    (Fonts.BUILT_IN, legible.tidy),
    (Fonts.SYSTEM, legible.tidy),
    (Fonts.SYSTEM, lambda text: legible.spell(text, can_show)),
    # Characters that can be shown alone and not together.
    (Fonts.BUILT_IN, lambda text: legible.spell(text, str.isascii)),
)


def _page(facts: Facts) -> Page:
    """What the template shows, as it shows it."""
    language = facts["language"]
    issued_on = dt.datetime.fromisoformat(facts["issued_at"]).astimezone(PARIS).date()
    return {
        **facts,
        "amount": format_money(facts["amount_cents"], facts["currency"], language, always_cents=True),
        "issued_on": long_date(issued_on, language),
        "paid_on": long_date(dt.date.fromisoformat(facts["paid_on"]), language),
        "program": facts["program"][language],
        "designation": facts["designation"].get(language, ""),
    }


def _map(value: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every text in it changed."""
    match value:
        case str():
            return change(value)
        case list():
            return [_map(each, change) for each in value]
        case dict():
            return {key: _map(each, change) for key, each in value.items()}
    return value


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            yield from _texts(list(value.values()))


def _note(typed: Page, shown: Page) -> str:
    pairs = zip(
        _texts([typed[part] for part in _WRITTEN]), _texts([shown[part] for part in _WRITTEN]), strict=True
    )
    changed = [
        f"{_short(before)} → {_short(after)}" for before, after in pairs if not legible.same(before, after)
    ]
    if not changed:
        return ""
    note = _("Not shown as typed: %(texts)s") % {"texts": "; ".join(changed)}
    return note if len(note) <= _NOTE_LENGTH else note[: _NOTE_LENGTH - 1] + "…"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
