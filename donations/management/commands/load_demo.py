import datetime as dt
from typing import Any, NamedTuple

from anyascii import anyascii
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from donations import payments
from donations.bank import demo as bank_demo
from donations.gateway import Payment
from donations.models import Donation, Donor, Kind, Method
from programs import demo
from programs.models import Program


class DemoGift(NamedTuple):
    """A gift by a fictitious person or company, on example.org."""

    days_ago: int
    euros: int
    kind: str
    first_name: str
    name: str
    city: str
    country: str
    language: str


_GIFTS = tuple(
    DemoGift(*row)
    for row in (
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
)


class Command(BaseCommand):
    help = (
        "Add fictitious gifts, a drawing and an update to the first programme, for development only;"
        " and a fictitious bank statement where there is somebody on the staff who can have read it."
        " Running it twice adds nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError(
                "Fictitious gifts belong beside the sandbox only: they would count in a real total."
            )
        program = Program.objects.order_by("pk").first()
        if program is None:
            raise CommandError("There is no programme yet. Run `manage.py load_content` first.")
        demo.load(program)
        made = load_gifts(program)
        self.stdout.write(f"{made} fictitious gifts added, {len(_GIFTS) - made} were there.")
        reader = User.objects.filter(is_staff=True, groups__name="Treasurer").order_by("pk").first()
        if reader and bank_demo.load(program, by=reader):
            self.stdout.write("A fictitious bank statement was read.")


def load_gifts(program: Program) -> int:
    """How many were added. The sandbox knows of all of them afterwards. Repeating it adds nothing."""
    return sum(_give(program, number, gift) for number, gift in enumerate(_GIFTS, start=1))


@transaction.atomic
def _give(program: Program, number: int, gift: DemoGift) -> bool:
    """True when this call did it. Our books and the sandbox's have the gift, or neither has."""
    donation = _asked_for(program, number, gift)
    made = payments.settle(donation, _payment(program, number, gift))
    if donation.stripe_charge_id and donation.paid_at:
        call_command(
            "sandbox_remember_charge",
            donation.stripe_charge_id,
            str(donation.stripe_payment_intent_id),
            str(donation.amount_cents),
            donation.paid_at.isoformat(),
            f"--metadata=donation={donation.public_id}",
            verbosity=0,
        )
    return made


def _asked_for(program: Program, number: int, gift: DemoGift) -> Donation:
    company = gift.kind == Kind.COMPANY
    donor, _ = Donor.objects.get_or_create(
        kind=gift.kind,
        email=gift_email(gift),
        first_name=gift.first_name,
        last_name="" if company else gift.name,
        company_name=gift.name if company else "",
        city=gift.city,
        country=gift.country,
        language=gift.language,
    )
    donation, _ = Donation.objects.get_or_create(
        submission_key=f"demo-{number}",
        defaults={
            "program": program,
            "donor": donor,
            "amount_cents": gift.euros * 100,
            "language": gift.language,
        },
    )
    return donation


def _payment(program: Program, number: int, gift: DemoGift) -> Payment:
    return Payment(
        payment_intent_id=f"pi_demo_{number}",
        charge_id=f"ch_demo_{number}",
        amount_cents=gift.euros * 100,
        currency="EUR",
        fee_cents=gift.euros * 100 * 15 // 1000 + 25,
        method=Method.CARD,
        paid_at=max(
            timezone.now() - dt.timedelta(days=gift.days_ago),
            timezone.make_aware(dt.datetime.combine(program.starts_on, dt.time(12))),
        ),
        livemode=False,
    )


def gift_email(gift: DemoGift) -> str:
    """A fictitious address, in plain ASCII: `eloise.modele@example.org`."""
    words = f"{gift.first_name} {gift.name}".strip().lower()
    return ".".join(anyascii(words).split()) + "@example.org"
