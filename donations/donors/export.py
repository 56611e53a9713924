"""Everything that is kept about an e-mail address, as one document that a person and a program can read.

Amounts are written in euros, times in ISO 8601 with their offset, in Paris.
"""

import datetime as dt
from typing import Any

from django.db.models import Model
from django.utils import timezone

from donations.donors import giving
from donations.models import Donation, Donor, LedgerEntry, Pledge, Receipt, RecurringDonation
from outreach.models import Letter, Subscription, Suppression

_DONOR = (
    "kind first_name last_name company_name siren legal_form email address postal_code city country"
    " language created_at"
)
_GIFT = (
    "status frequency method display public_name updates_consent language reference mandate_reference"
    " created_at paid_at stripe_payment_intent_id stripe_charge_id"
)
_PLAN = (
    "status frequency method display public_name language card_last4 card_expires_on next_charge_at"
    " ends_at failing_since failures next_attempt_at created_at started_at paused_at stop_requested_at"
    " ended_at end_reason end_comment customer_email_due_at"
)
_SUBSCRIPTION = "language consent_text source consented_at confirmed_at unsubscribed_at"
_LETTER = "kind to language state created_at sent_at subject text"


def everything(email: str) -> dict[str, Any]:
    """One part for each kind of thing, each thing once."""
    gifts = Donation.objects.filter(donor__email=email).select_related("program", "designation", "plan")
    plans = RecurringDonation.objects.filter(donor__email=email).select_related("program", "designation")
    pledges = Pledge.objects.filter(donor__email=email).select_related("program")
    subscriptions = Subscription.objects.filter(email=email).select_related("program")
    return {
        "email": email,
        "exported_at": _plain(timezone.now()),
        "donors": [_row(donor, _DONOR) for donor in Donor.objects.filter(email=email).order_by("pk")],
        "gifts": [_gift(gift) for gift in gifts.order_by("created_at", "pk")],
        "recurring_gifts": [_plan(plan) for plan in plans.order_by("created_at", "pk")],
        "announced_gifts": [_pledge(pledge) for pledge in pledges.order_by("pk")],
        "documents": [_document(receipt) for receipt in giving.receipts_of(email)],
        "news": [
            {"programme": each.program.title, **_row(each, _SUBSCRIPTION)}
            for each in subscriptions.order_by("pk")
        ],
        "not_to_be_written_to": [_row(each, "reason at") for each in Suppression.objects.filter(email=email)],
        "letters": [_row(letter, _LETTER) for letter in Letter.objects.filter(to=email).order_by("pk")],
    }


def _gift(gift: Donation) -> dict[str, Any]:
    return {
        "id": str(gift.public_id),
        "programme": gift.program.title,
        "designation": gift.designation.label if gift.designation else "",
        **_money(gift.amount_cents, gift.currency),
        "recurring_gift": str(gift.plan.public_id) if gift.plan else None,
        **_row(gift, _GIFT),
        "movements": [
            {
                "kind": entry.kind,
                **_money(entry.amount_cents, entry.currency),
                "at": _plain(entry.occurred_at),
            }
            for entry in LedgerEntry.objects.filter(donation=gift).order_by("pk")
        ],
    }


def _plan(plan: RecurringDonation) -> dict[str, Any]:
    return {
        "id": str(plan.public_id),
        "programme": plan.program.title,
        "designation": plan.designation.label if plan.designation else "",
        **_money(plan.amount_cents, plan.currency),
        **_row(plan, _PLAN),
    }


def _pledge(pledge: Pledge) -> dict[str, Any]:
    return {
        "programme": pledge.program.title,
        **(_money(pledge.amount_cents, pledge.program.currency) if pledge.amount_cents else {}),
        **_row(pledge, "reference way updates_consent language created_at"),
    }


def _document(receipt: Receipt) -> dict[str, Any]:
    return {
        "number": receipt.reference,
        "gift": str(receipt.donation.public_id),
        **_row(receipt, "state issued_at voided_at void_reason"),
        "states": receipt.facts,
    }


def _row(row: Model, names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names.split()}


def _money(cents: int, currency: str) -> dict[str, str]:
    sign, (euros, rest) = "-" * (cents < 0), divmod(abs(cents), 100)
    return {"amount": f"{sign}{euros}.{rest:02d}", "currency": currency}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date) else value
