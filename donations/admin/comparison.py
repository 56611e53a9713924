"""Our ledger beside Stripe's books, for staff: each reading, and each difference with a way to close it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from donations import comparison, gateway, tasks
from donations.admin import outcomes, shown
from donations.models import Comparison, Discrepancy, DiscrepancyState
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, ReadOnlyAdmin, badge

_MAY_CLOSE = "donations.close_discrepancy"


@admin.register(Comparison)
class ComparisonAdmin(ReadOnlyAdmin):
    change_list_template = "admin/donations/comparison/change_list.html"
    list_display = ("started_at", "standing", "since", "until", "movements", "repaired", "differences")
    fields = (
        ("started_at", "finished_at"),
        ("since", "until"),
        ("movements", "repaired", "differences"),
        "error",
    )
    list_per_page = 50
    empty_text = _("The books have not been compared yet: it happens every night.")

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(self.run_view)
        return [path("run/", run, name="donations_comparison_run"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = {"may_run": request.user.has_perm(_MAY_CLOSE)}
        return super().changelist_view(request, {**(extra_context or {}), **may})

    @method_decorator(require_POST)
    def run_view(self, request: HttpRequest) -> HttpResponse:
        """Compare now. The worker does it: a month of movements takes longer than a page may."""
        if not request.user.has_perm(_MAY_CLOSE):
            raise PermissionDenied
        tasks.wake(tasks.compare_with_stripe)
        self.message_user(request, _("The comparison has begun. Its line appears here within moments."))
        return redirect("admin:donations_comparison_changelist")

    @admin.display(description=_("state"))
    def standing(self, run: Comparison) -> SafeString:
        if run.error:
            return badge(gettext("Stripe did not answer"), BAD)
        if run.finished_at is None and run.started_at < timezone.now() - comparison.DEAD_AFTER:
            return badge(gettext("Cut off"), BAD)
        if run.finished_at is None:
            return badge(gettext("Reading"), WAITING)
        if run.differences:
            return badge(gettext("The books differ"), BAD)
        return badge(gettext("The books agree"), GOOD)


class ExplanationForm(forms.Form):
    words = forms.CharField(
        label=_("What it is"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with your name. The difference is not shown as open any more."),
        error_messages={"required": _("Say what it is: it is kept for whoever looks later.")},
    )


_TONES = {DiscrepancyState.OPEN: BAD, DiscrepancyState.SETTLED: GOOD, DiscrepancyState.EXPLAINED: QUIET}


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin):
    change_form_template = "admin/donations/discrepancy/change_form.html"
    list_display = ("found_at", "difference", "kind", "at_stripe", "here", "source_ref", "standing")
    list_filter = ("state", "difference", "kind")
    search_fields = ("source_ref", "charge_id", "donation__public_id")
    search_help_text = _("A reference of Stripe’s or of a gift.")
    list_per_page = 50
    list_select_related = ("donation",)
    empty_text = _("The books agree: there is no difference.")
    actions = ("look_again",)
    fields = (
        ("difference", "standing"),
        ("kind", "occurred_at"),
        ("at_stripe", "here"),
        ("source_ref", "charge_id"),
        ("donation", "words"),
        ("found_at", "seen_at"),
        ("closed_at", "closed_by"),
        "explanation",
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        names = "donations_discrepancy"
        return [
            path("<int:pk>/look/", wrap(self.look_view), name=f"{names}_look"),
            path("<int:pk>/explain/", wrap(self.explain_view), name=f"{names}_explain"),
            *super().get_urls(),
        ]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(_MAY_CLOSE)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context["may_close"] = row.state == DiscrepancyState.OPEN and self.has_close_permission(request)
        context["explanation_form"] = ExplanationForm()
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @method_decorator(require_POST)
    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask Stripe about it again, and repair it where that is enough."""
        row = self._open(request, pk)
        if row.state != DiscrepancyState.OPEN:
            return self._closed_already(request, pk)
        try:
            told = comparison.look_again(row, by=request.user)  # type: ignore[arg-type]  # signed in
        except gateway.Unavailable:
            self.message_user(request, _("Stripe does not answer. Try again later."), messages.ERROR)
            return self._back(pk)
        row.refresh_from_db()
        if row.state == DiscrepancyState.OPEN:
            words = gettext("It is still there: %(told)s.") % {"told": outcomes.say(told)}
            self.message_user(request, words, messages.WARNING)
        else:
            self.message_user(request, _("Repaired: our ledger has it now."), messages.SUCCESS)
        return self._back(pk)

    @method_decorator(require_POST)
    def explain_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._open(request, pk)
        form = ExplanationForm(request.POST)
        if not form.is_valid():  # the field itself lets a browser send neither nothing nor too much
            self.message_user(request, " ".join(map(str, form.errors["words"])), messages.ERROR)
            return self._back(pk)
        if not comparison.explain(row, words=form.cleaned_data["words"], by=request.user):  # type: ignore[arg-type]
            return self._closed_already(request, pk)
        self.message_user(request, _("Closed, with your explanation."), messages.SUCCESS)
        return self._back(pk)

    @admin.action(description=_("Ask Stripe again and repair"), permissions=["close"])
    def look_again(self, request: HttpRequest, queryset: Any) -> None:
        repaired = 0
        for row in queryset.filter(state=DiscrepancyState.OPEN):
            try:
                comparison.look_again(row, by=request.user)  # type: ignore[arg-type]
            except gateway.Unavailable:
                self.message_user(request, _("Stripe does not answer. Try again later."), messages.ERROR)
                break
            row.refresh_from_db()
            repaired += row.state == DiscrepancyState.SETTLED
        told = ngettext("%(count)d difference repaired.", "%(count)d differences repaired.", repaired)
        self.message_user(
            request, told % {"count": repaired}, messages.SUCCESS if repaired else messages.INFO
        )

    def _open(self, request: HttpRequest, pk: int) -> Discrepancy:
        if not self.has_close_permission(request):
            raise PermissionDenied
        row = Discrepancy.objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def _closed_already(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.message_user(request, _("It was closed already: nothing was changed."), messages.WARNING)
        return self._back(pk)

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:donations_discrepancy_change", args=[pk]))

    @admin.display(description=_("state"), ordering="state")
    def standing(self, row: Discrepancy) -> SafeString:
        return badge(row.get_state_display(), _TONES[DiscrepancyState(row.state)])

    @admin.display(description=_("in words"))
    def words(self, row: Discrepancy) -> str:
        return outcomes.say(row.detail)

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, row: Discrepancy) -> str:
        return "–" if row.stripe_cents is None else shown.money(row.stripe_cents, row.currency)

    @admin.display(description=_("in our ledger"))
    def here(self, row: Discrepancy) -> str:
        return "–" if row.ledger_cents is None else shown.money(row.ledger_cents)
