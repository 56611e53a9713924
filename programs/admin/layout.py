"""How a form is laid out: a row for each thing to say, with a column for each language."""

from typing import Any

from django.conf import settings
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms import Script
from django.http import HttpRequest
from modeltranslation.translator import translator

from programs import history
from programs.admin.conflicts import ConflictAdmin
from programs.admin.past import PastAdmin
from programs.admin.plain import PlainAdmin
from programs.admin.previewing import PreviewAdmin
from programs.admin.steps import StepsAdmin


class Worded:
    """Fields named as people name them, each text in the language it is written in."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is None:
            return None
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            # A choice is a choice: no buttons beside it to change or delete what it points at.
            field.widget = field.widget.widget
        if hasattr(db_field, "translated_field"):
            field.label = history.label(db_field)
            field.widget.attrs["lang"] = db_field.language
        return field


class ContentAdmin(Worded, ConflictAdmin, PastAdmin, PlainAdmin):
    """Words and numbers of the site: with their history, and a link to the page in each language."""

    view_on_site = False  # the form's template links to the page in each language

    class Media:
        css = {"all": ["css/admin-content.css"]}
        js = tuple(
            Script(f"js/{name}.js", type="module")
            for name in ("focal-point", "form-languages", "move-rows", "copy-link")
        )

    compressed_fields = False  # a label stands over its field: two languages fit side by side


class PublishableAdmin(StepsAdmin, PreviewAdmin, ContentAdmin):
    """What has a page of its own, which is a draft at first."""

    list_after_template = "admin/programs/_removed_link.html"


def rows(model: type[models.Model], *left_out: str) -> list[Any]:
    """Every editable field of `model` in its order, the two languages of a text on one row."""
    translated = translator.get_options_for_model(model).all_fields
    found: list[Any] = []
    for field in model._meta.fields:
        if not field.editable or field.primary_key or field.name in left_out:
            continue
        if field.name in translated:
            found.append(tuple(f"{field.name}_{language}" for language, _name in settings.LANGUAGES))
        elif not hasattr(field, "translated_field"):
            found.append(field.name)
    return found
