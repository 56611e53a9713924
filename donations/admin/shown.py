"""How lists and pages show money, people and states."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from donations.models import Donor, ReceiptState, Status
from donations.money import format_money
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, badge

_GIFTS = {
    Status.PAID: GOOD,
    Status.PENDING: QUIET,
    Status.PROCESSING: WAITING,
    Status.HELD: BAD,
    Status.DISPUTED: BAD,
    Status.LOST: BAD,
}
_RECEIPTS = {ReceiptState.ISSUED: GOOD}


def money(cents: int, currency: str = "EUR") -> str:
    """Always with cents, so that columns of figures stand under one another."""
    return format_money(cents, currency, get_language() or "en", always_cents=True)


def person(donor: Donor) -> SafeString:
    return format_html(
        '<span class="who">{}<span class="who__email">{}</span></span>', donor.name, donor.email
    )


def download(address: str, name: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, name)


def gift_status(status: str) -> SafeString:
    return badge(Status(status).label, _GIFTS.get(Status(status), QUIET))


def receipt_state(state: str) -> SafeString:
    return badge(ReceiptState(state).label, _RECEIPTS.get(ReceiptState(state), QUIET))
