"""What the treasurer takes away: a list as a table for a spreadsheet, never whole in memory."""

import csv
import datetime as dt
import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

logger = logging.getLogger(__name__)

_ROWS_AT_ONCE = 1_000
# What a spreadsheet would calculate instead of showing it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEW_CELL = re.compile(r"(?!^)([;,\t|][ \"]*)(?=[=+\-@＝＋－＠])")


@dataclass(frozen=True)
class Column:
    title: str | Promise
    value: Callable[[Any], object]
    cents: bool = False  # the value is an amount in cents, written as a number of euros


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


class ExportAdmin(ModelAdmin):  # type: ignore[misc]  # the library says nothing of its types
    """A list that those with the right to export may take away, filtered and searched as they see it."""

    change_list_template = "admin/donations/change_list.html"
    columns: tuple[Column, ...]
    export_name: str
    export_related: tuple[str, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(require_POST(self.export_view))
        urls: list[URLPattern] = super().get_urls()
        return [path("export/", view, name=name), *urls]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.export_donation") and self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = {"has_export_permission": self.has_export_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **may})

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Everything in the list, not only the page of it that is shown. Who took it is written down."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../?e=1")
        rows = self.export_rows(listed.get_queryset(request))
        rows = rows.select_related(None).select_related(*self.export_related)
        self._write_down(request, listed.result_count)
        name = f"{self.export_name}-{timezone.localdate():%Y-%m-%d}.csv"
        return StreamingHttpResponse(
            lines(self.columns, rows.iterator(chunk_size=_ROWS_AT_ONCE), get_language() or "en"),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )

    def export_rows(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the list, with what its columns need besides."""
        return listed

    def _write_down(self, request: HttpRequest, count: int) -> None:
        said = ngettext("Exported %(count)d row.", "Exported %(count)d rows.", count) % {"count": count}
        if request.GET:
            said = f"{said} {_filters(request.GET)}"
        LogEntry.objects.create(
            user_id=int(request.user.pk or 0),
            content_type=ContentType.objects.get_for_model(self.model),
            object_repr=str(self.opts.verbose_name_plural)[:200],
            action_flag=CHANGE,
            change_message=said,
        )
        logger.info("%s exported %d rows of %s", request.user.pk, count, self.export_name)


def _filters(query: QueryDict) -> str:
    """What the list was filtered by. That it was searched, not for whom: this is kept for ever."""
    filters = query.copy()
    searched = filters.pop(SEARCH_VAR, None)
    return "&".join(filter(None, [filters.urlencode(), SEARCH_VAR if searched else ""]))


def lines(columns: Iterable[Column], rows: Iterable[Any], language: str) -> Iterator[str]:
    """The table as text. Spreadsheets in French expect semicolons and decimal commas, in English neither.

    The mark at the start tells Excel that the text is UTF-8.
    """
    columns = list(columns)
    french = language.startswith("fr")
    writer = csv.writer(_Line(), delimiter=";" if french else ",")
    yield "\ufeff" + str(writer.writerow([str(column.title) for column in columns]))
    for row in rows:
        yield str(writer.writerow([_cell(column, column.value(row), french=french) for column in columns]))


def _cell(column: Column, value: object, *, french: bool) -> str:
    match value:
        case None:
            return ""
        case int() if column.cents:
            number = f"{Decimal(value).scaleb(-2):.2f}"
            return number.replace(".", ",") if french else number
        case dt.datetime():
            return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
        case uuid.UUID():
            return str(value)
    return harmless(str(value))


def harmless(text: str) -> str:
    """Text that no spreadsheet reads as a formula: donors choose their own names.

    Nor after a mark at which a spreadsheet of another language than the table's begins a new cell.
    """
    text = _NEW_CELL.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
