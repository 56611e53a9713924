"""From a word in an address to what it names, and who may see it."""

from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from programs.models import Page, Program, ProgressUpdate

_Named = TypeVar("_Named", Page, Program, ProgressUpdate)


def one(rows: QuerySet[_Named], slug: str) -> _Named:
    """Of the rows called `slug` in some language, the one called so in this language; or the other.

    Two may answer: one's English word may be another's French word. Raises Http404 when none does.
    """
    found = sorted(rows, key=lambda row: row.slug != slug)
    if not found:
        raise Http404
    return found[0]


def visible_program(request: HttpRequest, slug: str) -> Program:
    """The published programme of that address; a draft only for staff who may see it."""
    program = one(Program.objects.called(slug), slug)
    if not program.is_published and not may_preview(request, "programs.view_program"):
        raise Http404
    return program


def may_preview(request: HttpRequest, permission: str) -> bool:
    """Asked only when something is not published: reading the user makes a page a personal one."""
    user = request.user
    return bool(user.is_active and user.is_staff and user.has_perm(permission))
