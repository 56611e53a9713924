"""Seeing what one writes: a link to a draft to pass on, and the form itself as the page it would make."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programs import previews
from programs.views.preview import shown


class PreviewAdmin(ModelAdmin[Any]):
    """For what has a page of its own."""

    def get_urls(self) -> list[URLPattern]:
        names = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        own = [
            path("preview/", wrap(self.form_preview_view), name=f"{names}_preview_new"),
            path("<path:object_id>/preview/", wrap(self.form_preview_view), name=f"{names}_preview"),
            path(
                "<path:object_id>/end-previews/", wrap(self.end_previews_view), name=f"{names}_end_previews"
            ),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: previews.Draft | None = context.get("original")
        draft = None if row is None or previews.is_public(row) else row
        context["preview_links"] = [
            {"code": code, "address": previews.address(draft, code)}
            for code, _name in settings.LANGUAGES
            if draft is not None
        ]
        context["preview_days"] = previews.LAST.days
        names = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        context["form_preview"] = (
            reverse(f"{names}_preview_new") if row is None else reverse(f"{names}_preview", args=[row.pk])
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def form_preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The page that saving this form would make. It is saved, read and undone in one transaction.

        Nothing of it stays: no row, no history, no letter owed, no page cached.
        """
        row = None if object_id is None else self.get_object(request, unquote(object_id))
        if object_id is not None and row is None:
            raise Http404
        if not (self.has_change_permission(request, row) if row else self.has_add_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            names = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            back = reverse(f"{names}_add") if row is None else reverse(f"{names}_change", args=[row.pk])
            return HttpResponseRedirect(back)
        known = dict(settings.LANGUAGES)
        language = request.GET.get("language", "")
        with transaction.atomic():
            try:
                return self._page_of_form(request, row, language if language in known else "")
            finally:
                transaction.set_rollback(True)

    def _page_of_form(self, request: HttpRequest, row: Any, language: str) -> HttpResponse:
        change = row is not None
        form = self.get_form(request, row, change=change)(request.POST, request.FILES, instance=row)
        valid = form.is_valid()
        made = self.save_form(request, form, change=change) if valid else form.instance
        formsets, _instances = self._create_formsets(request, made, change=change)  # type: ignore[attr-defined]
        if not all_valid(formsets) or not valid:
            context = {
                **self.admin_site.each_context(request),
                "title": _("The preview waits"),
                "opts": self.opts,
                "mistakes": _mistakes([form, *(each for rows in formsets for each in rows.forms)], formsets),
            }
            return render(request, "admin/programs/preview_refused.html", context)
        made.save()
        for rows in formsets:
            rows.save()
        with translation.override(language or translation.get_language()):
            return shown(request, self.model._default_manager.get(pk=made.pk), preview="form")

    def end_previews_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return require_POST(self._end_previews)(request, object_id)

    def _end_previews(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        row.end_previews()
        text = _("Every link to this preview that was shared so far has ended. The links below are new.")
        self.message_user(request, text, messages.SUCCESS)
        names = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return HttpResponseRedirect(reverse(f"{names}_change", args=[row.pk]))


def _mistakes(forms: list[Any], formsets: list[Any]) -> list[str]:
    """Each mistake as one line, with the name of its field."""
    found = []
    for form in forms:
        for name, errors in form.errors.items():
            label = "" if name == "__all__" else capfirst(str(form.fields[name].label or name))
            found += [f"{label}: {error}" if label else str(error) for error in errors]
    for formset in formsets:
        found += [str(error) for error in formset.non_form_errors()]
    return found
