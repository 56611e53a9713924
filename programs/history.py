"""Who wrote what, and when: the lines of history of a programme with its parts, of an update, of a page."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext

from programs import differences, language_names
from programs.euros import CentsField, shown
from programs.models import Part, Program
from programs.models.publishing import BY_SCHEDULE
from programs.models.rich_text import RichTextField

PARTS: Final[list[type[Part]]] = Part.__subclasses__()
BROUGHT_BACK: Final = "brought back"  # the reason that history keeps

Scope = list[tuple[type[models.Model], dict[str, Any]]]


@dataclass(frozen=True)
class Change:
    """One field between two versions, `old` and `new` as people read them."""

    name: str
    label: str
    old: str
    new: str

    @property
    def pieces(self) -> list[differences.Piece]:
        return differences.pieces(self.old, self.new)


@dataclass(frozen=True)
class Line:
    """One saving of one row."""

    record: Any
    model: type[models.Model]
    kind: Literal["added", "changed", "removed"]
    changes: list[Change]
    back_to: int | None = None  # the version that undoes it

    @property
    def what(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def address(self) -> str:
        """Where in the admin what this line did is undone; nowhere where nothing was replaced."""
        if self.back_to is None:
            return ""
        names = self.model._meta
        place = f"admin:{names.app_label}_{names.model_name}_simple_history"
        return reverse(place, args=[self.record.id, self.back_to])

    @property
    def title(self) -> str:
        return str(as_written(self.model, self.record))

    @property
    def when(self) -> dt.datetime:
        moment: dt.datetime = self.record.history_date
        return moment

    @property
    def who(self) -> str:
        """A name; or which machinery, where no person pressed a button."""
        user: AbstractBaseUser | None = self.record.history_user
        if user is not None:
            return user.get_full_name() or user.get_username()  # type: ignore[attr-defined]
        by_schedule = self.record.history_change_reason == BY_SCHEDULE
        return gettext("the schedule") if by_schedule else gettext("the system")

    @property
    def moment(self) -> tuple[str, str]:
        """Who and when, to the minute: what is saved together stands together."""
        return self.who, formats.date_format(timezone.localtime(self.when), "DATETIME_FORMAT")

    @property
    def brought_back(self) -> bool:
        return bool(self.record.history_change_reason == BROUGHT_BACK)


def fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """What staff write in a `model`: a translated text is its columns, one a language."""
    translated = {
        field.translated_field.name
        for field in model._meta.concrete_fields
        if hasattr(field, "translated_field")
    }
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and not field.is_relation and field.name not in translated
    ]


def label(field: models.Field[Any, Any]) -> str:
    """`Heading (French)`."""
    original = getattr(field, "translated_field", None)
    if original is None:
        return str(field.verbose_name).capitalize()
    language = language_names.inside_a_sentence(field.language)  # type: ignore[attr-defined]
    return f"{str(original.verbose_name).capitalize()} ({language})"


def said(field: models.Field[Any, Any], value: Any) -> str:
    """`value` as people read it; nothing for nothing."""
    if value is None or value == "":
        text = ""
    elif isinstance(field, RichTextField):
        text = differences.plain(value)
    elif isinstance(field, CentsField):
        text = shown(value)
    elif isinstance(field, models.FileField):
        text = str(value).rsplit("/", 1)[-1]
    elif isinstance(value, dt.datetime):
        text = formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    elif isinstance(value, dt.date):
        text = formats.date_format(value, "DATE_FORMAT")
    elif isinstance(value, bool):
        text = gettext("yes") if value else gettext("no")
    else:
        text = str(dict(field.flatchoices).get(value, value))
    return text


def between(model: type[models.Model], old: Any, new: Any) -> list[Change]:
    """The fields in which two versions differ: rows of history, or a row as it is now."""
    changes = []
    for field in fields(model):
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if (before or None) != (after or None) or (before == 0) != (after == 0):
            changes.append(Change(field.name, label(field), said(field, before), said(field, after)))
    return changes


def scope(row: models.Model) -> Scope:
    """Where the history of `row` lies: a programme's is its parts' too, also of those removed."""
    own: Scope = [(type(row), {"id": row.pk})]
    return own + [(part, {"program_id": row.pk}) for part in PARTS] if isinstance(row, Program) else own


def latest(where: Scope) -> list[int]:
    """The number of the last line in each table of `where`: what somebody who reads it now has seen."""
    return [
        model.history.filter(**only).aggregate(last=Max("history_id"))["last"] or 0  # type: ignore[attr-defined]
        for model, only in where
    ]


def since(where: Scope, seen: Iterable[int]) -> list[Line]:
    """What was changed after the lines that `seen` numbers, oldest first. Saving without a change is none."""
    found = []
    for (model, only), last in zip(where, seen, strict=True):
        found += lines(model, model.history.filter(**only, history_id__gt=last))  # type: ignore[attr-defined]
    return sorted(found, key=lambda line: (line.when, line.record.history_id))


def lines(model: type[models.Model], records: QuerySet[Any]) -> list[Line]:
    """The lines of these rows of history, each against the version before it: two queries."""
    before = (
        model.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))  # type: ignore[attr-defined]
        .order_by("-history_id")
        .values("history_id")[:1]
    )
    after = model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))  # type: ignore[attr-defined]
    marked = records.annotate(before=Subquery(before), is_last=~Exists(after))
    rows = list(marked.select_related("history_user"))
    olds = model.history.in_bulk([row.before for row in rows if row.before])  # type: ignore[attr-defined]
    found = []
    for row in rows:
        if row.history_type == "-":
            found.append(Line(row, model, "removed", [], row.history_id if row.is_last else None))
        elif row.before is None or olds[row.before].history_type == "-":
            found.append(Line(row, model, "added", []))
        elif changes := between(model, olds[row.before], row):
            found.append(Line(row, model, "changed", changes, row.before))
    return found


def heads(where: Scope) -> QuerySet[Any, tuple[int, int, dt.datetime]]:
    """Where every line of a scope lies, newest first: for a paginator, whose page `read` reads."""
    tables = [
        model.history.filter(**only)  # type: ignore[attr-defined]
        .annotate(table=Value(table, output_field=models.IntegerField()))
        .order_by()
        .values_list("table", "history_id", "history_date")
        for table, (model, only) in enumerate(where)
    ]
    joined: QuerySet[Any, tuple[int, int, dt.datetime]]
    joined = tables[0].union(*tables[1:], all=True) if len(tables) > 1 else tables[0]
    return joined.order_by("-history_date", "-history_id")


def read(where: Scope, chosen: Iterable[tuple[int, int, dt.datetime]]) -> list[Line]:
    """The lines at these `heads`, newest first; those that changed nothing are left out."""
    wanted = defaultdict(list)
    for table, number, _date in chosen:
        wanted[where[table][0]].append(number)
    found = [
        line
        for model, numbers in wanted.items()
        for line in lines(model, model.history.filter(history_id__in=numbers))  # type: ignore[attr-defined]
    ]
    return sorted(found, key=lambda line: (line.when, line.record.history_id), reverse=True)


def removed(model: type[models.Model]) -> list[Line]:
    """The rows of `model` that are gone, as they were last, newest first."""
    gone = model.history.filter(history_type="-").exclude(  # type: ignore[attr-defined]
        id__in=model._default_manager.values("pk")
    )
    last = gone.values("id").annotate(last=Max("history_id")).values("last")
    return lines(model, model.history.filter(history_id__in=last))  # type: ignore[attr-defined]


def as_written(model: type[models.Model], record: Any) -> models.Model:
    """A row of the words in `record`, to be named by; its pictures are left out, and nothing is saved."""
    row = model(pk=record.id)
    for field in fields(model):
        if not isinstance(field, models.FileField):
            setattr(row, field.attname, getattr(record, field.attname))
    return row
