"""The sitemap's pages of words. Addresses are the site's own; only what visitors may read is listed."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from simple_history.utils import get_history_manager_for_model

from programs import models
from programs.models import Page, Program, ProgressUpdate

# What a programme's page is made of, beside the programme itself and its updates.
_PARTS = (
    models.Section,
    models.Testimonial,
    models.Resource,
    models.FundingNeed,
    models.KeyFigure,
    models.Question,
    models.Picture,
)


class Bilingual(Sitemap[Any]):
    """Each item in each language, with its pairs; English for those whose language we do not speak."""

    i18n = True
    alternates = True

    def get_protocol(self, protocol: str | None = None) -> str:  # noqa: ARG002  not the visitor's
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:  # noqa: ARG002
        return urlsplit(settings.SITE_URL).netloc

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[Any]:
        """Django's own x-default takes the language out of the address; ours all have one."""
        urls = super().get_urls(page, site, protocol)
        for url in urls:
            url["alternates"] += [
                {"location": pair["location"], "lang_code": "x-default"}
                for pair in url["alternates"]
                if pair["lang_code"] == settings.LANGUAGE_CODE
            ]
        return urls


class Home(Bilingual):
    """The list of programmes, where there are several: the only one has an address of its own."""

    def items(self) -> list[str]:
        return ["programs:home"] if Program.objects.published().count() != 1 else []

    def location(self, item: str) -> str:
        return reverse(item)


class Programs(Bilingual):
    _changed: dict[int, dt.datetime]

    def items(self) -> list[Program]:
        self._changed = changed_at()
        return list(Program.objects.published().order_by("pk"))

    def lastmod(self, item: Program) -> dt.datetime | None:
        return self._changed.get(item.pk)


class UpdateLists(Bilingual):
    """A programme's list of updates, once there is something on it."""

    _newest: dict[int, dt.datetime]

    def items(self) -> list[Program]:
        programs = Program.objects.published().order_by("pk")
        newest = ProgressUpdate.objects.published().values_list("program").annotate(at=Max("published_at"))
        self._newest = dict(newest.order_by())
        return [program for program in programs if program.pk in self._newest]

    def location(self, item: Program) -> str:
        return reverse("programs:updates", args=[item.slug])

    def lastmod(self, item: Program) -> dt.datetime:
        return self._newest[item.pk]


class Updates(Bilingual):
    def items(self) -> list[ProgressUpdate]:
        published = ProgressUpdate.objects.published().filter(program__in=Program.objects.published())
        return list(published.select_related("program").order_by("pk"))

    def lastmod(self, item: ProgressUpdate) -> dt.datetime:
        return item.updated_at


class Pages(Bilingual):
    def items(self) -> list[Page]:
        return list(Page.objects.published().order_by("pk"))

    def lastmod(self, item: Page) -> dt.datetime:
        return item.updated_at


def changed_at() -> dict[int, dt.datetime]:
    """When staff last changed the words of each programme's page, by its key. One query.

    From the history: gifts move the page's figures all day long, which is no change of the page.
    """
    changes, *parts = (
        get_history_manager_for_model(model)
        .values_list("id" if model is Program else "program_id")
        .annotate(at=Max("history_date"))
        .order_by()
        for model in (Program, *_PARTS)
    )
    latest: dict[int, dt.datetime] = {}
    for pk, at in changes.union(*parts, all=True):
        latest[pk] = max(at, latest.get(pk, at))
    return latest
