from django.contrib import admin
from unfold.admin import ModelAdmin

from donations.admin.read_only import ReadOnlyAdmin
from donations.models import Issuer, Receipt, TaxRule


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "series",
        "year",
        "state",
        "donation",
        "issued_at",
        "rendered_at",
        "rendering_note",
    )
    list_filter = ("series", "year", "state")
    search_fields = ("donation__public_id", "donation__donor__email", "number")
    list_select_related = ("donation",)


@admin.register(TaxRule)
class TaxRuleAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("regime", "valid_from", "rate_percent", "confirmed", "legal_reference")
    list_filter = ("regime", "confirmed")


@admin.register(Issuer)
class IssuerAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "legal_form", "siren")
