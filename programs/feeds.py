"""The Atom feed of a programme's updates, one for each language."""

import datetime as dt
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from programs.addresses import absolute
from programs.models import Program, ProgressUpdate
from programs.pictures import picture_of
from programs.structured_data import NAME
from programs.views import finding

LATEST = 20


class SpokenAtom(Atom1Feed):
    """Whole entries. Says of each in which language it is, where that is not the feed's own."""

    def root_attributes(self) -> dict[str, str]:
        """What an editor links to without naming a site is on this one."""
        return {**super().root_attributes(), "xml:base": absolute("/")}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})  # no summary: the text itself
        handler.addQuickElement("content", item["description"], {"type": "html"})

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item.get("language")
        return {"xml:lang": language} if language else {}


class UpdateFeed(Feed):  # type: ignore[type-arg]  # Django's own cannot be subscripted
    """The latest published updates, whole. Addresses are the site's own, whatever host was asked."""

    feed_type = SpokenAtom
    author_name = NAME
    item_author_name = NAME

    def __call__(self, request: HttpRequest, slug: str) -> HttpResponse:
        program = finding.one(Program.objects.published().called(slug), slug)
        if program.slug != slug:
            return redirect("programs:feed", program.slug, permanent=True)
        return super().__call__(request, program=program)

    def get_object(self, request: HttpRequest, program: Program) -> Program:  # noqa: ARG002
        return program

    def title(self, program: Program) -> str:
        return _("%(programme)s: updates") % {"programme": program.title}

    def subtitle(self, program: Program) -> str:
        return program.tagline

    def link(self, program: Program) -> str:
        return absolute(reverse("programs:updates", args=[program.slug]))

    def feed_url(self, program: Program) -> str:
        return absolute(reverse("programs:feed", args=[program.slug]))

    def feed_guid(self, program: Program) -> str:
        return f"urn:x-campaign:updates:{program.pk}:{get_language()}"

    def items(self, program: Program) -> list[ProgressUpdate]:
        updates = list(ProgressUpdate.objects.published().filter(program=program)[:LATEST])
        for update in updates:
            update.program = program
        return updates

    def item_title(self, item: ProgressUpdate) -> str:
        return item.title

    def item_description(self, item: ProgressUpdate) -> str:
        """The picture and the words."""
        title, body = item.language_of("title"), item.language_of("body")
        text: str = mark_safe(item.body)  # noqa: S308  cleaned
        if title != body:
            text = format_html('<div lang="{}">{}</div>', body, text)
        return _picture(item) + text if item.picture else text

    def item_extra_kwargs(self, item: ProgressUpdate) -> dict[str, Any]:
        return {**super().item_extra_kwargs(item), "language": item.other_language_of("title")}

    def item_link(self, item: ProgressUpdate) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: ProgressUpdate) -> str:
        """Stays when the title, the address or the domain changes: nothing is announced twice."""
        return f"urn:x-campaign:update:{item.pk}:{get_language()}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: ProgressUpdate) -> dt.datetime | None:
        return item.published_at

    def item_updateddate(self, item: ProgressUpdate) -> dt.datetime:
        return item.updated_at


def _picture(update: ProgressUpdate) -> SafeString:
    picture = picture_of(update)
    plain = picture.master.plain
    return format_html(
        '<p><img src="{}" width="{}" height="{}" alt="{}"></p>',
        absolute(picture.url),
        plain.width,
        plain.height,
        picture.words,
    )
