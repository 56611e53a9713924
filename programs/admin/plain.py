"""What every list and form of the admin has: the theme's looks, and plain words where Django is curt."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import NestedObjects, quote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DataError, router
from django.db.models import Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from programs import language_names

Words = str | Promise
GOOD, WAITING, BAD, QUIET = "good", "waiting", "bad", "quiet"


class PlainAdmin(ModelAdmin):  # type: ignore[misc]  # the library says nothing of its types
    """A list that says in words that it is empty, and a refusal to delete that says why."""

    empty_text: Words = gettext_lazy("There is nothing here yet.")
    # What to do in place of deleting a row that others refer to.
    instead: Words = gettext_lazy("Change it instead of deleting it.")

    show_full_result_count = False  # one count of a long list is enough
    compressed_fields = False  # a label stands over its field: two languages fit side by side

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice is a choice: no buttons beside it to change or delete what it points at."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list that an address asks for. Raises `IncorrectLookupParameters` where it asks for nonsense: a
        day after the last of all, a number or a text that no database takes. Django, which answers that with
        the whole list, looks at most of what is asked itself, and not at these.
        """
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError, DataError) as error:
            if not request.GET:
                raise
            raise IncorrectLookupParameters from error

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django's, and None where the number is larger than any: SQLite refuses some of those."""
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:
            return None

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        row = context["object"]
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(row.pk)])
        return super().render_delete_form(request, {**context, "instead": self.instead, "back": back})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Where something must stay, what refers to it is counted and not listed: a list names people."""
        kept = referring(objs)
        if kept:
            return [], {}, set(), [capfirst(line) for line in kept]
        return super().get_deleted_objects(objs, request)


class PlainInline(StackedInline):  # type: ignore[misc]
    """Rows inside a form: one that must stay says so beside itself."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = _saying_why(formset.form)
        return formset


class ReadOnlyAdmin(PlainAdmin):
    """What people and processes wrote. Looking is allowed; changing happens by deeds that leave a trace."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With a link to its history where there is one: nobody changes these by hand, and most have none."""
        extra = {"show_history": self._has_history(object_id), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def _has_history(self, object_id: str | None) -> bool:
        """Whether somebody has done something to it, which the page alone may not say: who, when and why."""
        if not (object_id or "").isdecimal():
            return False
        kind = ContentType.objects.get_for_model(self.model)
        return LogEntry.objects.filter(content_type=kind, object_id=object_id).exists()

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_by_name(self, obj: Any) -> str:
        """For rows that say in which language somebody is written to."""
        return language_names.inside_a_sentence(obj.language).capitalize()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):  # type: ignore[misc]
    extra = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def badge(text: Words, tone: str = QUIET) -> SafeString:
    """A state, coloured by what it means for whoever looks: the words say it too."""
    return format_html('<span class="badge badge--{}">{}</span>', tone, text)


def referring(rows: QuerySet[Any] | Iterable[Model]) -> list[str]:
    """How many rows of each kind refer to `rows` and keep them from being deleted: `donations: 12`."""
    rows = list(rows)
    if not rows:
        return []
    collector = NestedObjects(using=router.db_for_write(type(rows[0])))
    collector.collect(rows)
    found = Counter(str(row._meta.verbose_name_plural) for row in collector.protected)
    return [_("%(kind)s: %(count)d") % {"kind": kind, "count": found[kind]} for kind in sorted(found)]


def _saying_why(form_class: Any) -> Any:
    class Form(form_class):  # type: ignore[misc]
        def hand_clean_DELETE(self) -> None:  # noqa: N802  # the name that Django calls
            """Raise ValidationError where the row must stay: Django shows it above the rows."""
            if not self.cleaned_data.get(DELETION_FIELD_NAME) or self.instance._state.adding:
                return
            if kept := referring([self.instance]):
                text = _(
                    "“%(row)s” cannot be removed: money refers to it (%(kept)s). Change its words instead."
                )
                raise ValidationError(text % {"row": self.instance, "kept": ", ".join(kept)}, code="kept")

    Form.__name__, Form.__qualname__ = form_class.__name__, form_class.__qualname__
    return Form
