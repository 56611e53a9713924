"""Recurring gifts: how they stand, and ending one on a page that says what ending does."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import plans
from donations.admin import shown
from donations.admin.export import Column, ExportAdmin
from donations.admin.rows import AmountShown, DonorShown, GiftInline
from donations.forms.fields import LineField
from donations.models import EndReason, PlanStatus, RecurringDonation
from outreach import refusals
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, ReadOnlyAdmin, badge

_TONES = {PlanStatus.ACTIVE: GOOD, PlanStatus.PAUSED: WAITING, PlanStatus.PAST_DUE: BAD}


class EndForm(forms.Form):
    comment = LineField(
        label=_("Why, for our own records"),
        help_text=_(
            "For whoever looks later. No letter tells the donor; a copy of everything kept about them, which"
            " they may ask for, has it."
        ),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaymentInline(GiftInline):
    fields = ("amount", "state", "created_at", "paid_at")


@admin.register(RecurringDonation)
class PlanAdmin(AmountShown, DonorShown, ExportAdmin, ReadOnlyAdmin):
    list_display = ("who", "amount", "frequency", "state", "next_charge_at", "method", "program")
    list_filter = ("status", "frequency", "method", "program", "end_reason", "livemode")
    search_fields = (
        "public_id",
        "donor__email",
        "donor__last_name",
        "donor__company_name",
        "stripe_customer_id",
        "stripe_subscription_id",
    )
    search_help_text = _("A donor’s name or e-mail address, a plan’s reference, or an id of Stripe’s.")
    date_hierarchy = "created_at"
    list_select_related = ("donor", "program")
    list_per_page = 50
    empty_text = _("No recurring gift yet.")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("amount", "frequency"),
                    ("state", "next_charge_at", "ends_at"),
                    ("program", "designation"),
                )
            },
        ),
        (_("Donor"), {"fields": (("donor", "language_by_name"), ("display", "public_name"))}),
        (
            _("What failed"),
            {"fields": (("failing_since", "failures"), ("next_attempt_at", "failed_invoice_id"))},
        ),
        (_("Why it ended"), {"fields": (("end_reason", "stop_requested_at"), "end_comment")}),
        (_("Times"), {"fields": (("created_at", "started_at"), ("paused_at", "ended_at"), "checked_at")}),
        (
            _("For whoever looks it up at Stripe"),
            {
                "fields": (
                    ("public_id", "livemode"),
                    ("stripe_customer_id", "stripe_subscription_id"),
                    ("method", "card_last4", "card_expires_on"),
                )
            },
        ),
    )
    inlines = (PaymentInline,)
    export_name = "recurring-gifts"
    columns = (
        Column(_("reference"), lambda plan: plan.public_id),
        Column(_("intended"), lambda plan: plan.created_at),
        Column(_("status"), lambda plan: plan.get_status_display()),
        Column(_("amount"), lambda plan: plan.amount_cents, cents=True),
        Column(_("currency"), lambda plan: plan.currency),
        Column(_("frequency"), lambda plan: plan.get_frequency_display()),
        Column(_("next payment"), lambda plan: plan.next_charge_at),
        Column(_("method"), lambda plan: plan.get_method_display()),
        Column(_("programme"), lambda plan: plan.program.title),
        Column(_("name"), lambda plan: plan.donor.name),
        Column(_("e-mail"), lambda plan: plan.donor.email),
        Column(_("why it ended"), lambda plan: plan.get_end_reason_display()),
    )
    export_related = ("donor", "program")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<path:object_id>/end/", view, name="donations_recurringdonation_end"), *urls]

    def has_end_permission(self, request: HttpRequest) -> bool:
        may = request.user.has_perm("donations.end_recurringdonation")
        return may and self.has_view_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # What the state's field may offer depends on who reads the page.
        if obj is not None:
            obj.may_be_ended = self.has_end_permission(request) and _may_end(obj)
        return super().get_form(request, obj, change=change, **kwargs)

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET says what ending does; POST ends."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        plan = self.get_object(request, unquote(object_id))
        if plan is None:
            raise Http404
        back = reverse("admin:donations_recurringdonation_change", args=[plan.pk])
        if not _may_end(plan):
            return HttpResponseRedirect(back)
        form = EndForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._end(request, plan, form.cleaned_data["comment"])
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("End the recurring gift of %(name)s") % {"name": plan.donor.name},
            "plan": plan,
            "told": refusals.reachable(plan.donor.email),
            "form": form,
            "amount": shown.money(plan.amount_cents, plan.currency),
            "back": back,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/donations/recurringdonation/end.html", context, status=status)

    def _end(self, request: HttpRequest, plan: RecurringDonation, comment: str) -> None:
        if plans.cancel(plan, reason=EndReason.STAFF, comment=comment):
            if refusals.reachable(plan.donor.email):
                text = gettext("The recurring gift has ended. The donor is told by a letter.")
            else:
                text = gettext("The recurring gift has ended. Nobody is written to: no letter can arrive.")
            self.message_user(request, text, messages.SUCCESS)
        else:
            text = gettext("Stripe did not answer. The recurring gift will be ended within minutes.")
            self.message_user(request, text, messages.WARNING)
        self.log_change(request, plan, [{"changed": {"fields": ["status"]}}])

    @admin.display(description=_("status"), ordering="status")
    def state(self, plan: RecurringDonation) -> SafeString:
        status = badge(plan.get_status_display(), _TONES.get(PlanStatus(plan.status), QUIET))
        if not getattr(plan, "may_be_ended", False):
            return status
        address = reverse("admin:donations_recurringdonation_end", args=[plan.pk])
        return format_html('{} <a href="{}">{}</a>', status, address, _("End this recurring gift"))


def _may_end(plan: RecurringDonation) -> bool:
    return plan.status not in (PlanStatus.PENDING, PlanStatus.ENDED) and plan.stop_requested_at is None
