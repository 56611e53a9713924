"""No word that staff may write, however long, makes a page wider than the smallest screen."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from programs import loading
from programs.models import Milestone, Page, Part, Program, ProgressUpdate
from programs.models.translated import columns
from tests.browser.test_accessible import OUTSIDE, SCROLLS_SIDEWAYS

WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
PATHS = [
    "/en/",
    "/en/one/",
    "/en/hematology/",
    "/fr/hematologie/",
    "/en/hematology/updates/",
    "/en/hematology/updates/one/",
    "/fr/hematologie/give/",
    "/en/hematology/embed/",
    "/en/pages/privacy/",
    "/fr/rien/",
]


def lengthen(model: Any) -> None:
    """Fill every text of every row of `model` with one word, as long as the field takes."""
    for row in model._default_manager.all():
        for name, fields in columns(model).items():
            for field in fields.values():
                if name in {"body", "answer"}:
                    words = WORD * 4
                    text = f"<h3>{words}</h3><p>{words}</p><ul><li>{words}</li></ul>"
                    setattr(row, field.name, f"{text}<blockquote><p>{words}</p></blockquote>")
                elif name != "slug":
                    setattr(row, field.name, (WORD * 10)[: field.max_length or 600])
        row.save()


@pytest.fixture
def long_words(live_server: Any) -> str:
    loading.load()
    program = Program.objects.get()
    Program.objects.create(
        title_en="x", slug_en="one", status="published", target_cents=100_00, starts_on="2026-01-01"
    )
    ProgressUpdate.objects.create(
        program=program, slug_en="one", status="published", published_at=timezone.now()
    )
    Milestone.objects.create(program=program, percent=50)
    for model in (Program, ProgressUpdate, Page, *Part.__subclasses__()):
        lengthen(model)
    return str(live_server.url)


def test_the_longest_words_stay_within_the_smallest_screen(chromium: Browser, long_words: str) -> None:
    for letters in (16, 32):
        context = chromium.new_context(viewport={"width": 320, "height": 800})
        page = context.new_page()
        reader = context.new_cdp_session(page)
        reader.send("Page.enable")
        reader.send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": letters}})
        for path in PATHS:
            page.goto(long_words + path)
            assert WORD[:20] in page.inner_text("body").replace("\u00ad", ""), path
            assert not page.evaluate(SCROLLS_SIDEWAYS), (path, letters, page.evaluate(OUTSIDE))
        context.close()
