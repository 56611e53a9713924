"""The first page, where there are several programmes or none."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations.models import ProgramTotal
from programs.models import Picture, Program
from tests.programs.forms import picture

MakeProgram = Callable[..., Program]


def cards(page: str) -> list[str]:
    return re.findall(r'<li class="programs__one">.*?</li>', page, re.DOTALL)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_each_programme_stands_on_a_card_with_how_far_it_has_come(
    client: Client, make_program: MakeProgram
) -> None:
    half = make_program("half")
    ProgramTotal.objects.create(program=half, raised_cents=505_000_00, gifts=3, donors=2, entries=3)
    make_program("nothing")
    over = make_program("over", target_cents=1_000_00)
    ProgramTotal.objects.create(program=over, raised_cents=1_400_50, gifts=1, donors=1, entries=1)

    english = cards(client.get("/en/").content.decode())
    french = cards(client.get("/fr/").content.decode())

    assert [words(card) for card in english] == [
        "half in English One sentence. €505,000 raised of €1,000,000, or 50%",
        "nothing in English One sentence. €0 raised of €1,000,000, or 0%",
        "over in English One sentence. €1,400.50 raised of €1,000, or 140%",
    ]
    assert "505\u202f000\u00a0€" in french[0]
    for card, filled in zip(english, (50, 0, 100), strict=True):
        dots = dict(re.findall(r'class="strip__(filled|empty)" d="([^"]*)"', card))
        assert dots.get("filled", "").count("h0") == filled
        assert dots.get("empty", "").count("h0") == 100 - filled


@pytest.mark.parametrize("count", [2, 7])
def test_more_programmes_cost_no_more_queries(client: Client, make_program: MakeProgram, count: int) -> None:
    for number in range(count):
        Picture(program=make_program(f"n{number}"), image=picture(), alternative_text_en="Cells").save()
    client.get("/en/")
    cache.clear()

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/en/").content.decode()

    assert len(cards(page)) == page.count('alt="Cells"') == count
    assert len(queries) == 5  # revisions, programmes, their pictures, their totals, the pages of the foot


def test_where_there_is_nothing_to_support_the_page_says_so(
    client: Client, make_program: MakeProgram
) -> None:
    make_program("hidden", status="draft")

    for path, said in (("/en/", "There is no programme"), ("/fr/", "Il n’y a pas de programme")):
        page = client.get(path).content.decode()
        assert said in page
        assert '<ul class="programs"' not in page


def test_a_programme_in_french_alone_has_its_card_on_the_english_page(
    client: Client, make_program: MakeProgram
) -> None:
    make_program("one")
    make_program("two", title_en="", tagline_en="", slug_en="")

    page = client.get("/en/").content.decode()

    assert '<a href="/en/two-fr/" lang="fr">two en français</a>' in page
    assert '<p class="programs__tagline" lang="fr">' in page
