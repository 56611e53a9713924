"""Gifts for the tests of receipts: fictitious donors, the shortest programme that stands."""

import datetime as dt
from typing import Any

from donations.models import Donation, Donor, Method
from programs.models import FundingNeed, Program


def program() -> Program:
    """One programme with one need, made the first time it is asked for."""
    found = Program.objects.filter(slug_en="hematology").first()
    if found:
        return found
    made = Program(target_cents=100_000_000, starts_on=dt.date(2026, 1, 1), status="published")
    for name, value in {
        "title_en": "Hematology",
        "title_fr": "Hématologie",
        "slug_en": "hematology",
        "slug_fr": "hematologie",
        "tagline_en": "A tagline",
        "tagline_fr": "Une accroche",
    }.items():
        setattr(made, name, value)
    made.save()
    return made


def need() -> FundingNeed:
    made = FundingNeed(program=program())
    made.label_en = "Research projects"  # type: ignore[attr-defined]  # modeltranslation's columns
    made.label_fr = "Projets de recherche"  # type: ignore[attr-defined]
    made.save()
    return made


def donor(**changes: Any) -> Donor:
    values: dict[str, Any] = {
        "email": "marie.dupont@example.org",
        "first_name": "Marie",
        "last_name": "Dupont",
        "address": "12 rue des Lilas",
        "postal_code": "69003",
        "city": "Lyon",
        "language": "fr",
    }
    return Donor.objects.create(**values | changes)


def gift(by: Donor | None = None, **changes: Any) -> Donation:
    values: dict[str, Any] = {"amount_cents": 5000, "method": Method.CARD, "language": "fr"}
    return Donation.objects.create(program=program(), donor=by or donor(), **values | changes)
