from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from donations.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from donations.models import Donation, Donor, LedgerEntry, ProgramTotal, Receipt
from donations.money import format_money


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ("kind", "amount_cents", "fee_cents", "occurred_at", "source_ref")


class ReceiptInline(ReadOnlyInline):
    model = Receipt
    fields = ("reference", "state", "issued_at", "rendered_at")
    readonly_fields = ("reference",)


class DonationInline(ReadOnlyInline):
    model = Donation
    fields = ("public_id", "program", "amount_cents", "status", "created_at")


@admin.register(Donation)
class DonationAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "donor", "amount", "status", "paid_at", "method", "program")
    list_filter = ("status", "program", "frequency", "method", "livemode")
    search_fields = (
        "public_id",
        "donor__email",
        "donor__last_name",
        "donor__company_name",
        "stripe_session_id",
        "stripe_payment_intent_id",
        "stripe_charge_id",
    )
    date_hierarchy = "created_at"
    list_select_related = ("donor", "program")
    exclude = ("submission_key", "checkout_url")
    inlines = (EntryInline, ReceiptInline)

    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, donation: Donation) -> str:
        return format_money(donation.amount_cents, donation.currency, always_cents=True)


@admin.register(Donor)
class DonorAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "kind", "city", "country", "created_at")
    list_filter = ("kind", "language", "country")
    search_fields = ("email", "first_name", "last_name", "company_name", "siren")
    inlines = (DonationInline,)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("posted_at", "program", "kind", "amount", "fee", "occurred_at", "source_ref")
    list_filter = ("kind", "program", "source")
    search_fields = ("source_ref", "donation__public_id")
    date_hierarchy = "occurred_at"
    list_select_related = ("program",)

    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, entry: LedgerEntry) -> str:
        return format_money(entry.amount_cents, entry.currency, always_cents=True)

    @admin.display(description=_("fee"), ordering="fee_cents")
    def fee(self, entry: LedgerEntry) -> str:
        return format_money(entry.fee_cents, entry.currency, always_cents=True)


@admin.register(ProgramTotal)
class ProgramTotalAdmin(ReadOnlyAdmin):
    list_display = ("program", "raised", "gifts", "donors", "entries", "updated_at")

    @admin.display(description=_("raised"), ordering="raised_cents")
    def raised(self, total: ProgramTotal) -> str:
        return format_money(total.raised_cents, always_cents=True)
