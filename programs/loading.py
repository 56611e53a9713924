"""The words the site starts with, from the files in `content/` into the database.

What staff have written is theirs: a programme or a page that exists, or that once existed and was
renamed or removed, is left alone unless a reset is asked for.
"""

import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

from django.db import models, transaction
from django.db.models import ProtectedError

from programs.models import (
    FundingNeed,
    KeyFigure,
    Milestone,
    Page,
    Part,
    Program,
    Question,
    Resource,
    Section,
    SuggestedAmount,
    Testimonial,
)
from programs.models.rich_text import RichTextField, clean

FOLDER: Final = Path(__file__).parent / "content"
PARTS: Final[dict[str, type[Part]]] = {
    "sections": Section,
    "testimonials": Testimonial,
    "resources": Resource,
    "keyfigures": KeyFigure,
    "fundingneeds": FundingNeed,
    "suggestedamounts": SuggestedAmount,
    "questions": Question,
    "milestones": Milestone,
}

_Named = TypeVar("_Named", Program, Page)


def load(folder: Path = FOLDER, *, reset: bool = False) -> list[str]:
    """Create what the files describe and the database never had; one line of report for each.

    Running it again changes nothing: no row, no history, no revision. With `reset` the files' words
    are put back over those of staff; the parts that the files do not name are removed, except a
    use of the money that has received gifts.
    """
    report = []
    with transaction.atomic():
        for file in sorted(folder.glob("*.toml")):
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            if "program" in content:
                report.append(_load_program(content, reset))
            report += [
                _load_page(facts, order, reset) for order, facts in enumerate(content.get("pages", []), 1)
            ]
    return report


def _load_program(content: dict[str, Any], reset: bool) -> str:
    facts = content["program"]
    program = _known(Program, facts["slug"]["en"])
    if program is not None and not reset:
        return f"Kept the programme {facts['slug']['en']}: it is there."
    if program is None and _removed(Program, facts["slug"]["en"]) and not reset:
        return f"Left out the programme {facts['slug']['en']}: it was removed."
    program, changed = _write(program or Program(), facts)
    kept = []
    for name, model in PARTS.items():
        moved, protected = _write_parts(program, model, content.get(name, []))
        changed |= moved
        kept += protected
    line = f"{'Loaded' if changed else 'Unchanged:'} the programme {program.slug_en}."
    return " ".join([line, *(f"Kept “{row}”: it has received gifts." for row in kept)])


def _load_page(facts: dict[str, Any], order: int, reset: bool) -> str:
    slug = facts["slug"]["en"]
    page = _known(Page, slug)
    if page is not None and not reset:
        return f"Kept the page {slug}: it is there."
    if page is None and _removed(Page, slug) and not reset:
        return f"Left out the page {slug}: it was removed."
    _page, changed = _write(page or Page(), {"order": order, **facts})
    return f"{'Loaded' if changed else 'Unchanged:'} the page {slug}."


def _known(model: type[_Named], slug_en: str) -> _Named | None:
    """The row of that English address, or the one that once had it and was renamed since."""
    once = model.history.filter(slug_en=slug_en).values("id")  # type: ignore[attr-defined]
    named = model._default_manager.filter(slug_en=slug_en).first()
    return named or model._default_manager.filter(pk__in=once).first()


def _removed(model: type[_Named], slug_en: str) -> bool:
    return bool(model.history.filter(slug_en=slug_en).exists())  # type: ignore[attr-defined]


def _write_parts(program: Program, model: type[Part], rows: list[dict[str, Any]]) -> tuple[bool, list[Part]]:
    """Write `rows` over the parts in their order. Whether anything changed, and what had to stay."""
    present = list(model._default_manager.filter(program=program).order_by("order", "pk"))
    changed = False
    kept: list[Part] = []
    for place, facts in enumerate(rows, 1):
        part = present[place - 1] if place <= len(present) else model(program=program)
        changed |= _write(part, {"order": place, **facts})[1]
    for part in present[len(rows) :]:
        try:
            with transaction.atomic():
                part.delete()
            changed = True
        except ProtectedError:
            kept.append(part)
    return changed, kept


_Row = TypeVar("_Row", bound=models.Model)


def _write(row: _Row, facts: dict[str, Any]) -> tuple[_Row, bool]:
    """Save `row` with these facts, checked as a form would check them, if that changes anything."""
    values = dict(_columns(facts))
    for field in row._meta.concrete_fields:
        # What the file leaves out goes back to empty: a reset leaves nothing of staff's words.
        original = getattr(field, "translated_field", None)
        if original is not None and original.blank:
            values.setdefault(field.name, "")
        if isinstance(field, RichTextField) and field.name in values:
            values[field.name] = clean(values[field.name])
    if row.pk is not None and all((getattr(row, name) or "") == (new or "") for name, new in values.items()):
        return row, False
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row, True


def _columns(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """`heading = {en, fr}` as the columns heading_en and heading_fr; the rest as it is."""
    columns: list[tuple[str, Any]] = []
    for name, value in facts.items():
        if isinstance(value, dict):
            columns += [(f"{name}_{language}", words.strip()) for language, words in value.items()]
        else:
            columns.append((name, value))
    return columns
