from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from programs.admin import layout
from programs.models import Page


@admin.register(Page)
class PageAdmin(layout.ContentAdmin):
    list_display = ("title", "in_footer", "order", "updated_at")
    list_filter = ("in_footer",)
    search_fields = ("title_en", "title_fr", "body_en", "body_fr")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return layout.rows(Page)
