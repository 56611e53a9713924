"""The Atom feed of a programme's updates, one for each language."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programs.models import Program, ProgressUpdate
from programs.views import finding

LATEST = 20


class SpokenAtom(Atom1Feed):
    """Says of each entry in which language it is, where that is not the feed's own."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item.get("language")
        return {"xml:lang": language} if language else {}


class UpdateFeed(Feed):  # type: ignore[type-arg]  # Django's own cannot be subscripted
    """The latest published updates, whole. Addresses are the site's own, whatever host was asked."""

    feed_type = SpokenAtom

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
        return settings.SITE_URL + reverse("programs:updates", args=[program.slug])

    def feed_url(self, program: Program) -> str:
        return settings.SITE_URL + reverse("programs:feed", args=[program.slug])

    def items(self, program: Program) -> list[ProgressUpdate]:
        updates = list(ProgressUpdate.objects.published().filter(program=program)[:LATEST])
        for update in updates:
            update.program = program
        return updates

    def item_title(self, item: ProgressUpdate) -> str:
        return item.title

    def item_description(self, item: ProgressUpdate) -> str:
        title, body = item.language_of("title"), item.language_of("body")
        if title == body:
            return item.body
        return format_html('<div lang="{}">{}</div>', body, mark_safe(item.body))  # noqa: S308  cleaned

    def item_extra_kwargs(self, item: ProgressUpdate) -> dict[str, Any]:
        return {**super().item_extra_kwargs(item), "language": item.other_language_of("title")}

    def item_link(self, item: ProgressUpdate) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: ProgressUpdate) -> str:
        """Stays when the title, the address or the domain changes: nothing is announced twice."""
        return f"urn:x-campaign:update:{item.pk}:{get_language()}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: ProgressUpdate) -> dt.datetime | None:
        return item.published_at

    def item_updateddate(self, item: ProgressUpdate) -> dt.datetime:
        return item.updated_at
