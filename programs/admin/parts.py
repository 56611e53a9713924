"""The parts of a programme's page: edited inside the programme; each with its own history."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.forms import PaginationInlineFormSet

from programs import models
from programs.admin import layout, plain


class InOrder(PaginationInlineFormSet):  # type: ignore[misc]  # the library says nothing of its types
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance._state.adding:
            form.fields["order"].required = False

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """A new row whose place nobody chose comes last, after the others as they were just saved."""
        if "order" not in form.changed_data or form.cleaned_data["order"] is None:
            last = form.instance.__class__.objects.filter(program=self.instance).aggregate(last=Max("order"))
            form.instance.order = (last["last"] or 0) + 1
        return super().save_new(form, commit=commit)


class OneDefault(InOrder):
    def clean(self) -> None:
        """At most one amount is chosen at first for each frequency: two checked radios make none."""
        super().clean()
        kept = [
            form.cleaned_data for form in self.forms if form.is_valid() and form not in self.deleted_forms
        ]
        chosen = [facts["frequency"] for facts in kept if facts.get("is_default")]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(_("Choose one amount at first for each frequency, not several."))


class PartInline(layout.Worded, plain.PlainInline):
    """Rows to drag, or to move with their buttons, or by writing another number; folded until opened."""

    extra = 0
    formset = InOrder
    ordering_field = "order"
    collapsible = True
    classes = ("collapse",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return layout.rows(self.model, "program")


def _inline(part: type[models.Part], **attributes: Any) -> type[PartInline]:
    return type(f"{part.__name__}Inline", (PartInline,), {"model": part, **attributes})


INLINES: list[Any] = [
    _inline(models.Testimonial),
    _inline(models.Section),
    _inline(models.Resource),
    _inline(models.KeyFigure),
    _inline(models.FundingNeed),
    _inline(models.SuggestedAmount, formset=OneDefault),
    _inline(models.Milestone),
    _inline(models.Picture),
    _inline(models.Question),
]


class PartAdmin(layout.ContentAdmin):
    """Reached from the programme, to see and bring back what was written before."""

    readonly_fields = ("program",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["program", *layout.rows(self.model, "program")]


for inline in INLINES:
    admin.site.register(inline.model, PartAdmin)
