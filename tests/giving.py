"""A donor at work: fills in the form, goes to the payment page, pays."""

import datetime as dt
from typing import Any

import requests
from django.test import Client
from django.utils import timezone

from donations.models import Donation
from sandbox import sweep

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
GOOD_IBAN = "FR1420041010050500013M02606"
REFUSED_IBAN = "FR8420041010050500013M02607"


def form_data(**changes: Any) -> dict[str, str]:
    """A complete gift form of 50 euros by a fictitious donor; a change to None leaves a field out."""
    data = {
        "amount": "50",
        "other_amount": "",
        "frequency": "once",
        "designation": "",
        "donor_kind": "individual",
        "first_name": "Camille",
        "last_name": "Exemple",
        "company_name": "",
        "siren": "",
        "email": "camille@example.org",
        "address": "1 rue de l’Exemple",
        "postal_code": "75015",
        "city": "Paris",
        "country": "FR",
        "display": "anonymous",
        "public_name": "",
        **changes,
    }
    return {name: str(value) for name, value in data.items() if value is not None}


def give(client: Client | None = None, *, path: str = "/en/hematology/give/", **changes: Any) -> Donation:
    """Send the form and return the pending gift. The form must be accepted."""
    client = client or Client()
    answer = client.post(path, form_data(**changes))
    assert answer.status_code == 303, answer.content.decode()[:3000]
    return Donation.objects.get(checkout_url=answer["Location"])


def pay(donation: Donation, card: str = GOOD_CARD) -> requests.Response:
    """Pay on the sandbox's page, as its form would; the answer is not followed."""
    return requests.post(
        donation.checkout_url, data={"card": card, "action": "pay"}, allow_redirects=False, timeout=20
    )


def debit(donation: Donation, iban: str = GOOD_IBAN) -> requests.Response:
    """Accept the debit on the sandbox's page, as its form would; the bank has not answered yet."""
    return requests.post(
        donation.checkout_url, data={"iban": iban, "action": "pay"}, allow_redirects=False, timeout=20
    )


def banks_answer() -> None:
    """Let the banks answer all debits that are under way."""
    sweep.settle_due(timezone.now() + dt.timedelta(days=7))
