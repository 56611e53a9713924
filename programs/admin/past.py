"""What was written before: who changed what and when, and bringing it back with one button."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from programs import history, restoring
from programs.models import Part

PAGE_SIZE = 30


class PastAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # the library says nothing of its types
    """Its history in plain words, a programme's together with all its parts', and what was removed."""

    model: type[models.Model]

    def get_urls(self) -> list[URLPattern]:
        removed = path(
            "removed/",
            self.admin_site.admin_view(self.removed_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_removed",
        )
        urls: list[URLPattern] = super().get_urls()
        return [removed, *urls]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saving a form in which nothing was changed is no line of history."""
        if form.has_changed() or not change:
            super().save_model(request, obj, form, change)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        where = history.scope(row)
        page = Paginator(history.heads(where), PAGE_SIZE).get_page(request.GET.get("p"))
        context = {
            "title": _("History: %s") % row,
            "lines": history.read(where, page),
            "page": page,
            "original": row,
            "may_change": self.has_change_permission(request, row),
            **(extra_context or {}),
        }
        return self._page(request, "admin/programs/history.html", context)

    def removed_view(self, request: HttpRequest) -> HttpResponse:
        """Everything of this kind that was removed and could come back."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            "title": _("Removed: %s") % self.opts.verbose_name_plural,
            "lines": history.removed(self.model),
            "may_change": self.has_change_permission(request),
        }
        return self._page(request, "admin/programs/history.html", context)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A version of before beside how it reads now; a POST brings it back."""
        if not self.has_change_permission(request):  # before a 404 could tell which rows exist
            raise PermissionDenied
        versions = self.model.history  # type: ignore[attr-defined]
        if not all(key.isdecimal() and len(key) < 19 for key in (object_id, version_id)):
            raise Http404
        record = get_object_or_404(versions, id=object_id, history_id=version_id)
        now = self.model._default_manager.filter(pk=record.id).first()
        if not self.has_change_permission(request, now):
            raise PermissionDenied
        if request.method == "POST":
            return self._bring_back(request, record)
        context = {
            "title": _("Bring back: %s") % history.as_written(self.model, record),
            "record": record,
            "gone": now is None,
            "changes": restoring.coming_back(self.model, record, now),
            "back": self._back(now, record),
            **(extra_context or {}),
        }
        return self._page(request, "admin/programs/bring_back.html", context)

    def _bring_back(self, request: HttpRequest, record: Any) -> HttpResponse:
        try:
            row = restoring.bring_back(self.model, record)
        except restoring.CannotBringBack as refusal:
            text = _("Nothing was changed. %(reason)s") % {"reason": refusal}
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.path)
        text = _("“%(name)s” is back as it was. Nothing is lost: what it replaced is in the history.")
        self.message_user(request, text % {"name": row}, messages.SUCCESS)
        return HttpResponseRedirect(self._back(row, record))

    def _back(self, row: models.Model | None, record: Any) -> str:
        """Where staff came from: the programme of a part, the row itself, or the list it is gone from."""
        place = f"admin:{self.opts.app_label}"
        if issubclass(self.model, Part):
            return reverse(f"{place}_program_history", args=[record.program_id])
        if row is None:
            return reverse(f"{place}_{self.opts.model_name}_changelist")
        return reverse(f"{place}_{self.opts.model_name}_change", args=[row.pk])

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return render(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )
