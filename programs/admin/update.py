"""Progress updates: written, approved, published. Publishing owes letters, so it is a step of its own."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.admin import layout
from programs.admin.languages import WordsFilter, completeness
from programs.models import ProgressUpdate, UpdateStatus
from programs.models.update import ProgramIsDraft


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(layout.PublishableAdmin):
    list_display = ("title", "program", "standing", completeness, "published_at", "updated_at")
    list_filter = ("status", "program", WordsFilter, "published_at")
    list_select_related = ("program",)
    empty_text = _("No news yet. The first update tells readers what their gifts have made possible.")
    search_fields = ("title_en", "title_fr", "body_en", "body_fr")
    date_hierarchy = "published_at"
    readonly_fields = ("standing", "published_at")
    actions = ("approve", "publish", "unpublish")
    moves: ClassVar = {
        "_approve": ProgressUpdate.approve,
        "_publish": ProgressUpdate.publish,
        "_unpublish": ProgressUpdate.unpublish,
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        words = layout.rows(ProgressUpdate, "status", "publish_at")
        if obj is None:
            return [*words, "publish_at"]
        return [*words, "standing", "published_at" if obj.is_published else "publish_at"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug_en": ("title_en",), "slug_fr": ("title_fr",)}

    @admin.action(description=_("Approve the chosen updates"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self.step(request, queryset, "_approve")

    @admin.action(
        description=_("Publish the chosen updates and write to their subscribers"), permissions=["change"]
    )
    def publish(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self.step(request, queryset.select_related("program"), "_publish")

    @admin.action(description=_("Take the chosen updates off the site"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]) -> None:
        self.step(request, queryset, "_unpublish")

    def step(self, request: HttpRequest, rows: Iterable[ProgressUpdate], button: str) -> None:
        moved = 0
        for update in rows:
            try:
                moved += self.moves[button](update)
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
