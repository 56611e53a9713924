from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from donations.admin import shown
from donations.models import Issuer, Receipt, TaxRule
from programs.admin.plain import PlainAdmin, ReadOnlyAdmin


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "series",
        "standing",
        "issued_at",
        "rendered_at",
        "rendering_note",
        "donation",
    )
    list_filter = ("series", "year", "state")
    search_fields = ("donation__public_id", "donation__donor__email", "donation__donor__last_name", "number")
    search_help_text = _("A donor’s name or e-mail address, a gift’s reference, or a number.")
    list_select_related = ("donation",)
    list_per_page = 50
    empty_text = _("No receipt yet: the first is issued when the first gift’s money arrives.")

    @admin.display(description=_("number"), ordering="number")
    def reference(self, receipt: Receipt) -> str:
        return receipt.reference

    @admin.display(description=_("state"), ordering="state")
    def standing(self, receipt: Receipt) -> SafeString:
        return shown.receipt_state(receipt.state)


@admin.register(TaxRule)
class TaxRuleAdmin(PlainAdmin):
    list_display = ("regime", "valid_from", "rate_percent", "confirmed", "legal_reference")
    list_filter = ("regime", "confirmed")
    empty_text = _("No tax rule yet: the form shows no net cost without one.")


@admin.register(Issuer)
class IssuerAdmin(PlainAdmin):
    """The foundation: one row, which documents need."""

    list_display = ("name", "legal_form", "siren", "iban")
    empty_text = _("The issuer is made with the first document.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Issuer.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
