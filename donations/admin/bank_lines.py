"""Lines of the bank's: who each may be from, and what a person makes of it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from donations.admin import shown
from donations.admin.bank_form import DismissForm
from donations.bank import deciding, matching
from donations.models import BankLine, LineState
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, ReadOnlyAdmin, badge

_TONES = {LineState.OPEN: WAITING, LineState.RECORDED: GOOD, LineState.DISMISSED: QUIET}


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    rights = ("change",)  # to decide what a line is
    list_display = ("booked_on", "amount", "name", "message", "quoted", "standing")
    list_filter = ("state", "statement", "booked_on")
    search_fields = ("name", "text", "bank_reference", "quoted__reference")
    search_help_text = gettext_lazy("A name, a message or a reference.")
    list_select_related = ("quoted",)
    list_per_page = 50
    empty_text = gettext_lazy("No line here: read a statement, or look at another state.")
    change_form_template = "admin/donations/bankline/change_form.html"
    fields = (
        ("amount", "booked_on"),
        ("name", "standing"),
        "text",
        ("bank_reference", "quoted"),
        ("account", "statement"),
    )

    def get_urls(self) -> list[URLPattern]:
        dismiss = self.admin_site.admin_view(require_POST(self.dismiss_view))
        reopen = self.admin_site.admin_view(require_POST(self.reopen_view))
        urls: list[URLPattern] = super().get_urls()
        return [
            path("<int:pk>/dismiss/", dismiss, name="donations_bankline_dismiss"),
            path("<int:pk>/reopen/", reopen, name="donations_bankline_reopen"),
            *urls,
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankLine]:
        lines: QuerySet[BankLine] = super().get_queryset(request)
        return lines.annotate(is_resembled=Exists(BankLine.objects.filter(resembles=OuterRef("pk"))))

    def get_fields(self, request: HttpRequest, obj: BankLine | None = None) -> tuple[Any, ...]:
        """What was decided, once it was: on an open line the proposals come first."""
        decided: dict[str, tuple[Any, ...]] = {
            LineState.RECORDED: ("gift", ("decided_by", "decided_at")),
            LineState.DISMISSED: ("reason", ("decided_by", "decided_at")),
        }
        return (*self.fields, *decided.get(obj.state if obj else "", ()))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_bankline")

    def dismiss_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        line = get_object_or_404(BankLine, pk=pk)
        form = DismissForm(request.POST)
        if not form.is_valid():
            self.message_user(request, str(form.errors["reason"][0]), messages.ERROR)
            return HttpResponseRedirect(self._address(line))
        if deciding.dismiss(line, by=cast(User, request.user), reason=form.cleaned_data["reason"]):
            self.log_change(request, line, _("No gift: %s") % form.cleaned_data["reason"])
            self.message_user(
                request, _("The line is put aside. It can be taken up again."), messages.SUCCESS
            )
            return HttpResponseRedirect(f"{reverse('admin:donations_bankline_changelist')}?state__exact=open")
        self.message_user(request, _("Somebody else has decided already."), messages.WARNING)
        return HttpResponseRedirect(self._address(line))

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        line = get_object_or_404(BankLine, pk=pk)
        if deciding.reopen(line):
            self.log_change(request, line, _("Taken up again."))
            self.message_user(request, _("The line is to be looked at again."), messages.SUCCESS)
        return HttpResponseRedirect(self._address(line))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        line = self.get_object(request, unquote(object_id)) if object_id else None
        may = self.has_decide_permission(request)
        more: dict[str, Any] = {"may_decide": may}
        if line and may and line.state == LineState.OPEN:
            doubles = list(line.doubles())
            more |= {
                "proposals": matching.proposals(line) if line.currency == "EUR" else [],
                "doubles": doubles,
                "same_reason": _same_reason(doubles),
                "dismiss_form": DismissForm(),
                "payout_reason": _payout_reason() if matching.is_payout(line) else "",
                "other_currency": line.currency != "EUR",
                "record_url": f"{reverse('admin:donations_offlinegift_add')}?line={line.pk}",
            }
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _address(self, line: BankLine) -> str:
        return reverse("admin:donations_bankline_change", args=[line.pk])

    @admin.display(description=gettext_lazy("amount"), ordering="amount_cents")
    def amount(self, line: BankLine) -> str:
        return shown.money(line.amount_cents, line.currency)

    @admin.display(description=gettext_lazy("message"))
    def message(self, line: BankLine) -> str:
        return line.text[:80]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, line: BankLine) -> SafeString:
        state = badge(line.get_state_display(), _TONES[LineState(line.state)])
        if line.state == LineState.OPEN and (line.resembles_id or getattr(line, "is_resembled", False)):
            return format_html("{} {}", state, badge(_("Perhaps there already"), BAD))
        if line.state == LineState.OPEN and matching.is_payout(line):
            return format_html("{} {}", state, badge(_("Perhaps a payout"), BAD))
        return state


def _payout_reason() -> str:
    return _("Paid out by Stripe: these gifts were counted one by one.")


def _same_reason(doubles: list[BankLine]) -> str:
    """Why a line is no gift of its own, in the words that are kept with it."""
    if not doubles:
        return ""
    double = doubles[0]
    return _("The same movement as in %(statement)s, booked on %(day)s.") % {
        "statement": double.statement.name,
        "day": f"{double.booked_on:%d/%m/%Y}",
    }
