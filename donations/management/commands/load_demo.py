import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donations import payments
from donations.gateway import Payment
from donations.models import Donation, Donor, Kind, Method
from programs.models import Program

# Fictitious people and companies, on example.org. (days ago, euros, kind, first name, name, city, country, language)
_GIFTS = (
    (300, 2_500, Kind.COMPANY, "", "Atelier Exemple", "Lyon", "FR", "fr"),
    (271, 120, Kind.INDIVIDUAL, "Ada", "Specimen", "Dublin", "IE", "en"),
    (240, 60, Kind.INDIVIDUAL, "Camille", "Exemple", "Paris", "FR", "fr"),
    (205, 15_000, Kind.COMPANY, "", "Compagnie Exemple", "Nantes", "FR", "fr"),
    (180, 250, Kind.INDIVIDUAL, "Éloïse", "Modèle", "Lille", "FR", "fr"),
    (142, 80, Kind.INDIVIDUAL, "Noé", "Essai", "Bordeaux", "FR", "fr"),
    (96, 1_000, Kind.INDIVIDUAL, "Inès", "Témoin", "Strasbourg", "FR", "fr"),
    (61, 40_000, Kind.COMPANY, "", "Example Industries", "Brussels", "BE", "en"),
    (40, 50, Kind.INDIVIDUAL, "Camille", "Exemple", "Paris", "FR", "fr"),
    (19, 100, Kind.INDIVIDUAL, "Sam", "Sample", "Geneva", "CH", "en"),
    (6, 30, Kind.INDIVIDUAL, "Lou", "Patron", "Brest", "FR", "fr"),
    (1, 150, Kind.INDIVIDUAL, "Maël", "Gabarit", "Nice", "FR", "fr"),
)


class Command(BaseCommand):
    help = "Add fictitious gifts to the first programme, for development only. Running it twice adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError(
                "Fictitious gifts belong beside the sandbox only: they would count in a real total."
            )
        program = Program.objects.order_by("pk").first()
        if program is None:
            raise CommandError("There is no programme yet. Run `manage.py load_content` first.")
        made = sum(self._give(program, number, *gift) for number, gift in enumerate(_GIFTS, start=1))
        self.stdout.write(f"{made} fictitious gifts added, {len(_GIFTS) - made} were there.")

    def _give(  # noqa: PLR0913  # one row of the table above
        self,
        program: Program,
        number: int,
        days_ago: int,
        euros: int,
        kind: str,
        first_name: str,
        name: str,
        city: str,
        country: str,
        language: str,
    ) -> bool:
        company = kind == Kind.COMPANY
        donor, _ = Donor.objects.get_or_create(
            kind=kind,
            email=f"{(first_name or name.replace(' ', '-')).lower()}@example.org",
            first_name=first_name,
            last_name="" if company else name,
            company_name=name if company else "",
            city=city,
            country=country,
            language=language,
        )
        donation, _ = Donation.objects.get_or_create(
            submission_key=f"demo-{number}",
            defaults={
                "program": program,
                "donor": donor,
                "amount_cents": euros * 100,
                "language": language,
            },
        )
        return payments.settle(
            donation,
            Payment(
                payment_intent_id=f"pi_demo_{number}",
                charge_id=f"ch_demo_{number}",
                amount_cents=euros * 100,
                currency="EUR",
                fee_cents=euros * 100 * 15 // 1000 + 25,
                method=Method.CARD,
                paid_at=max(
                    timezone.now() - dt.timedelta(days=days_ago),
                    timezone.make_aware(dt.datetime.combine(program.starts_on, dt.time(12))),
                ),
                livemode=False,
            ),
        )
