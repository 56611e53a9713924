"""Money that went back, or may: what staff gave back, what banks contest, what card schemes fear."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from donations.admin import shown
from donations.models import Dispute, DisputeStatus, FraudWarning, Refund, RefundStatus
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, ReadOnlyAdmin, badge

_REFUNDS = {
    RefundStatus.REQUESTED: WAITING,
    RefundStatus.PENDING: WAITING,
    RefundStatus.SUCCEEDED: GOOD,
    RefundStatus.FAILED: BAD,
    RefundStatus.REFUSED: BAD,
}
_DISPUTES = {
    DisputeStatus.OPEN: BAD,
    DisputeStatus.INQUIRY: WAITING,
    DisputeStatus.WON: GOOD,
    DisputeStatus.LOST: BAD,
}


def _at_stripe(path: str, livemode: bool) -> SafeString:
    """A link to an object in Stripe's own dashboard, where evidence is sent."""
    mode = "" if livemode else "test/"
    address = f"https://dashboard.stripe.com/{mode}{path}"
    return format_html('<a href="{}" rel="noreferrer">{}</a>', address, _("Open it at Stripe"))


class _AboutGift(ReadOnlyAdmin):
    list_per_page = 50
    list_select_related: Sequence[str] = ("donation__donor",)
    search_fields: Sequence[str] = ("donation__public_id", "donation__donor__email")
    search_help_text = _("A donor’s e-mail address, a gift’s reference, or an id of Stripe’s.")

    @admin.display(description=_("donor"))
    def who(self, row: Any) -> SafeString:
        return shown.person(row.donation.donor)

    @admin.display(description=_("amount"), ordering="amount_cents")
    def amount(self, row: Any) -> str:
        return shown.money(row.amount_cents, row.currency)


class _MarkedSeen(ReadOnlyAdmin):
    """Rows that stay on staff's home until somebody has seen to them."""

    actions: Sequence[str] = ("mark_seen",)

    def has_see_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.refund_donation")

    def waiting(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of them that somebody has still to see to."""
        return queryset.filter(seen_at=None)

    @admin.action(description=_("Mark as seen"), permissions=["see"])
    def mark_seen(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        seen = self.waiting(queryset).update(seen_at=timezone.now(), seen_by=request.user.pk)
        told = ngettext("%(count)d line marked as seen.", "%(count)d lines marked as seen.", seen)
        self.message_user(request, told % {"count": seen}, messages.SUCCESS if seen else messages.INFO)


@admin.register(Refund)
class RefundAdmin(_MarkedSeen, _AboutGift):
    list_display = ("who", "amount", "standing", "reason", "requested_by", "created_at", "seen_at")
    list_filter = ("status", "reason", ("seen_at", admin.EmptyFieldListFilter))
    search_fields = (*_AboutGift.search_fields, "stripe_refund_id")
    list_select_related = ("donation__donor", "requested_by", "seen_by")
    date_hierarchy = "created_at"
    empty_text = _("Nothing has been given back.")
    fields = (
        ("amount", "standing"),
        ("donation", "reason"),
        "note",
        "error",
        ("created_at", "requested_by"),
        ("refunded_at", "failed_at"),
        ("seen_at", "seen_by"),
        ("stripe_refund_id", "public_id"),
    )

    def waiting(self, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        """Those that came back: of the others, nothing is left to do."""
        return super().waiting(queryset).filter(status=RefundStatus.FAILED)

    @admin.display(description=_("status"), ordering="status")
    def standing(self, refund: Refund) -> SafeString:
        return badge(refund.get_status_display(), _REFUNDS.get(RefundStatus(refund.status), QUIET))


@admin.register(Dispute)
class DisputeAdmin(_AboutGift):
    list_display = ("who", "amount", "standing", "due_by", "why", "opened_at", "fee")
    list_filter = ("status", "reason")
    search_fields = (*_AboutGift.search_fields, "stripe_dispute_id")
    date_hierarchy = "opened_at"
    empty_text = _("No gift is contested.")
    fields = (
        ("amount", "fee"),
        ("standing", "due_by"),
        ("donation", "why"),
        ("opened_at", "closed_at"),
        ("stripe_dispute_id", "at_stripe"),
    )

    @admin.display(description=_("status"), ordering="status")
    def standing(self, dispute: Dispute) -> SafeString:
        return badge(dispute.get_status_display(), _DISPUTES.get(DisputeStatus(dispute.status), QUIET))

    @admin.display(description=_("what the bank says"), ordering="reason")
    def why(self, dispute: Dispute) -> str:
        """In words, or as it came where we know none: a list of choices would show a dash."""
        return dispute.get_reason_display() or "–"

    @admin.display(description=_("fee"), ordering="fee_cents")
    def fee(self, dispute: Dispute) -> str:
        return shown.money(dispute.fee_cents, dispute.currency)

    @admin.display(description=_("evidence"))
    def at_stripe(self, dispute: Dispute) -> SafeString:
        return _at_stripe(f"disputes/{dispute.stripe_dispute_id}", dispute.donation.livemode)


@admin.register(FraudWarning)
class FraudWarningAdmin(_MarkedSeen, _AboutGift):
    list_display = ("who", "gift_amount", "standing", "kind", "warned_at", "seen_at")
    list_filter = ("actionable", ("seen_at", admin.EmptyFieldListFilter))
    search_fields = (*_AboutGift.search_fields, "stripe_warning_id")
    list_select_related = ("donation__donor", "seen_by")
    date_hierarchy = "warned_at"
    empty_text = _("No card scheme has warned of fraud.")
    fields = (
        ("donation", "gift_amount"),
        ("standing", "kind"),
        ("warned_at", "stripe_warning_id"),
        ("seen_at", "seen_by"),
    )

    @admin.display(description=_("amount"), ordering="donation__amount_cents")
    def gift_amount(self, warning: FraudWarning) -> str:
        return shown.money(warning.donation.amount_cents, warning.donation.currency)

    @admin.display(description=_("kind of fraud"), ordering="fraud_type")
    def kind(self, warning: FraudWarning) -> str:
        return warning.get_fraud_type_display() or "–"

    @admin.display(description=_("what to do"))
    def standing(self, warning: FraudWarning) -> SafeString:
        if not warning.actionable:
            return badge(gettext("Nothing more to do"), QUIET)
        if warning.seen_at:
            return badge(gettext("Seen"), GOOD)
        return badge(gettext("Give it back, or know that it is right"), BAD)
