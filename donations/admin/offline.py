"""Gifts that came otherwise: written down in two steps, undone with a reason, never edited."""

from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db.models import Model
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from donations import ledger, offline
from donations.admin import record_start, shown
from donations.admin.record_draft import Draft
from donations.admin.record_form import OfflineForm, UndoForm
from donations.models import BankLine, Donor, Method, OfflineGift, ReceiptState
from donations.money import long_date
from outreach import refusals
from programs.admin.plain import GOOD, QUIET, ReadOnlyAdmin, badge
from programs.models import FundingNeed, Program


@dataclass(frozen=True)
class Effect:
    """What the programme's page says now, and what it will say."""

    before: ledger.Total
    cents: int
    gifts: int

    @classmethod
    def of(cls, program: Program, *, cents: int, gifts: int) -> "Effect":
        total = ledger.read_total(program)
        return cls(total, total.raised_cents + cents, total.gifts + gifts)


@admin.register(OfflineGift)
class OfflineGiftAdmin(ReadOnlyAdmin):
    rights = ("add", "change")  # to record a gift, and to undo one
    list_display = ("who", "amount", "how", "received_on", "standing", "recorded_by", "recorded_at")
    list_filter = ("donation__method", "donation__program", ("undone_at", admin.EmptyFieldListFilter))
    search_fields = (
        "donation__donor__email",
        "donation__donor__last_name",
        "donation__donor__company_name",
        "donation__reference",
        "bank_reference",
    )
    search_help_text = gettext_lazy("A donor’s name or e-mail address, or a reference.")
    date_hierarchy = "received_on"
    list_select_related = ("donation__donor", "donation__program", "recorded_by")
    list_per_page = 50
    empty_text = gettext_lazy("Nothing was received otherwise yet: “Add” records the first gift.")
    change_form_template = "admin/donations/offlinegift/change_form.html"
    fields = (
        ("who", "standing"),
        ("amount", "how"),
        ("received_on", "program"),
        ("designation", "pledge"),
        ("bank_reference", "paper"),
        "note",
        ("recorded_by", "recorded_at"),
        "donation",
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()
        return [
            path("<int:pk>/undo/", wrap(self.undo_view), name="donations_offlinegift_undo"),
            path("<int:pk>/proof/", wrap(self.proof_view), name="donations_offlinegift_proof"),
            *urls,
        ]

    def get_fields(self, request: HttpRequest, obj: OfflineGift | None = None) -> tuple[Any, ...]:
        undone = (("undone_by", "undone_at"), "undone_reason") if obj and obj.undone_at else ()
        return (*undone, *self.fields)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.add_offlinegift")

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_offlinegift")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First what was received; then, on a second page, what recording it will do."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            line = record_start.line(request, request.GET.get("line"))
            undone = record_start.undone(request)
            line = line or (record_start.line_of(request, undone) if undone else None)
            return self._form(
                request, OfflineForm(initial=record_start.first(request, line, undone), line=line)
            )
        draft = Draft.read(request.POST.get("draft", ""))
        try:
            line = record_start.line(
                request, draft.line if draft and draft.facts else request.POST.get("line")
            )
        except Http404:
            text = _("Nothing was recorded: this line of the bank’s is no longer there.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:donations_bankline_changelist"))
        if draft and draft.facts and "record" in request.POST:
            return self._record(request, draft, line)
        if draft and draft.facts and "edit" in request.POST:
            return self._form(request, OfflineForm(initial=draft.typed, kept=draft.proof, line=line), draft)
        form = OfflineForm(request.POST, request.FILES, kept=draft.proof if draft else None, line=line)
        if not form.is_valid():
            return self._form(request, form, Draft.holding(form))
        return self._confirm(request, Draft.of(form), line)

    def _again(self, request: HttpRequest, draft: Draft, line: BankLine | None) -> HttpResponse:
        """The form as it was typed, which says beside its field what was removed meanwhile."""
        form = OfflineForm(draft.typed, kept=draft.proof, line=line)
        return self._form(request, form, Draft.holding(form))

    def _form(self, request: HttpRequest, form: OfflineForm, draft: Draft | None = None) -> HttpResponse:
        context = {
            "title": _("Record a gift received otherwise"),
            "form": form,
            "draft": draft.write() if draft else "",
            "back": reverse("admin:donations_offlinegift_changelist"),
        }
        return self._page(request, "record", context, status=422 if form.errors else 200)

    def _confirm(
        self,
        request: HttpRequest,
        draft: Draft,
        line: BankLine | None,
        *,
        again: bool = False,
        changed: bool = False,
    ) -> HttpResponse:
        """`again` and `changed` say why nothing is recorded yet: it may be counted already, it is not what
        was confirmed.
        """
        try:
            received = draft.received()
        except offline.Gone:
            return self._again(request, draft, line)
        doubts = offline.alike(received, line)
        known = Donor.objects.filter(**received.donor).exists()
        draft = replace(draft, seen=[donation.pk for donation in doubts], known=known)
        need = FundingNeed.objects.filter(pk=received.designation_id or 0).first()
        context = {
            "title": _("Is this right?"),
            "draft": draft.write(),
            "received": received,
            "day": long_date(received.received_on, get_language() or "en"),
            "method": Method(received.method).label,
            "designation": need.label if need else "",
            "known": known,
            "doubts": doubts,
            "again": again,
            "changed": changed,
            "effect": Effect.of(received.program, cents=received.amount_cents, gifts=1),
        }
        return self._page(request, "confirm", context, status=409 if again else 200)

    def _record(self, request: HttpRequest, draft: Draft, line: BankLine | None) -> HttpResponse:
        if (another := self._another(request, draft, line)) is not None:
            return another
        try:
            received = draft.received()
            gift = offline.record(received, by=_person(request), key=draft.key, seen=draft.seen, line=line)
        except offline.Gone:
            return self._again(request, draft, line)
        except offline.Doubtful:
            return self._confirm(request, draft, line, again=True)
        except offline.Decided:
            text = _("Nothing was recorded: somebody else has decided on this line of the bank’s.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:donations_bankline_change", args=[draft.line]))
        self.log_addition(request, gift, _("Recorded."))
        text = _("The gift is recorded and counted: %(amount)s, %(name)s.")
        told = {"amount": shown.money(received.amount_cents), "name": received.name}
        self.message_user(request, text % told, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:donations_offlinegift_change", args=[gift.pk]))

    def _another(self, request: HttpRequest, draft: Draft, line: BankLine | None) -> HttpResponse | None:
        """What is to be looked at before a draft is recorded; None where it is what was confirmed."""
        if draft.seen and "another" not in request.POST:
            return self._confirm(request, draft, line, again=True)
        if OfflineGift.objects.filter(key=draft.key).exists():  # the same form, sent twice
            return None
        form = OfflineForm(draft.typed, kept=draft.proof, line=line)
        # Who gives was read from a reference, or was known: they may have moved, or been forgotten, since.
        if not form.is_valid():
            return self._form(request, form, Draft.holding(form))
        now = Draft.of(form)
        gone = draft.known and not Donor.objects.filter(**now.facts["donor"]).exists()
        if gone or now.facts != draft.facts:
            return self._confirm(request, now, line, again=True, changed=True)
        return None

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What undoing a gift will do; a POST with a reason does it."""
        if not self.has_undo_permission(request):
            raise PermissionDenied
        gift = get_object_or_404(
            OfflineGift.objects.select_related("donation__donor", "donation__program"), pk=pk
        )
        back = reverse("admin:donations_offlinegift_change", args=[pk])
        if gift.undone_at:
            return HttpResponseRedirect(back)
        form = UndoForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if offline.correct(gift, by=_person(request), reason=form.cleaned_data["reason"]):
                self.log_change(request, gift, _("Undone: %s") % form.cleaned_data["reason"])
            self.message_user(request, _("The gift is undone: it counts no more."), messages.SUCCESS)
            return HttpResponseRedirect(back)
        donation = gift.donation
        receipts = donation.receipts.filter(state=ReceiptState.ISSUED)
        sent = bool(donation.donor.email) and receipts.exists()
        context = {
            "title": _("Undo a gift recorded by mistake"),
            "gift": gift,
            "told": refusals.reachable(donation.donor.email) and sent,
            "sent": sent,
            "form": form,
            "back": back,
            "effect": Effect.of(donation.program, cents=-donation.amount_cents, gifts=-1),
        }
        return self._page(request, "undo", context, status=422 if form.errors else 200)

    def proof_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The kept file, as a file to save: a browser never shows what somebody sent us."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        gift = get_object_or_404(OfflineGift, pk=pk)
        if not gift.proof_path or not storages["private"].exists(gift.proof_path):
            raise Http404
        answer = FileResponse(
            storages["private"].open(gift.proof_path),
            as_attachment=True,
            filename=gift.proof_name,
            content_type=gift.proof_type,
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        may = {"may_undo": self.has_undo_permission(request), "may_record": self.has_add_permission(request)}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **may})

    @admin.display(description=gettext_lazy("donor"), ordering="donation__donor__last_name")
    def who(self, gift: OfflineGift) -> SafeString:
        return shown.person(gift.donation.donor)

    @admin.display(description=gettext_lazy("amount"), ordering="donation__amount_cents")
    def amount(self, gift: OfflineGift) -> str:
        return shown.money(gift.donation.amount_cents, gift.donation.currency)

    @admin.display(description=gettext_lazy("how it came"), ordering="donation__method")
    def how(self, gift: OfflineGift) -> str:
        return gift.donation.get_method_display()

    @admin.display(description=gettext_lazy("state"), ordering="undone_at")
    def standing(self, gift: OfflineGift) -> SafeString:
        return badge(_("Undone"), QUIET) if gift.undone_at else badge(_("Counted"), GOOD)

    @admin.display(description=gettext_lazy("programme"))
    def program(self, gift: OfflineGift) -> str:
        return gift.donation.program.title

    @admin.display(description=gettext_lazy("designation"))
    def designation(self, gift: OfflineGift) -> str:
        return gift.donation.designation.label if gift.donation.designation else "–"

    @admin.display(description=gettext_lazy("proof"))
    def paper(self, gift: OfflineGift) -> SafeString | str:
        return shown.download("../proof/", gift.proof_name) if gift.proof_path else "–"

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
        every = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(
            request, f"admin/donations/offlinegift/{name}.html", {**every, **context}, status=status
        )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
