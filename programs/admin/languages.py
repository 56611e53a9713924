"""Which texts one language has and another lacks: a column of a list, and a filter."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from programs.models.translated import Translated, untranslated


class WordsFilter(admin.SimpleListFilter):
    title = gettext_lazy("languages")
    parameter_name = "words"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("Something is missing in a language"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(untranslated(queryset.model)) if self.value() == "missing" else queryset


@admin.display(description=gettext_lazy("languages"))
def completeness(row: Translated) -> str:
    """`French: 3 missing`, also in the parts of a programme; a dash where nothing is."""
    lacking = Counter(missing.language for missing in row.missing_translations())
    return (
        ", ".join(
            _("%(language)s: %(count)d missing")
            % {"language": get_language_info(code)["name_translated"].capitalize(), "count": count}
            for code, count in sorted(lacking.items())
        )
        or "–"
    )
