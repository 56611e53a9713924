"""From draft to the site and back: a button for each step, and a time at which it happens by itself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.admin.conflicts import ContentForm
from programs.models import Page, Program
from programs.models.publishing import Publishable


class PublishableForm(ContentForm):
    def clean_publish_at(self) -> Any:
        """A time to come. One that has passed is left alone where it stood there already: it is late."""
        moment = self.cleaned_data["publish_at"]
        if moment is not None and "publish_at" in self.changed_data and moment <= timezone.now():
            text = _("%(moment)s has passed. Choose a time to come, or leave this empty and publish by hand.")
            raise ValidationError(text, code="past", params={"moment": written(moment)})
        return moment


class StepsAdmin(admin.ModelAdmin[Any]):
    """The status moves by steps, never by a field that is saved with the words."""

    form = PublishableForm
    moves: ClassVar[Mapping[str, Callable[[Any], bool]]] = {
        "_publish": lambda row: bool(row.publish()),
        "_unpublish": lambda row: bool(row.unpublish()),
    }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what was typed, then make the step whose button was pressed. What is new is a draft."""
        if not change:
            obj.status = "draft"
        super().save_model(request, obj, form, change)
        for button in self.moves.keys() & request.POST.keys():
            self.step(request, [obj], button)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """After a step, stay: its writer wants to see where it stands now."""
        if self.moves.keys() & request.POST.keys():
            names = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            return HttpResponseRedirect(reverse(f"{names}_change", args=[obj.pk]))
        response: HttpResponse = super().response_change(request, obj)
        return response

    def step(self, request: HttpRequest, rows: Iterable[Any], button: str) -> None:
        """Make the step for each, and say what came of it."""
        for row in rows:
            if self.moves[button](row):
                text = (
                    _("“%(name)s” is on the site.") if row.is_published else _("“%(name)s” is off the site.")
                )
                self.message_user(request, text % {"name": row}, messages.SUCCESS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        context["steps"] = isinstance(row, Program | Page) and self.has_change_permission(request, row)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def standing(self, row: Publishable) -> str:
        """The status, and what is planned."""
        status = str(row.get_status_display())  # type: ignore[attr-defined]
        if row.publish_at is None:
            return status
        if row.publish_at <= timezone.now():
            return _("%(status)s, late: due %(moment)s") % {
                "status": status,
                "moment": written(row.publish_at),
            }
        return _("%(status)s, planned for %(moment)s") % {"status": status, "moment": written(row.publish_at)}


def written(moment: Any) -> str:
    """In Paris, as people write it."""
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
