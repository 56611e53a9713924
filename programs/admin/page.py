from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from programs.admin import layout
from programs.admin.languages import WordsFilter, completeness
from programs.models import Page


@admin.register(Page)
class PageAdmin(layout.PublishableAdmin):
    list_display = ("title", "standing", completeness, "in_footer", "order", "updated_at")
    list_filter = ("status", WordsFilter, "in_footer")
    readonly_fields = ("standing",)
    search_fields = ("title_en", "title_fr", "body_en", "body_fr")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        words = layout.rows(Page, "status", "publish_at")
        if obj is None:
            return [*words, "publish_at"]
        return [*words, "standing"] if obj.is_published else [*words, "standing", "publish_at"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug_en": ("title_en",), "slug_fr": ("title_fr",)}
