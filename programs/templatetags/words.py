"""The site's words where a language lacks them: shown in another one, and said to be."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from programs import language_names, placeholders
from programs.models.translated import Translated

register = template.Library()


@register.simple_tag
def lang_of(row: Translated, *names: str) -> str:
    """` lang="fr"` where the first written of these texts is read in French on a page that is not."""
    language = row.other_language_of(*names)
    return format_html(' lang="{}"', language) if language else ""


@register.simple_tag
def in_language(text: str, language: str) -> SafeString:
    """`text` for a sentence of ours, in an element that names its `language`, if one is named."""
    return format_html('<span lang="{}">{}</span>', language, text) if language else conditional_escape(text)


@register.filter
def language_named(code: str) -> str:
    """A language's name for a sentence of ours."""
    return language_names.inside_a_sentence(code)


@register.filter
def in_its_language(row: Translated, name: str) -> SafeString:
    """A text of `row` for a sentence of ours, its language named where that is not the page's."""
    return in_language(getattr(row, name), row.other_language_of(name))


@register.filter
def placeholders_marked(html: str) -> SafeString:
    """Rich text, what is still to be written in it marked."""
    return mark_safe(placeholders.marked(html))  # noqa: S308  cleaned on its way in
