"""Progress updates: written, approved, published. Publishing owes letters, so it is a step of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.admin import layout
from programs.models import ProgressUpdate, UpdateStatus
from programs.models.update import ProgramIsDraft

MOVES: dict[str, Callable[[ProgressUpdate], bool]] = {
    "_approve": ProgressUpdate.approve,
    "_publish": ProgressUpdate.publish,
    "_unpublish": ProgressUpdate.unpublish,
}


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(layout.ContentAdmin):
    list_display = ("title", "program", "status", "published_at", "updated_at")
    list_filter = ("status", "program", "published_at")
    list_select_related = ("program",)
    search_fields = ("title_en", "title_fr", "body_en", "body_fr")
    date_hierarchy = "published_at"
    readonly_fields = ("status", "published_at")
    actions = ("approve", "publish", "unpublish")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*layout.rows(ProgressUpdate, "status"), *(["status", "published_at"] if obj else [])]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug_en": ("title_en",), "slug_fr": ("title_fr",)}

    def save_model(self, request: HttpRequest, obj: ProgressUpdate, form: Any, change: bool) -> None:
        """Save what was typed, then make the step whose button was pressed."""
        super().save_model(request, obj, form, change)
        for button in MOVES.keys() & request.POST.keys():
            self._move(request, [obj], button)

    def response_change(self, request: HttpRequest, obj: ProgressUpdate) -> HttpResponse:
        if MOVES.keys() & request.POST.keys():
            return HttpResponseRedirect(request.get_full_path())
        response: HttpResponse = super().response_change(request, obj)
        return response

    @admin.action(description=_("Approve the chosen updates"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self._move(request, queryset, "_approve")

    @admin.action(
        description=_("Publish the chosen updates and write to their subscribers"), permissions=["change"]
    )
    def publish(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self._move(request, queryset.select_related("program"), "_publish")

    @admin.action(description=_("Take the chosen updates off the site"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self._move(request, queryset, "_unpublish")

    def _move(
        self, request: HttpRequest, updates: QuerySet[ProgressUpdate] | list[ProgressUpdate], button: str
    ) -> None:
        """Make the step for each, and say what came of it."""
        moved = 0
        for update in updates:
            try:
                moved += MOVES[button](update)
            except ProgramIsDraft:
                text = _("“%(update)s” stays unpublished: its programme is a draft. Publish that first.")
                self.message_user(request, text % {"update": update.title}, messages.ERROR)
        if moved:
            self.message_user(request, self._said(button, moved), messages.SUCCESS)

    @staticmethod
    def _said(button: str, count: int) -> str:
        if button == "_publish":
            text = ngettext(
                "%(count)d update is on the site. Letters go to those who asked for news.",
                "%(count)d updates are on the site. Letters go to those who asked for news.",
                count,
            )
        elif button == "_approve":
            text = ngettext("%(count)d update is approved.", "%(count)d updates are approved.", count)
        else:
            text = ngettext("%(count)d update is off the site.", "%(count)d updates are off the site.", count)
        return text % {"count": count}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        shown: HttpResponse = super().render_change_form(
            request, {**context, "status": UpdateStatus}, *args, **kwargs
        )
        return shown
