"""What the lists of gifts, of recurring gifts and of entries say in the same words."""

from typing import Protocol

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from donations.admin import shown
from donations.models import Donation, Donor
from programs.admin.plain import ReadOnlyInline


class Sum(Protocol):
    amount_cents: int
    currency: str


class Given(Protocol):
    donor: Donor


class AmountShown:
    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, row: Sum) -> str:
        return shown.money(row.amount_cents, row.currency)


class DonorShown:
    @admin.display(description=_("donor"), ordering="donor__last_name")
    def who(self, row: Given) -> SafeString:
        return shown.person(row.donor)


class StatusShown:
    @admin.display(description=_("status"), ordering="status")
    def state(self, donation: Donation) -> SafeString:
        return shown.gift_status(donation.status)


class GiftInline(AmountShown, StatusShown, ReadOnlyInline):
    """The gifts of a donor or of a plan, on its page."""

    model = Donation
