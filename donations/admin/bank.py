"""Statements of the bank: sent in, read, and what remains to be looked at of each."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from donations import iban
from donations.admin import shown
from donations.admin.bank_form import ColumnsForm, UploadForm, explain, file_of
from donations.bank import importing, table
from donations.bank.movements import Credit, Unreadable
from donations.models import BankStatement, LineState
from donations.receipts import issuer
from programs.admin.plain import GOOD, WAITING, ReadOnlyAdmin, badge

# So many lines are named in what is said of a statement.
_MOST_NAMED = 5


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnlyAdmin):
    rights = ("add",)
    list_display = ("name", "period", "progress", "added", "known", "skipped", "uploaded_by", "uploaded_at")
    list_select_related = ("uploaded_by",)
    list_per_page = 50
    empty_text = gettext_lazy("No statement yet: “Add” reads the first one from a file of the bank’s.")
    change_form_template = "admin/donations/bankstatement/change_form.html"
    fields = (
        ("name", "format"),
        ("account", "period"),
        ("added", "known", "skipped", "taken_back"),
        "progress",
        ("uploaded_by", "uploaded_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.columns_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/columns/", view, name="donations_bankstatement_columns"), *urls]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankStatement]:
        statements: QuerySet[BankStatement] = super().get_queryset(request)
        waiting = Count("lines", filter=Q(lines__state=LineState.OPEN))
        return statements.annotate(lines_count=Count("lines"), waiting_count=waiting)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.add_bankstatement")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A file; the same file leads to what it was, and a table on to its columns."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = (
            UploadForm(request.POST or None, request.FILES or None)
            if request.method == "POST"
            else UploadForm()
        )
        if request.method == "POST" and form.is_valid():
            name, content = file_of(form)
            before, remarks = importing.known(content), importing.Remarks()
            try:
                statement = importing.upload(name, content, by=cast(User, request.user), remarks=remarks)
            except Unreadable as error:
                form.add_error("file", explain(error))
            else:
                return self._onward(request, statement, remarks, told=before is not None)
        context = {
            "title": _("Read a bank statement"),
            "form": form,
            "back": reverse("admin:donations_bankstatement_changelist"),
        }
        return self._page(request, "upload", context, status=422 if form.errors else 200)

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the columns of a table mean: guessed, and confirmed by whoever sent it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        statement = get_object_or_404(BankStatement, pk=pk)
        remarks = importing.Remarks()
        if statement.read_at:
            return self._onward(request, statement, remarks, told=True)
        rows = importing.open_table(statement)
        form = ColumnsForm(request.POST or None, table=rows, initial=self._guessed(rows))
        if request.method == "POST" and form.is_valid():
            try:
                account = form.cleaned_data["account"]
                importing.read_table(statement, form.columns(), account=account, remarks=remarks)
            except Unreadable as error:
                form.add_error(None, explain(error))
            else:
                return self._onward(request, statement, remarks)
        context = {
            "title": _("What do the columns say?"),
            "form": form,
            "table": rows,
            "rows": list(table.preview(rows)),
            "back": reverse("admin:donations_bankstatement_changelist"),
        }
        return self._page(request, "columns", context, status=422 if form.errors else 200)

    def _guessed(self, rows: table.Table) -> dict[str, str]:
        places = {role: str(place) for role, place in table.guess(rows).items()}
        return {"account": issuer.current().iban or _last_account(), **places}

    def _onward(
        self,
        request: HttpRequest,
        statement: BankStatement,
        remarks: importing.Remarks,
        *,
        told: bool = False,
    ) -> HttpResponse:
        """To what comes next, and say what came of reading it; `told` when it was read before."""
        if statement.read_at is None:
            return HttpResponseRedirect(reverse("admin:donations_bankstatement_columns", args=[statement.pk]))
        if told:
            text = _("This file was read before, by %(who)s on %(day)s: nothing was added.")
            said = {"who": statement.uploaded_by, "day": f"{timezone.localtime(statement.read_at):%d/%m/%Y}"}
            self.message_user(request, text % said, messages.WARNING)
        else:
            self._tell(request, statement)
            self._remark(request, remarks)
        return HttpResponseRedirect(f"{_lines_of(statement)}&state__exact={LineState.OPEN}")

    def _tell(self, request: HttpRequest, statement: BankStatement) -> None:
        lines = ngettext("%(count)d new line", "%(count)d new lines", statement.added) % {
            "count": statement.added
        }
        known = ngettext("%(count)d known already", "%(count)d known already", statement.known)
        skipped = ngettext(
            "%(count)d left out (money that went out, or not booked)",
            "%(count)d left out (money that went out, or not booked)",
            statement.skipped,
        )
        said = {
            "lines": lines,
            "known": known % {"count": statement.known},
            "skipped": skipped % {"count": statement.skipped},
        }
        self.message_user(request, _("%(lines)s; %(known)s; %(skipped)s.") % said, messages.SUCCESS)
        if doubles := statement.lines.exclude(resembles=None).count():
            text = ngettext(
                "%(count)d line may be there already from another statement: it says so.",
                "%(count)d lines may be there already from another statement: they say so.",
                doubles,
            )
            self.message_user(request, text % {"count": doubles}, messages.WARNING)
        if statement.taken_back:
            text = ngettext(
                "%(count)d movement takes back money that had come in: undo its gift if recorded.",
                "%(count)d movements take back money that had come in: undo their gifts if recorded.",
                statement.taken_back,
            )
            self.message_user(request, text % {"count": statement.taken_back}, messages.WARNING)

    def _remark(self, request: HttpRequest, remarks: importing.Remarks) -> None:
        """What was left out or taken for known and may be money all the same."""
        if remarks.negative:
            text = ngettext(
                "%(count)d row left out says credit and has a negative amount: look whether money was"
                " taken back.",
                "%(count)d rows left out say credit and have negative amounts: look whether money was"
                " taken back.",
                remarks.negative,
            )
            self.message_user(request, text % {"count": remarks.negative}, messages.WARNING)
        if remarks.undated:
            text = ngettext(
                "%(count)d row left out has an amount and no date: look whether it is more than a total.",
                "%(count)d rows left out have an amount and no date: look whether they are more than totals.",
                remarks.undated,
            )
            self.message_user(request, text % {"count": remarks.undated}, messages.WARNING)
        if remarks.unsure:
            text = ngettext(
                "%(count)d line counts as known already because another statement names one in the same"
                " words; nothing else tells that it is the same: %(lines)s. If the account shows both, record"
                " the second by hand.",
                "%(count)d lines count as known already because another statement names some in the same"
                " words; nothing else tells that they are the same: %(lines)s. If the account shows them all,"
                " record the others by hand.",
                len(remarks.unsure),
            )
            named = "; ".join(_said(credit) for credit in remarks.unsure[:_MOST_NAMED])
            self.message_user(
                request, text % {"count": len(remarks.unsure), "lines": named}, messages.WARNING
            )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        more = {
            "lines_url": reverse("admin:donations_bankline_changelist"),
            "may_read": self.has_add_permission(request),
        }
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description=gettext_lazy("period"), ordering="first_on")
    def period(self, statement: BankStatement) -> str:
        if not statement.first_on or not statement.last_on:
            return "–"
        return f"{statement.first_on:%d/%m/%Y} – {statement.last_on:%d/%m/%Y}"

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, statement: BankStatement) -> SafeString:
        if statement.read_at is None:
            return badge(_("Columns to confirm"), WAITING)
        count, waiting = getattr(statement, "lines_count", 0), getattr(statement, "waiting_count", 0)
        if not waiting:
            return badge(_("All looked at"), GOOD)
        said = _("%(done)d of %(count)d looked at") % {"done": count - waiting, "count": count}
        return format_html('<a class="deed__link" href="{}">{}</a>', _lines_of(statement), said)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
        every = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(
            request, f"admin/donations/bankstatement/{name}.html", {**every, **context}, status=status
        )


def _lines_of(statement: BankStatement) -> str:
    return f"{reverse('admin:donations_bankline_changelist')}?statement__id__exact={statement.pk}"


def _said(credit: Credit) -> str:
    """`04/05/2026, €50.00, CAMILLE EXEMPLE`."""
    amount = shown.money(credit.amount_cents, credit.currency)
    said = (f"{credit.booked_on:%d/%m/%Y}", amount, (credit.name or credit.text)[:80])
    return ", ".join(each for each in said if each)


def _last_account() -> str:
    """The account of the statement that was read last, where that was of one."""
    read = BankStatement.objects.exclude(read_at=None).order_by("-read_at", "-pk").first()
    return read.account if read and iban.is_iban(read.account) else ""
