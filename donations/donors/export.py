"""Everything that is kept about an e-mail address, as one document that a person and a program can read.

Amounts are written in euros, times in ISO 8601 with their offset, in Paris. What staff wrote about somebody
is theirs too; who of the staff wrote it is not.
"""

import datetime as dt
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from donations.donors import giving, limits
from donations.models import (
    BankLine,
    Dispute,
    Donation,
    Donor,
    EmailChange,
    ErasureRequest,
    LedgerEntry,
    OfflineGift,
    Pledge,
    Receipt,
    RecurringDonation,
    Refund,
)
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
_OFFLINE = (
    "received_on bank_reference proof_name proof_type proof_sha256 note recorded_at undone_at undone_reason"
)
_LINE = "booked_on name text bank_reference"
_REFUND = "reason note status error stripe_refund_id created_at refunded_at failed_at"
_DISPUTE = "reason status stripe_dispute_id opened_at due_by closed_at"
_WARNING = "fraud_type stripe_warning_id warned_at"
_ERASURE = "status language asked_at answered_at reason kept_until finished_at"
_EMAIL_CHANGE = (
    "old_email new_email language asked_at expires_at old_agreed_at new_agreed_at done_at dropped_at"
)
_SUBSCRIPTION = "language consent_text source consented_at confirmed_at unsubscribed_at"
_LETTER = "kind to language state created_at sent_at subject text"


def everything(email: str) -> dict[str, Any]:
    """One part for each kind of thing, each thing once."""
    gifts = (
        Donation.objects.filter(donor__email=email)
        .select_related("program", "designation", "plan", "offline__line")
        .prefetch_related("refunds", "disputes", "fraud_warnings")
    )
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
            {
                "programme": each.program.title,
                **_row(each, _SUBSCRIPTION),
                "consented_at": _plain(each.agreed_at),
            }
            for each in subscriptions.order_by("pk")
        ],
        "not_to_be_written_to": [_row(each, "reason at") for each in Suppression.objects.filter(email=email)],
        "letters": [_row(letter, _LETTER) for letter in Letter.objects.filter(to=email).order_by("pk")],
        "requests_to_be_forgotten": [_row(each, _ERASURE) for each in _erasures(email)],
        "changes_of_email": [_row(each, _EMAIL_CHANGE) for each in _email_changes(email)],
    }


def _erasures(email: str) -> QuerySet[ErasureRequest]:
    """Also those whose address was replaced when they had been honoured."""
    return ErasureRequest.objects.filter(Q(email=email) | Q(digest=limits.digest(email))).order_by("pk")


def _email_changes(email: str) -> QuerySet[EmailChange]:
    """What this address asked for and, once both had agreed, what made it the address of now.

    A change that is done is no longer the old address's, which somebody else may read by now. One that is not
    may name a stranger's as the new address.
    """
    asked, done = Q(old_email=email, done_at=None), Q(new_email=email, done_at__isnull=False)
    theirs = EmailChange.objects.filter(asked | done)
    left = EmailChange.objects.filter(old_email=email, done_at__isnull=False).order_by("-done_at").first()
    return theirs.filter(asked_at__gt=left.done_at).order_by("pk") if left else theirs.order_by("pk")


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
        "received_otherwise": _offline(gift.offline) if hasattr(gift, "offline") else None,
        "refunds": [_moved(each, _REFUND) for each in gift.refunds.all()],
        "disputes": [_moved(each, _DISPUTE) for each in gift.disputes.all()],
        "fraud_warnings": [_row(each, _WARNING) for each in gift.fraud_warnings.all()],
    }


def _offline(gift: OfflineGift) -> dict[str, Any]:
    line: BankLine | None = getattr(gift, "line", None)
    return {**_row(gift, _OFFLINE), "on_the_statement": _row(line, _LINE) if line else None}


def _moved(back: Refund | Dispute, names: str) -> dict[str, Any]:
    return {**_money(back.amount_cents, back.currency), **_row(back, names)}


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
