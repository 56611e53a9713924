from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.admin import layout
from programs.admin.languages import WordsFilter, completeness
from programs.admin.parts import INLINES
from programs.euros import shown
from programs.models import Program


@admin.register(Program)
class ProgramAdmin(layout.PublishableAdmin):
    list_display = ("title", "standing", completeness, "target", "starts_on", "years")
    list_filter = ("status", WordsFilter)
    search_fields = ("title_en", "title_fr", "tagline_en", "tagline_fr")
    inlines = INLINES
    readonly_fields = ("standing",)
    empty_text = _("No programme yet.")
    instead = _("Take it off the site instead: visitors no longer see it, and the books stay whole.")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title_en", "title_fr"),
                    ("slug_en", "slug_fr"),
                    ("tagline_en", "tagline_fr"),
                    ("summary_en", "summary_fr"),
                )
            },
        ),
        (
            _("What it needs"),
            {
                "fields": (
                    "target_cents",
                    ("starts_on", "years"),
                    ("needs_heading_en", "needs_heading_fr"),
                    ("funding_note_en", "funding_note_fr"),
                    ("resources_heading_en", "resources_heading_fr"),
                )
            },
        ),
    )
    prepopulated_fields = {"slug_en": ("title_en",), "slug_fr": ("title_fr",)}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        stands = [*(["standing"] if obj else []), *([] if obj and obj.is_published else ["publish_at"])]
        return [*self.fieldsets, (_("On the site"), {"fields": stands})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "target_cents":
            field.error_messages["required"] = _(
                "Write how much is needed: the page shows how far it has come."
            )
        return field

    @admin.display(description=_("target"), ordering="target_cents")
    def target(self, program: Program) -> str:
        return shown(program.target_cents)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address follows the title while the programme is new; afterwards links point at it."""
        return {} if obj else self.prepopulated_fields
