from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from donations.admin import shown
from donations.admin.export import Column, ExportAdmin
from donations.admin.giving_back import RefundingAdmin
from donations.admin.reviewing import ReviewingAdmin
from donations.admin.rows import AmountShown, DonorShown, GiftInline, StatusShown
from donations.models import Donation, Donor, LedgerEntry, ProgramTotal, Receipt, Refund
from programs.admin.plain import ReadOnlyAdmin, ReadOnlyInline


class EntryInline(AmountShown, ReadOnlyInline):
    model = LedgerEntry
    fields = ("kind", "amount", "fee", "occurred_at", "source_ref")

    @admin.display(description=_("fee"))
    def fee(self, entry: LedgerEntry) -> str:
        return shown.money(entry.fee_cents, entry.currency)


class ReceiptInline(ReadOnlyInline):
    model = Receipt
    fields = ("reference", "state", "issued_at", "rendered_at")

    @admin.display(description=_("number"))
    def reference(self, receipt: Receipt) -> str:
        return receipt.reference


class RefundInline(AmountShown, ReadOnlyInline):
    model = Refund
    fields = ("amount", "status", "reason", "note", "requested_by", "created_at")


class DonorsGifts(GiftInline):
    fields = ("amount", "state", "created_at", "program")


@admin.register(Donation)
class DonationAdmin(
    AmountShown, DonorShown, StatusShown, RefundingAdmin, ReviewingAdmin, ExportAdmin, ReadOnlyAdmin
):
    change_form_template = "admin/donations/donation/change_form.html"
    list_display = ("who", "amount", "state", "paid_at", "created_at", "method", "program")
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
    search_help_text = _("A donor’s name or e-mail address, a gift’s reference, or an id of Stripe’s.")
    date_hierarchy = "created_at"
    list_select_related = ("donor", "program")
    list_per_page = 50
    empty_text = _("No gift yet.")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("amount", "state"),
                    ("frequency", "method"),
                    ("program", "designation"),
                    "why_held",
                    ("reviewed_at", "reviewed_by"),
                )
            },
        ),
        (
            _("Donor"),
            {"fields": (("donor", "language_by_name"), ("display", "public_name"), "updates_consent")},
        ),
        (_("Times"), {"fields": (("created_at", "paid_at"), ("settled_at", "checked_at"))}),
        (
            _("For whoever looks it up at Stripe"),
            {
                "fields": (
                    ("public_id", "livemode"),
                    ("stripe_session_id", "stripe_payment_intent_id"),
                    "stripe_charge_id",
                )
            },
        ),
    )
    inlines = (EntryInline, ReceiptInline, RefundInline)
    export_name = "gifts"
    columns = (
        Column(_("reference"), lambda gift: gift.public_id),
        Column(_("intended"), lambda gift: gift.created_at),
        Column(_("paid"), lambda gift: gift.paid_at),
        Column(_("status"), lambda gift: gift.get_status_display()),
        Column(_("amount"), lambda gift: gift.amount_cents, cents=True),
        Column(_("left of it in the ledger"), lambda gift: int(gift.left_cents), cents=True),
        Column(_("currency"), lambda gift: gift.currency),
        Column(_("frequency"), lambda gift: gift.get_frequency_display()),
        Column(_("method"), lambda gift: gift.get_method_display()),
        Column(_("programme"), lambda gift: gift.program.title),
        Column(_("designation"), lambda gift: gift.designation.label if gift.designation else ""),
        Column(_("kind of donor"), lambda gift: gift.donor.get_kind_display()),
        Column(_("name"), lambda gift: gift.donor.name),
        Column(_("SIREN"), lambda gift: gift.donor.siren),
        Column(_("e-mail"), lambda gift: gift.donor.email),
        Column(_("address"), lambda gift: gift.donor.address),
        Column(_("postal code"), lambda gift: gift.donor.postal_code),
        Column(_("city"), lambda gift: gift.donor.city),
        Column(_("country"), lambda gift: gift.donor.country),
        Column(_("language"), lambda gift: gift.donor.language),
        Column(_("PaymentIntent"), lambda gift: gift.stripe_payment_intent_id),
    )
    export_related = ("donor", "program", "designation")

    def export_rows(self, listed: QuerySet[Donation]) -> QuerySet[Donation]:
        """With what came less what went back: the column adds up to the meter."""
        entries = LedgerEntry.objects.filter(donation=OuterRef("pk")).order_by().values("donation")
        left = Subquery(entries.annotate(cents=Sum("amount_cents")).values("cents"))
        return listed.annotate(left_cents=Coalesce(left, 0))


@admin.register(Donor)
class DonorAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "kind", "city", "country", "created_at")
    list_filter = ("kind", "language", "country")
    search_fields = ("email", "first_name", "last_name", "company_name", "siren")
    search_help_text = _("A name, an e-mail address or a SIREN.")
    list_per_page = 50
    empty_text = _("No donor yet.")
    inlines = (DonorsGifts,)

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, donor: Donor) -> str:
        return donor.name


@admin.register(LedgerEntry)
class LedgerEntryAdmin(AmountShown, ExportAdmin, ReadOnlyAdmin):
    list_display = ("occurred_at", "kind", "amount", "fee", "program", "source_ref", "posted_at")
    list_filter = ("kind", "program", "source")
    search_fields = ("source_ref", "donation__public_id")
    search_help_text = _("A reference of Stripe’s or of a gift.")
    date_hierarchy = "occurred_at"
    list_select_related = ("program",)
    list_per_page = 50
    empty_text = _("The ledger is empty: no money has arrived yet.")
    fields = (
        "program",
        "kind",
        "amount",
        "fee",
        "donation",
        "occurred_at",
        "posted_at",
        "source",
        "source_ref",
    )
    export_name = "ledger"
    columns = (
        Column(_("when the money moved"), lambda entry: entry.occurred_at),
        Column(_("posted"), lambda entry: entry.posted_at),
        Column(_("programme"), lambda entry: entry.program.title),
        Column(_("kind"), lambda entry: entry.get_kind_display()),
        Column(_("amount"), lambda entry: entry.amount_cents, cents=True),
        Column(_("fee"), lambda entry: entry.fee_cents, cents=True),
        Column(_("currency"), lambda entry: entry.currency),
        Column(_("donation"), lambda entry: entry.donation.public_id if entry.donation else ""),
        Column(_("source"), lambda entry: entry.source),
        Column(_("source reference"), lambda entry: entry.source_ref),
    )
    export_related = ("program", "donation")

    @admin.display(description=_("fee"), ordering="fee_cents")
    def fee(self, entry: LedgerEntry) -> str:
        return shown.money(entry.fee_cents, entry.currency)


@admin.register(ProgramTotal)
class ProgramTotalAdmin(ReadOnlyAdmin):
    list_display = ("program", "raised", "gifts", "donors", "entries", "updated_at")
    list_select_related = ("program",)
    fields = list_display
    empty_text = _("No programme has received a gift yet.")

    @admin.display(description=_("raised"), ordering="raised_cents")
    def raised(self, total: ProgramTotal) -> str:
        return shown.money(total.raised_cents)
