"""Requests to be forgotten: read, and answered on a page that says what answering does."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.donors import erasure
from donations.models import ErasureRequest, ErasureStatus
from programs.admin.plain import GOOD, QUIET, WAITING, ReadOnlyAdmin, badge

_TONES = {ErasureStatus.WAITING: WAITING, ErasureStatus.DONE: GOOD, ErasureStatus.REFUSED: QUIET}
_COUNTED = {
    "givers_erased": _("names and addresses erased"),
    "givers_kept": _("names and addresses kept, as the law asks"),
    "gifts_kept": _("gifts kept"),
    "documents_kept": _("documents kept"),
    "subscriptions": _("subscriptions emptied"),
    "letters": _("letters emptied"),
}


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not (the donor reads this)"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why: the donor reads it.")},
    )


@admin.register(ErasureRequest)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "email", "standing", "answered_at", "answered_by")
    list_filter = ("status",)
    search_fields = ("=email", "=reference")
    search_help_text = _("A whole e-mail address, or a reference.")
    list_select_related = ("answered_by",)
    empty_text = _("Nobody has asked to be forgotten.")
    fieldsets = (
        (None, {"fields": ("email", "standing", "asked_at", "reference")}),
        (
            _("Answer"),
            {"fields": ("answered_at", "answered_by", "reason", "done", "stripe_forgotten_at", "kept_until")},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(self.answer_view)
        name = "donations_erasurerequest_answer"
        urls: list[URLPattern] = super().get_urls()
        return [path("<path:object_id>/answer/", answer, name=name), *urls]

    def answer_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET says what erasing does; POST erases, or refuses with a reason."""
        if not request.user.has_perm("donations.answer_erasurerequest"):
            raise PermissionDenied
        asked = self.get_object(request, object_id)
        if asked is None:
            raise Http404
        refusing = request.POST.get("action") == "refuse"
        form = RefusalForm(request.POST if refusing else None)
        if request.method == "POST" and (not refusing or form.is_valid()):
            self._answer(request, asked, form.cleaned_data["reason"] if refusing else "")
            return HttpResponseRedirect(reverse("admin:donations_erasurerequest_change", args=[asked.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("A request to be forgotten"),
            "asked": asked,
            "form": form,
            "open": asked.status == ErasureStatus.WAITING,
            "recurring": erasure.recurring(asked.email),
            "unsettled": erasure.unsettled(asked.email),
            "lines": _lines(vars(erasure.effect(asked.email))),
            "kept_until": erasure.effect(asked.email).kept_until,
        }
        return render(request, "admin/donations/erasurerequest/answer.html", context)

    def _answer(self, request: Any, asked: ErasureRequest, reason: str) -> None:
        try:
            if reason:
                erasure.refuse(asked, by=request.user, reason=reason)
                told = gettext("Refused. A letter says why.")
            else:
                erasure.erase(asked, by=request.user)
                told = gettext("Erased. A letter says so, then the address is gone too.")
        except erasure.Answered:
            self.message_user(request, gettext("Somebody has answered already."), messages.WARNING)
        except erasure.NotYet:
            text = gettext("Not yet: a recurring gift goes on, or money is on its way.")
            self.message_user(request, text, messages.ERROR)
        else:
            self.log_change(request, asked, [{"changed": {"fields": ["status"]}}])
            self.message_user(request, told, messages.SUCCESS)

    @admin.display(description=_("status"), ordering="status")
    def standing(self, asked: ErasureRequest) -> SafeString:
        shown = badge(asked.get_status_display(), _TONES[ErasureStatus(asked.status)])
        if asked.status != ErasureStatus.WAITING:
            return shown
        address = reverse("admin:donations_erasurerequest_answer", args=[asked.pk])
        return format_html('{} <a href="{}">{}</a>', shown, address, _("Answer it"))

    @admin.display(description=_("what was done"))
    def done(self, asked: ErasureRequest) -> SafeString:
        return format_html_join("", "{}<br>", ((line,) for line in _lines(asked.outcome)))


def _lines(counts: dict[str, Any]) -> list[str]:
    return [
        gettext("%(kind)s: %(count)d") % {"kind": capfirst(str(words)), "count": counts[name]}
        for name, words in _COUNTED.items()
        if name in counts
    ]
