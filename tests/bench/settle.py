"""Gifts settled a second by one process: status, ledger, total, receipt, subscription and letter."""

import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after the settings
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from donations import ledger, payments  # noqa: E402
from donations.gateway import Payment  # noqa: E402
from donations.models import Donation, Donor  # noqa: E402
from programs.models import Program  # noqa: E402
from tests.bench.figures import Figure, not_measured  # noqa: E402
from tests.bench.own_database import Missing, own_database  # noqa: E402

_GIFTS = 500
_LEAST = 100


def main() -> None:
    try:
        with own_database():
            _figure().hand_over()
    except Missing as missing:
        not_measured("settling", str(missing)).hand_over()


def _figure() -> Figure:
    call_command("load_content", verbosity=0)
    call_command("load_tax_rules", verbosity=0)
    program = Program.objects.get(slug="hematology")
    for number in range(_GIFTS):
        _gift(program, number)
    gifts = list(Donation.objects.select_related("donor", "program", "designation"))
    began = time.perf_counter()
    for donation in gifts:
        payments.settle(donation, _payment(donation))
    reached = _GIFTS / (time.perf_counter() - began)
    if ledger.read_total(program) != ledger.sum_entries(program):
        raise SystemExit("the total differs from the ledger")
    promised = connection.vendor == "postgresql"
    return Figure(
        f"settling by one process ({connection.vendor})",
        f"{reached:.0f} gifts a second",
        f"≥ {_LEAST}" if promised else "",
        reached >= _LEAST if promised else None,
    )


def _gift(program: Program, number: int) -> None:
    donor = Donor.objects.create(
        email=f"donor{number}@example.org", first_name="Camille", last_name="Exemple", language="fr"
    )
    Donation.objects.create(
        program=program, donor=donor, amount_cents=5000, language="fr", updates_consent="Oui."
    )


def _payment(donation: Donation) -> Payment:
    return Payment(
        payment_intent_id=f"pi_{donation.pk}",
        charge_id=f"ch_{donation.pk}",
        amount_cents=5000,
        currency="EUR",
        fee_cents=100,
        method="card",
        paid_at=timezone.now(),
        livemode=False,
    )


if __name__ == "__main__":
    main()
