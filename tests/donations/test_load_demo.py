"""The fictitious gifts of development: the sandbox knows them as Stripe would."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from donations import comparison, ledger
from donations.management.commands.load_demo import load_gifts
from donations.models import Donation, Refund, RefundStatus
from programs.models import Program
from sandbox.models import Delivery, StripeObject
from tests import staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture(autouse=True)
def _demo(stripe_sandbox: str, program: Program) -> None:
    load_gifts(program)


def reconcile() -> str:
    """What it prints of everything since the day before the first gift."""
    first = Donation.objects.aggregate(at=Min("paid_at"))["at"]
    told = StringIO()
    call_command("reconcile", f"--since={first - dt.timedelta(days=1):%Y-%m-%d}", stdout=told)
    return told.getvalue()


def test_loaded_twice_the_books_agree_and_nobody_is_told(program: Program) -> None:
    load_gifts(program)

    assert "12 movements" in reconcile()
    assert ledger.read_total(program).entries == 12
    assert not Delivery.objects.exists()


def test_gifts_from_before_the_sandbox_knew_of_them_are_told_to_it(program: Program) -> None:
    StripeObject.objects.all().delete()
    with pytest.raises(CommandError):
        reconcile()

    load_gifts(program)

    assert "12 movements" in reconcile()


def test_staff_give_a_fictitious_gift_back(program: Program) -> None:
    gift = Donation.objects.latest("paid_at")
    client, address = staff.signed_in("Treasurer"), reverse("admin:donations_donation_refund", args=[gift.pk])
    raised = ledger.read_total(program).raised_cents
    form = client.get(address).context["form"]
    data = {name: str(form[name].value()) for name in form.fields}

    client.post(address, {**data, "amount": "20", "reason": "duplicate", "note": "twice", "confirm": "1"})

    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert ledger.read_total(program).raised_cents == raised - 2000
    now = timezone.now() + dt.timedelta(seconds=2)
    assert comparison.compare(since=now - dt.timedelta(days=10), until=now).left == []
