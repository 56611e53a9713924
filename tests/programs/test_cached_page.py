"""The page is kept whole: cheap to read again, never out of date, the same for everyone."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
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


def test_every_public_page_is_kept_and_moves_with_what_it_shows(
    client: Client,
    hematology: Program,
    make_update: Callable[..., ProgressUpdate],
    make_program: Callable[..., Program],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_program()
    make_update(hematology)
    for path in (
        "/en/",
        "/fr/pages/confidentialite/",
        "/en/hematology/updates/",
        "/en/hematology/updates/first-news/",
        "/en/hematology/updates/feed/",
    ):
        first = client.get(path)
        with django_assert_num_queries(1):
            again = client.get(path)
        with django_assert_num_queries(1):
            unchanged = client.get(path, headers={"if-none-match": first["ETag"]})
        Page.objects.get(slug_en="privacy").save()
        changed = client.get(path)

        assert first.status_code == 200, path
        assert (again.content, again.headers) == (first.content, first.headers)
        assert unchanged.status_code == 304
        assert changed["ETag"] != first["ETag"]


def test_a_page_of_the_list_is_recognised_but_not_kept(
    client: Client, hematology: Program, make_update: Callable[..., ProgressUpdate]
) -> None:
    for number in range(11):
        make_update(hematology, f"n{number}")
    first, second = (client.get(f"{PAGE}updates/", {"page": page} if page else {}) for page in ("", "2"))

    assert first["ETag"] != second["ETag"]
    assert "n10-news" in first.content.decode()
    assert "n0-news" in second.content.decode()
    assert client.get(f"{PAGE}updates/?page=2", headers={"if-none-match": second["ETag"]}).status_code == 304
    assert client.get(f"{PAGE}updates/", {"utm_source": "x"})["ETag"] == first["ETag"]


def test_without_a_programme_nothing_tells_of_changes_and_nothing_is_kept(
    client: Client, hematology: Program
) -> None:
    Program.objects.all().delete()
    client.get("/en/pages/privacy/")

    Page.objects.filter(slug_en="privacy").update(body_en="<p>Another text.</p>")
    answer = client.get("/en/pages/privacy/")

    assert "Another text." in answer.content.decode()
    assert "ETag" not in answer


def test_the_pace_line_moves_at_midnight_in_paris(client: Client, hematology: Program) -> None:
    with time_machine.travel("2026-06-30T21:59:00Z", tick=False):
        before = client.get(PAGE)["ETag"]
    with time_machine.travel("2026-06-30T22:01:00Z", tick=False):
        after = client.get(PAGE)["ETag"]

    assert before != after


def test_the_page_travels_compressed_to_whoever_can_read_it(client: Client, hematology: Program) -> None:
    plain = client.get(PAGE)
    packed = {
        encoding: client.get(PAGE, headers={"accept-encoding": encoding}) for encoding in ("br", "gzip")
    }

    assert "Content-Encoding" not in plain
    assert brotli.decompress(packed["br"].content) == plain.content
    assert gzip.decompress(packed["gzip"].content) == plain.content
    assert len(packed["br"].content) < len(packed["gzip"].content) < len(plain.content) / 3
    for encoding, response in packed.items():
        assert response["Content-Encoding"] == encoding
        assert response["Content-Length"] == str(len(response.content))
        assert response["Content-Type"] == plain["Content-Type"]
        assert response["ETag"] == plain["ETag"]
    assert {response["Vary"] for response in (plain, *packed.values())} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;Q=0.5, BR", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("br;q=0.0,gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0.2, identity", "identity"),
        ("identity;q=0, gzip;q=0.2", "gzip"),
        ("deflate, zstd", "identity"),
        ("br;q=nonsense, gzip", "gzip"),
        ("br;q=nan, gzip;q=inf", "identity"),
        ("xbr, gzipped, ;;,=", "identity"),
    ],
)
def test_the_encoding_is_the_one_the_visitor_wants_most(header: str, encoding: str) -> None:
    assert cached_page.accepted_encoding(header) == encoding


@pytest.mark.parametrize("accepted", ["", "br", "gzip"])
def test_asking_for_the_heading_alone_tells_the_same_of_the_page(
    client: Client, hematology: Program, accepted: str
) -> None:
    page = client.get(PAGE, headers={"accept-encoding": accepted})
    heading = client.head(PAGE, headers={"accept-encoding": accepted})

    assert heading.content == b""
    assert heading.headers == page.headers


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
