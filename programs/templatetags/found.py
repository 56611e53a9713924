"""What a page tells search engines and networks of itself: its addresses, its words, its place."""

from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from programs import structured_data
from programs.addresses import absolute
from programs.excerpt import excerpt as first_words
from programs.models import ProgressUpdate
from programs.templatetags.site import translated_path

register = template.Library()

# Networks want a country with the language; ours are read in Europe.
_LOCALES = {"en": "en_GB", "fr": "fr_FR"}


@register.inclusion_tag("_addresses.html", takes_context=True)
def page_addresses(context: RequestContext, number: int = 1) -> dict[str, object]:
    """The page's one address, and its pairs in the other languages; `number` where a list goes on.

    The English page is for those whose language we do not speak.
    """
    query = "" if number == 1 else f"?page={number}"
    pairs = [
        (code, absolute(path) + query)
        for code, _name in settings.LANGUAGES
        if (path := translated_path(context, code)) is not None
    ]
    fallback = [("x-default", address) for code, address in pairs if code == settings.LANGUAGE_CODE]
    return {"canonical": _address(context) + query, "pairs": pairs + fallback}


@register.inclusion_tag("_sharing.html", takes_context=True)
def sharing(
    context: RequestContext,
    title: str,
    description: str,
    picture: Any = None,
    update: ProgressUpdate | None = None,
) -> dict[str, object]:
    """How the page looks where its address is shared (Open Graph): `picture` has url, width, height, alt."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "title": title,
        "description": description,
        "address": _address(context),
        "site_name": structured_data.NAME,
        "locale": _LOCALES.get(language, language),
        "other_locales": [_LOCALES.get(code, code) for code, _name in settings.LANGUAGES if code != language],
        "picture": picture,
        "update": update,
    }


@register.inclusion_tag("_share.html", takes_context=True)
def share(context: RequestContext, title: str) -> dict[str, str]:
    """The page's address to pass on: to select, by e-mail, and by buttons where a script runs."""
    address = _address(context)
    letter = urlencode({"subject": title, "body": f"{title}\n{address}"}, quote_via=quote)
    return {"title": title, "address": address, "letter": f"mailto:?{letter}"}


@register.simple_block_tag
def titled(content: SafeString) -> str:
    """A page's title with the site's name after it, unless the title names it already."""
    return (
        content if structured_data.NAME in content else format_html("{} – {}", content, structured_data.NAME)
    )


@register.simple_tag(takes_context=True)
def page_address(context: RequestContext) -> str:
    """This page's whole address."""
    return _address(context)


@register.simple_tag(takes_context=True)
def breadcrumbs(context: RequestContext, *steps: str) -> SafeString:
    """The way from the first page to this one: name and path of each page between, then this one's name."""
    names, paths = steps[::2], [*steps[1::2], context["request"].path]
    above = [(structured_data.NAME, reverse("programs:home")), *zip(names, paths, strict=True)]
    return structured_data.script(structured_data.organization(), structured_data.breadcrumbs(above))


@register.simple_tag
def organization_data() -> SafeString:
    return structured_data.script(structured_data.organization())


@register.simple_tag
def article(update: ProgressUpdate, picture: Any = None) -> SafeString:
    """The update as an article; `picture` is one with a `url`."""
    return structured_data.script(
        structured_data.organization(), structured_data.article(update, picture and picture.url)
    )


@register.filter
def excerpt(html: str) -> str:
    """The first words of rich text, as one plain line."""
    return first_words(html)


def _address(context: RequestContext) -> str:
    return absolute(context["request"].path)
