"""What a document states, frozen at issue: plain data, which reads the same in ten years."""

import datetime as dt
from collections.abc import Callable
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils.translation import override

from donations.models import Donor, Issuer, Kind, Receipt
from donations.money import in_english_words, in_french_words

PARIS = ZoneInfo("Europe/Paris")  # the fiscal date of a gift is the day it was in Paris


class DonorFacts(TypedDict):
    """Who gave, as the document addresses them."""

    kind: str
    name: str
    lines: list[str]


class IssuerFacts(TypedDict):
    """The letterhead."""

    name: str
    legal_form: str
    siren: str
    lines: list[str]
    contact_email: str


class Facts(TypedDict):
    """Titles and words are kept by language (`en`, `fr`); dates are ISO 8601, `paid_on` in Paris."""

    number: str
    template_version: str
    replaces: NotRequired[str]  # the number of the void one it stands for, or empty; first versions lack it
    # Paid by the donor's bank and credited on a day after this: the first two versions lack it.
    credited_later: NotRequired[bool]
    language: str
    specimen: bool
    issued_at: str
    paid_on: str
    amount_cents: int
    currency: str
    amount_words: dict[str, str]
    method: str
    program: dict[str, str]
    designation: dict[str, str]
    donor: DonorFacts
    issuer: IssuerFacts


def collect(
    receipt: Receipt, issuer: Issuer, *, paid_on: dt.date, amount_cents: int, replaces: str = ""
) -> Facts:
    """Everything this receipt's document will state, read now and never again."""
    donation = receipt.donation
    language = "fr" if donation.language.lower().startswith("fr") else "en"
    need = donation.designation
    return Facts(
        number=receipt.reference,
        template_version=receipt.template_version,
        replaces=replaces,
        credited_later=paid_on > receipt.issued_at.astimezone(PARIS).date(),
        language=language,
        specimen=not donation.livemode,
        issued_at=receipt.issued_at.isoformat(),
        paid_on=paid_on.isoformat(),
        amount_cents=amount_cents,
        currency=donation.currency,
        amount_words=_words(amount_cents, language),
        method=donation.method,
        program=_by_language(language, lambda: donation.program.title),
        designation=_by_language(language, lambda: need.label) if need else {},
        donor=_donor(donation.donor, language),
        issuer=IssuerFacts(
            name=issuer.name,
            legal_form=issuer.legal_form,
            siren=_siren(issuer.siren),
            lines=_address(issuer, language),
            contact_email=issuer.contact_email,
        ),
    )


def _words(cents: int, language: str) -> dict[str, str]:
    """In French always, as the tax receipt will be; in English too for those who read it."""
    words = {"fr": in_french_words(cents)}
    return words if language == "fr" else {**words, "en": in_english_words(cents)}


def _by_language(language: str, read: Callable[[], str]) -> dict[str, str]:
    """A translated text, in French and in the document's language."""
    texts = {}
    for each in dict.fromkeys(("fr", language)):
        with override(each):
            texts[each] = read()
    return texts


def _donor(donor: Donor, language: str) -> DonorFacts:
    lines = _address(donor, language)
    if donor.kind == Kind.COMPANY and donor.siren:
        lines.append(f"SIREN {_siren(donor.siren)}")
    return DonorFacts(kind=donor.kind, name=donor.name, lines=lines)


def _address(party: Donor | Issuer, language: str) -> list[str]:
    """As on an envelope; the country where it is not France, in the document's language."""
    abroad = party.country != "FR"
    country = Locale(language).territories.get(party.country, party.country) if abroad else ""
    lines = [party.address, f"{party.postal_code} {party.city}".strip(), country]
    return [line for line in lines if line]


def _siren(siren: str) -> str:
    return "\u00a0".join((siren[:3], siren[3:6], siren[6:])).strip()
