"""A form that was filled in on an older version, put onto the version of now.

Field by field: what its writer left alone follows what others have saved since; what its writer
changed stays as written, also where others changed it too (a clash). Rows that others added appear;
rows that others removed are gone, unless the writer changed them: then they come as new ones.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

Clash = tuple[type[models.Model], int, str]  # of which row, and which of its fields
_Store = MultiValueDict[str, Any]
_Row = dict[str, tuple[bool, list[Any]]]  # by field: is it a file, and what was sent


@dataclass
class Sent:
    """What a browser sent; put onto the version of now in place."""

    data: QueryDict
    files: _Store
    clashes: set[Clash] = field(default_factory=set)

    def follow(self, form: forms.BaseModelForm[Any], base: Any) -> None:
        """Rebase what was sent for `form`, which is unbound, stands on the row of now and has its prefix.

        `base` is the row as its writer had read it.
        """
        for name, asked in _texts(form):
            column = form.instance._meta.get_field(name).attname
            before, now = getattr(base, column), getattr(form.instance, column)
            if (before or None) == (now or None):
                continue
            sent = asked.widget.value_from_datadict(self.data, self.files, form.add_prefix(name))
            if not asked.has_changed(before, sent):
                _put(self.data, asked, form.add_prefix(name), form.get_initial_for_field(asked, name))
            elif asked.has_changed(now, sent):
                self.clashes.add((type(form.instance), form.instance.pk, name))

    def follow_rows(self, formset: BaseInlineFormSet[Any, Any, Any], bases: dict[int, Any]) -> None:
        """Rebase the rows sent for `formset`, which is unbound and stands on the rows of now.

        `bases` are the rows as their writer had read them, by number.
        """
        prefix = formset.prefix or ""
        known, new = self._take_rows(prefix)
        for place, form in enumerate(formset.initial_forms):
            form.prefix = f"{prefix}-{place}"
            key = form.instance.pk
            if key in known:
                self._put_row(form.prefix, known.pop(key))
                if key in bases:
                    self.follow(form, bases[key])
                continue
            for name, asked in form.fields.items():
                if name != DELETION_FIELD_NAME:
                    _put(self.data, asked, form.add_prefix(name), form.get_initial_for_field(asked, name))
        kept = [row for key, row in known.items() if _is_changed(formset, row, bases.get(key))]
        self._put_new(prefix, len(formset.initial_forms), [*kept, *new])

    def forget_rows(self, prefix: str, parent: str) -> None:
        """The row that these belonged to, in their field `parent`, is gone: every one of them is new."""
        known, new = self._take_rows(prefix)
        self._put_new(prefix, 0, [{**row, parent: (False, [""])} for row in [*known.values(), *new]])

    def _take_rows(self, prefix: str) -> tuple[dict[int, _Row], list[_Row]]:
        """The rows as they were sent, taken out: by their number those that had one, and the new ones."""
        name = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-(\w+)")
        rows: dict[int, _Row] = {}
        stores: tuple[_Store, _Store] = (self.data, self.files)
        for store in stores:
            for key in list(store):
                if found := name.fullmatch(key):
                    sent = (store is self.files, store.getlist(key))
                    rows.setdefault(int(found[1]), {})[found[2]] = sent
                    del store[key]
        known: dict[int, _Row] = {}
        new = []
        for _place, row in sorted(rows.items()):
            number = str(row.get("id", (False, [""]))[1][0])
            if number.isdecimal() and len(number) < 19:
                known[int(number)] = row
            else:
                new.append(row)
        return known, new

    def _put_new(self, prefix: str, start: int, rows: list[_Row]) -> None:
        for place, row in enumerate(rows, start):
            self._put_row(f"{prefix}-{place}", {**row, "id": (False, [""])})
        self.data[f"{prefix}-INITIAL_FORMS"] = str(start)
        self.data[f"{prefix}-TOTAL_FORMS"] = str(start + len(rows))

    def _put_row(self, prefix: str, row: _Row) -> None:
        for name, (is_file, values) in row.items():
            store: _Store = self.files if is_file else self.data
            store.setlist(f"{prefix}-{name}", values)


def _texts(form: forms.BaseModelForm[Any]) -> list[tuple[str, forms.Field]]:
    """What people fill in, files aside: of a file nothing comes back to the browser."""
    own = {f.name for f in form.instance._meta.concrete_fields if f.editable and not f.primary_key}
    return [
        (name, asked)
        for name, asked in form.fields.items()
        if name in own and not isinstance(asked.widget, forms.FileInput | forms.HiddenInput)
    ]


def _is_changed(formset: BaseInlineFormSet[Any, Any, Any], row: _Row, base: Any) -> bool:
    """Whether its writer changed a row that others have removed; not if its writer removed it too."""
    if DELETION_FIELD_NAME in row:
        return False
    if base is None or any(is_file and values for is_file, values in row.values()):
        return True
    form = formset.empty_form
    data = QueryDict(mutable=True)
    for name, (_is_file, values) in row.items():
        data.setlist(form.add_prefix(name), values)
    return any(
        asked.has_changed(
            getattr(base, form.instance._meta.get_field(name).attname),
            asked.widget.value_from_datadict(data, MultiValueDict(), form.add_prefix(name)),
        )
        for name, asked in _texts(form)
    )


def _put(data: QueryDict, asked: forms.Field, name: str, value: Any) -> None:
    """Write `value` as a browser would send it back unchanged."""
    _put_in(data, asked.widget, name, asked.prepare_value(value))


def _put_in(data: QueryDict, widget: forms.Widget, name: str, value: Any) -> None:
    if isinstance(widget, forms.FileInput):
        return
    if isinstance(widget, forms.MultiWidget):
        for place, (part, piece) in enumerate(
            zip(widget.widgets, widget.decompress(value) or (), strict=True)
        ):
            _put_in(data, part, f"{name}_{place}", piece)
    elif isinstance(widget, forms.CheckboxInput):
        data.setlist(name, ["on"] if value else [])
    elif isinstance(widget, forms.Select):
        data.setlist(name, widget.format_value(value))
    else:
        written = widget.format_value(value)
        data[name] = "" if written is None else str(written)
