"""The page is kept whole: cheap to read again, never out of date, the same for everyone."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from programs import cached_page
from programs.models import Page, Program, ProgressUpdate, Question, Section

PAGE = "/en/hematology/"


def body(client: Client, path: str = PAGE, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def test_a_page_read_again_costs_one_query(
    client: Client, hematology: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = body(client)

    with django_assert_num_queries(1):
        again = body(client)

    assert again == first


def test_a_page_read_for_the_first_time_costs_at_most_fifteen_queries(
    client: Client, hematology: Program, make_update: Callable[..., ProgressUpdate]
) -> None:
    for word in ("one", "two", "three", "four"):
        make_update(hematology, word)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(PAGE)

    assert len(queries) <= 15, "\n".join(query["sql"][:120] for query in queries)


def test_a_change_shows_on_the_next_reading_in_both_languages(client: Client, hematology: Program) -> None:
    body(client), body(client, "/fr/hematologie/")
    section = hematology.sections.all()[0]
    section.heading_en, section.heading_fr = "Our plan", "Notre plan"  # type: ignore[attr-defined]
    section.save()

    assert "Our plan" in body(client)
    assert "Notre plan" in body(client, "/fr/hematologie/")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Section.objects.all().delete(),
        lambda: Program.objects.update(title_en="Another"),
        lambda: Page.objects.filter(slug_en="contact").delete(),
        lambda: [question.delete() for question in Question.objects.all()],
    ],
)
def test_whatever_is_removed_is_gone_at_once(
    client: Client, hematology: Program, change: Callable[[], object]
) -> None:
    before = body(client)

    change()

    assert body(client) != before


def test_an_unpublished_programme_is_gone_at_once(client: Client, hematology: Program) -> None:
    body(client)
    hematology.status = "draft"
    hematology.save()

    assert client.get(PAGE).status_code == 404


def test_a_visitor_who_has_the_page_is_told_so(
    client: Client, hematology: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    etag = client.get(PAGE)["ETag"]
    cache.clear()

    with django_assert_num_queries(1):
        unchanged = client.get(PAGE, headers={"if-none-match": etag})
    Program.objects.touch()
    changed = client.get(PAGE, headers={"if-none-match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == etag
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_the_pace_line_moves_at_midnight_in_paris(client: Client, hematology: Program) -> None:
    with time_machine.travel("2026-06-30T21:59:00Z", tick=False):
        before = client.get(PAGE)["ETag"]
    with time_machine.travel("2026-06-30T22:01:00Z", tick=False):
        after = client.get(PAGE)["ETag"]

    assert before != after


def test_the_page_travels_compressed_to_whoever_can_read_it(client: Client, hematology: Program) -> None:
    plain = client.get(PAGE)
    packed = client.get(PAGE, headers={"accept-encoding": "gzip, br"})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert plain["ETag"] == packed["ETag"]


def test_nothing_of_a_visitor_ends_up_in_the_page(
    client: Client, staff: Client, hematology: Program, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    first = staff.get(
        PAGE + "?utm_source=evil&q=<b>", headers={"host": "evil.example.org", "cookie": "django_language=fr"}
    ).content.decode()

    assert "evil" not in first
    assert "marie" not in first
    assert body(client) == first


def test_a_cache_that_is_down_only_makes_the_page_slower(
    client: Client, hematology: Program, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }

    assert client.get(PAGE).status_code == 200
    assert "The cache did not answer" in caplog.text


def test_while_the_database_is_down_the_page_is_shown_as_it_was_last_read(
    client: Client, hematology: Program
) -> None:
    def down(*args: Any) -> Any:
        raise OperationalError("the database does not answer")

    kept = body(client)

    with connection.execute_wrapper(down):
        response = client.get(PAGE)

    assert response.status_code == 200
    assert response.content.decode() == kept
    assert "ETag" not in response


def test_a_new_release_renders_its_pages_anew(
    client: Client, hematology: Program, tmp_path: Path, settings: Any
) -> None:
    before = client.get(PAGE)["ETag"]

    (tmp_path / "new.po").write_text("")
    settings.LOCALE_PATHS = [tmp_path]
    cached_page.release.cache_clear()
    after = client.get(PAGE)["ETag"]
    cached_page.release.cache_clear()

    assert before != after
