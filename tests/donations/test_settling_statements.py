"""How much is asked of the database to settle a gift: each statement more is paid by every gift."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import payments
from donations.gateway import Payment
from donations.models import Donation, LedgerEntry, ProgramTotal, Receipt
from outreach.models import Letter, Subscription
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db
_MOST = 12  # with the beginning and the end of the transaction


def payment(donation: Donation) -> Payment:
    return Payment(
        payment_intent_id=f"pi_{donation.pk}",
        charge_id=f"ch_{donation.pk}",
        amount_cents=donation.amount_cents,
        currency="EUR",
        fee_cents=100,
        method="card",
        paid_at=timezone.now(),
        livemode=False,
    )


def test_a_gift_is_settled_in_few_statements() -> None:
    first = receipt_gifts.gift()
    payments.settle(first, payment(first))  # the first of a programme, month and year makes rows
    receipt_gifts.gift(first.donor, updates_consent="Oui.")
    gift = Donation.objects.select_related("donor", "program", "designation").get(settled_at=None)

    with CaptureQueriesContext(connection) as statements:
        assert payments.settle(gift, payment(gift))

    assert len(statements) <= _MOST, [each["sql"] for each in statements]
    assert LedgerEntry.objects.count() == Receipt.objects.count() == Letter.objects.count() == 2
    assert Subscription.objects.get().consent_text == "Oui."
    total = ProgramTotal.objects.get()
    assert (total.gifts, total.donors, total.entries, total.raised_cents) == (2, 1, 2, 10_000)


def test_a_gift_that_is_settled_costs_two_questions_and_no_number() -> None:
    gift = receipt_gifts.gift()
    payments.settle(gift, payment(gift))

    with CaptureQueriesContext(connection) as statements:
        assert not payments.settle(Donation.objects.get(), payment(gift))

    assert len([each for each in statements if not each["sql"].startswith("SELECT")]) <= 3
    assert Receipt.objects.get().number == 1
