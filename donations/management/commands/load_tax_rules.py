import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand

from donations.models import Regime, TaxRule
from donations.receipts import issuer

VALID_FROM = dt.date(2026, 1, 1)
# Rates as the law had them on that day. What a person has still to confirm for this foundation is
# not shown to donors: `confirmed` is theirs to tick.
RULES: dict[Regime, dict[str, Any]] = {
    Regime.INCOME: {
        "rate_percent": 66,
        "income_ceiling_percent": 20,
        "legal_reference": "Code général des impôts, art. 200",
        "source": "https://french-business-law.com/rench-legislation-art/article-200-of-the-french-general-tax-code",
        "confirmed": True,
    },
    Regime.WEALTH: {
        "rate_percent": 75,
        "reduction_cap_cents": 5_000_000,
        "legal_reference": "Code général des impôts, art. 978",
        "source": "https://french-business-law.com/french-legislation-art/article-978-of-the-french-general-tax-code",
        "confirmed": False,
    },
    Regime.COMPANY: {
        "rate_percent": 60,
        "legal_reference": (
            "Code général des impôts, art. 238 bis (60 % jusqu’à 2 000 000 € de dons par an, 40 % au-delà)"
        ),
        "source": "https://institut-isbl.fr/mecenat-evolution-du-dispositif-et-renforcement-du-controle-administratif/",
        "confirmed": False,
    },
}


class Command(BaseCommand):
    help = "Add the tax rules and the issuer that are missing. What staff changed stays as they left it."

    def handle(self, *args: Any, **options: Any) -> None:
        added = 0
        for regime, values in RULES.items():
            created = TaxRule.objects.get_or_create(regime=regime, valid_from=VALID_FROM, defaults=values)[1]
            added += created
        name = issuer.current()
        if options["verbosity"]:
            self.stdout.write(f"{added} tax rules added. Documents are issued by {name}.")
