"""What every page of the site needs: itself in the other language, and the foot's pages."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import RequestContext
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils import translation
from django.utils.encoding import escape_uri_path, iri_to_uri

from programs.models import Page, Program, ProgressUpdate

register = template.Library()


@register.simple_tag(takes_context=True)
def switch_url(context: RequestContext, language: str) -> str:
    """Where the reader goes on in `language`: this page, at the same place of it.

    Where no page is, the same wrong address: it is as wrong there, and says so in that language.
    """
    request: HttpRequest | None = context.get("request")
    path = translated_path(context, language)
    if path is not None:
        # As it came: of a query with too many fields nobody reads one, and it is no reason to stop.
        query = iri_to_uri(request.META.get("QUERY_STRING")) if request else ""
        return f"{path}?{query}" if query else path
    known = "|".join(code for code, _name in settings.LANGUAGES)
    asked = re.match(rf"/(?:{known})(/.*)", request.path, re.DOTALL) if request else None
    if asked is None:
        with translation.override(language):
            return reverse("programs:home")
    return f"/{language}{escape_uri_path(asked[1])}"


@register.simple_tag(takes_context=True)
def translated_url(context: RequestContext, language: str) -> str:
    """This page's address in `language`, with its words; that language's home when it has none."""
    path = translated_path(context, language)
    if path is not None:
        return path
    with translation.override(language):
        return reverse("programs:home")


def translated_path(context: RequestContext, language: str) -> str | None:
    """This page's address in `language`, with its words; None where the page is nowhere in particular."""
    match: ResolverMatch | None = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return None
    with translation.override(language):
        try:
            return reverse(match.view_name, args=match.args, kwargs=_in_words(context, match))
        except (LookupError, NoReverseMatch):
            return None


@register.simple_tag
def url_in(shown: Page | Program | ProgressUpdate, language: str) -> str:
    """The public address of `shown` in `language`."""
    with translation.override(language):
        return shown.get_absolute_url()


@register.simple_tag
def footer_pages() -> list[Page]:
    """The pages linked from the foot of every page, in their order: one small query."""
    return list(Page.objects.in_footer().only("title_en", "title_fr", "slug_en", "slug_fr", "order"))


def _in_words(context: RequestContext, match: ResolverMatch) -> dict[str, Any]:
    """The address's parts, its words put into the language of the moment. Raises LookupError."""
    parts = dict(match.kwargs)
    if "slug" in parts:
        model = Page if match.view_name == "programs:page" else Program
        named = _shown(context, model, parts["slug"])
        parts["slug"] = named.slug
        if "update_slug" in parts:
            parts["update_slug"] = _shown(context, ProgressUpdate, parts["update_slug"], program=named).slug
    return parts


def _shown(
    context: RequestContext,
    model: type[Page] | type[Program] | type[ProgressUpdate],
    slug: str,
    **within: Any,
) -> Any:
    """What the page shows, read already by its view; looked up where the view did not hand it on."""
    shown = context.get({Page: "page", Program: "program", ProgressUpdate: "update"}[model])
    if isinstance(shown, model) and slug in {shown.slug_en, shown.slug_fr}:
        return shown
    found = model.objects.called(slug).filter(**within).first()
    if found is None:
        raise LookupError(slug)
    return found
