from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from donations.admin import shown
from donations.models import Pledge
from programs.admin.plain import ReadOnlyAdmin


@admin.register(Pledge)
class PledgeAdmin(ReadOnlyAdmin):
    """Who said that money is coming, and under which reference."""

    list_display = ("reference", "who", "way", "amount", "program", "created_at")
    list_filter = ("way", "program")
    search_fields = ("reference", "donor__email", "donor__last_name", "donor__company_name")
    search_help_text = _("A reference, or a donor’s name or e-mail address.")
    date_hierarchy = "created_at"
    list_select_related = ("donor", "program")
    list_per_page = 50
    empty_text = _("Nobody has asked for a reference yet.")
    fields = (
        ("reference", "created_at"),
        ("way", "amount"),
        "program",
        ("donor", "language_by_name"),
        "updates_consent",
    )

    @admin.display(description=_("donor"), ordering="donor__last_name")
    def who(self, pledge: Pledge) -> SafeString:
        return shown.person(pledge.donor)

    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, pledge: Pledge) -> str:
        return shown.money(pledge.amount_cents, pledge.program.currency) if pledge.amount_cents else "–"
