"""The thank-you that every settled gift is owed."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from donations.models import Donation, PlanStatus, Receipt, RecurringDonation
from outreach import letters


def owe(donation: Donation, receipt: Receipt, *, updates: bool) -> bool:
    """Owe the donor one thank-you letter with its document. Repeating it owes nothing more.

    `updates` is whether it promises news of the programme.
    """
    with translation.override(donation.language):
        program = donation.program
        facts = {
            "donor_name": donation.donor.name,
            "amount_cents": donation.amount_cents,
            "currency": donation.currency,
            "program_title": program.title,
            "program_title_language": program.other_language_of("title"),
            "program_url": _address("programs:program", slug=program.slug),
            "my_gifts_url": _address("donations:my_gifts"),
            "gift_url": _address("donations:gift", public_id=donation.public_id),
            "receipt_reference": receipt.reference,
            "paid_on": timezone.localdate(donation.paid_at).isoformat(),
            "credited_later": donation.credited_later,
            "specimen": not donation.livemode,
            "designation": donation.designation.label if donation.designation else "",
            "designation_language": (
                donation.designation.other_language_of("label") if donation.designation else ""
            ),
            "updates": updates,
            **(_plan(donation.plan) if donation.plan else {}),
        }
    return letters.owe(
        key=f"gift-thanks:{donation.public_id}",
        kind="gift_thanks",
        to=donation.donor.email,
        language=donation.language,
        facts=facts,
        attachments=[("receipt", str(receipt.pk))],
    )


def _plan(plan: RecurringDonation) -> dict[str, object]:
    """What a payment of a recurring gift says of the next one; nothing of a plan that is over."""
    if plan.status != PlanStatus.ACTIVE or plan.next_charge_at is None or plan.stop_requested_at is not None:
        return {}
    return {
        "plan_amount_cents": plan.amount_cents,
        "frequency": plan.frequency,
        "next_charge_on": timezone.localdate(plan.next_charge_at).isoformat(),
        "my_gifts_url": _address("donations:my_gifts"),
    }


def _address(name: str, **kwargs: object) -> str:
    return urljoin(settings.SITE_URL, reverse(name, kwargs=kwargs))
