"""What a journey through several processes needs: patience, and Stripe's events as they are posted."""

import json
import time
from collections.abc import Callable

import requests
import stripe
from django.conf import settings

from donations import ledger
from donations.models import Donation, LedgerEntry, Receipt, Status
from outreach.models import Letter, State
from programs.models import Program
from sandbox.models import StripeObject


def eventually(condition: Callable[[], object], *, seconds: float = 20) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def completed() -> StripeObject:
    """The newest event that says a payment page was paid."""
    events = StripeObject.objects.of_kind("event").filter(data__type="checkout.session.completed")
    return events.newest_first()[0]


def post(event: StripeObject, site: str) -> int:
    """Tell the site of an event as Stripe would, over HTTP; what it answered."""
    body = json.dumps(event.data)
    signature = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    url = f"{site}/stripe/webhook/"
    return requests.post(url, data=body.encode(), headers=headers, timeout=30).status_code


def paid(donation: Donation) -> bool:
    return Donation.objects.get(pk=donation.pk).status == Status.PAID


def all_sent() -> bool:
    """Whether there are letters, and none of them waits."""
    return Letter.objects.exists() and not Letter.objects.exclude(state=State.SENT).exists()


def assert_settled_once(donation: Donation, program: Program) -> None:
    """This gift, the only one: one entry, one receipt, one letter, and a total that says so."""
    entry, receipt, letter = LedgerEntry.objects.get(), Receipt.objects.get(), Letter.objects.get()
    assert entry.donation == receipt.donation == donation
    assert receipt.number == 1
    assert letter.to == donation.donor.email
    assert ledger.read_total(program) == ledger.sum_entries(program)
    assert ledger.read_total(program).raised_cents == entry.amount_cents == donation.amount_cents
