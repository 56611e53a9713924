"""Two people saving the same thing: the second is told, loses nothing, and may save all the same.

A form carries the numbers of the last lines of history that its writer could have seen. What comes
after them was saved by somebody else in the meantime. The programme's `revision` would not do: it
moves with every gift.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from programs import history
from programs.admin.rebasing import Clash, Sent
from programs.models import Part, Program

SEEN: Final = "_seen"
_GONE: Final = "gone"  # its writer has been told that it was removed


@dataclass(frozen=True)
class Conflict:
    """What others did while somebody wrote; `clashes` are the fields that both changed."""

    lines: list[history.Line]
    clashes: frozenset[Clash]
    gone: bool = False

    @property
    def who(self) -> str:
        return ", ".join(dict.fromkeys(line.who for line in self.lines))

    @property
    def both(self) -> list[history.Line]:
        """The lines of the clashes, with these fields alone."""
        return self._only(lambda clashes: clashes)

    @property
    def others(self) -> list[history.Line]:
        """The lines of what only others changed."""
        return self._only(lambda clashes: not clashes)

    def _only(self, wanted: Any) -> list[history.Line]:
        found = []
        for line in self.lines:
            changes = [
                change
                for change in line.changes
                if wanted((line.model, line.record.id, change.name) in self.clashes)
            ]
            if changes or (not line.changes and wanted(False)):
                found.append(replace(line, changes=changes))
        return found


class ContentForm(forms.ModelForm[Any]):
    """Not valid while its writer has not been told what others saved in the meantime."""

    conflict: ClassVar[Conflict | None] = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.conflict is not None:
            text = _("Nothing is saved yet. Read above what others did in the meantime, then save again.")
            self.add_error(None, ValidationError(text, code="conflict"))
        return cleaned


class ConflictAdmin(ModelAdmin[Any]):
    """Nobody overwrites what they have not seen."""

    form = ContentForm

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Look and save are one transaction on a locked row: of two at once, the second sees the first's."""
        if request.method != "POST" or object_id is None or not self.has_change_permission(request):
            # Before the row is read: what is seen is never older than the token says.
            seen = _token(self.model(pk=_number(object_id))) if object_id else ""
            return super().changeform_view(
                request, object_id, form_url, {"seen": seen, **(extra_context or {})}
            )
        with transaction.atomic():
            row = self._locked(unquote(object_id))
            if row is None and self.model.history.filter(id=_number(object_id)).exists():
                return self._save_again(request, object_id, extra_context)
            conflict = None if row is None else self._meet(request, row)
            _set_conflict(request, conflict)
            context = {**(extra_context or {}), "conflict": conflict}
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        conflict = _conflict(request)
        return type(form.__name__, (form,), {"conflict": conflict}) if conflict else form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A form shown again after a mistake stays on what was seen at first; after a conflict, on now."""
        if request.method == "POST":
            conflict = _conflict(request)
            untold = [context["adminform"].form.non_field_errors()]
            if conflict is not None and list(context["errors"]) == untold:
                context["errors"] = []  # there is nothing to correct
            context["seen"] = (
                _GONE
                if conflict is not None and conflict.gone
                else _token(context["original"])
                if conflict is not None
                else request.POST.get(SEEN, "")
            )
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return shown

    def _locked(self, key: str) -> models.Model | None:
        """The row, and with a part its programme, held until the end of the transaction."""
        rows = self.model._default_manager.filter(pk=_number(key))
        if issubclass(self.model, Part):
            list(Program.objects.select_for_update(no_key=True).filter(pk__in=rows.values("program_id")))
        found: models.Model | None = rows.select_for_update(no_key=True).first()
        return found

    def _meet(self, request: HttpRequest, row: models.Model) -> Conflict | None:
        """None where nobody saved in between; else what was sent is put onto the version of now."""
        where = history.scope(row)
        seen = _read(request.POST.get(SEEN, ""), len(where))
        if seen is None:
            return Conflict([], frozenset())
        lines = history.since(where, seen)
        return Conflict(lines, self._rebase(request, row, seen)) if lines else None

    def _rebase(self, request: HttpRequest, row: models.Model, seen: list[int]) -> frozenset[Clash]:
        where = history.scope(row)
        bases = {model: _bases(model, only, last) for (model, only), last in zip(where, seen, strict=True)}
        sent = _sent(request)
        base = bases[type(row)].get(row.pk)
        if base is not None:
            sent.follow(self.get_form(request, row, change=True)(instance=row), base)
        for inline in self.get_inline_instances(request, row):
            formset_class = inline.get_formset(request, row)
            formset = formset_class(instance=row, queryset=inline.get_queryset(request))
            sent.follow_rows(formset, bases[inline.model])
        request.POST = sent.data  # type: ignore[assignment]
        return frozenset(sent.clashes)

    def _save_again(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """What was written of something that is gone: offered as a new one at first, then saved as one."""
        told = request.POST.get(SEEN) == _GONE
        if not told:
            last = self.model.history.filter(id=_number(object_id))[:1]
            _set_conflict(request, Conflict(history.lines(self.model, last), frozenset(), gone=True))
            sent = _sent(request)
            for inline in self.get_inline_instances(request):
                rows = inline.get_formset(request)
                sent.forget_rows(rows.get_default_prefix(), rows.fk.name)  # type: ignore[attr-defined]
            request.POST = sent.data  # type: ignore[assignment]
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        context = {**(extra_context or {}), "conflict": _conflict(request)}
        response: HttpResponse = super().changeform_view(request, None, address, context)
        return response


def _sent(request: HttpRequest) -> Sent:
    return Sent(request.POST.copy(), request.FILES)


def _bases(model: type[models.Model], only: dict[str, Any], last: int) -> dict[int, Any]:
    """The rows as they read at the line `last` of history, by number."""
    read = model.history.filter(**only, history_id__lte=last)  # type: ignore[attr-defined]
    newest = read.values("id").annotate(newest=Max("history_id")).values("newest")
    rows = model.history.filter(history_id__in=newest).exclude(history_type="-")  # type: ignore[attr-defined]
    return {row.id: row for row in rows}


def _token(row: models.Model) -> str:
    return "-".join(str(number) for number in history.latest(history.scope(row)))


def _read(token: str, length: int) -> list[int] | None:
    """None where it is not one of ours, or of another release."""
    parts = token.split("-")
    known = len(parts) == length and all(part.isascii() and part.isdigit() for part in parts)
    return [int(part[:18]) for part in parts] if known else None


def _number(key: str) -> int:
    """The row's number; that of no row where it is none."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


def _conflict(request: HttpRequest) -> Conflict | None:
    return getattr(request, "conflict", None)


def _set_conflict(request: HttpRequest, conflict: Conflict | None) -> None:
    request.conflict = conflict  # type: ignore[attr-defined]
