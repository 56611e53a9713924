"""Whatever goes wrong, a visitor reads our page, in their language, with a way on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import clear_url_caches, path
from django.utils import translation

from campaign import error_pages, urls

ASKED = {"en": "en-GB,en;q=0.9", "fr": "fr-FR,fr;q=0.9,en;q=0.5"}
WORDS = {
    (400, "en"): "This could not be read",
    (400, "fr"): "Ceci n’a pas pu être lu",
    (403, "en"): "This page is closed to you",
    (403, "fr"): "Cette page vous est fermée",
    (404, "en"): "There is no page at this address",
    (404, "fr"): "Il n’y a pas de page à cette adresse",
    (500, "en"): "Something broke on our side",
    (500, "fr"): "Quelque chose s’est cassé chez nous",
}
RAISED: dict[int, type[Exception]] = {400: BadRequest, 403: PermissionDenied, 404: Http404, 500: RuntimeError}


def _raises(request: HttpRequest, status: int) -> HttpResponse:
    raise RAISED.get(status, OperationalError)


urlpatterns = [path("broken/<int:status>/", _raises), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def breakable(db: None) -> Any:
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=__name__):
        clear_url_caches()
        yield client
    clear_url_caches()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("status", RAISED)
def test_what_goes_wrong_is_said_in_the_visitors_language(
    breakable: Client, status: int, language: str
) -> None:
    with translation.override("de"):  # left behind in this thread by somebody else
        answer = breakable.get(f"/broken/{status}/", headers={"accept-language": ASKED[language]})
    page = answer.content.decode()

    assert answer.status_code == status
    assert f'<html lang="{language}">' in page
    assert WORDS[status, language] in page
    assert f'href="/{language}/"' in page
    assert 'class="site-footer"' in page
    assert f'hreflang="{"fr" if language == "en" else "en"}"' in page
    assert '<meta name="robots" content="noindex">' in page
    assert len(re.findall("<h1", page)) == 1


@pytest.mark.parametrize(
    ("address", "language"), [("/fr/rien/", "fr"), ("/en/nothing/", "en"), ("/admin/x/", "fr")]
)
def test_the_address_says_the_language_before_the_browser_does(
    client: Client, db: None, address: str, language: str
) -> None:
    page = client.get(address, headers={"accept-language": "fr"}, follow=True).content.decode()

    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "\x00;;q=x,,"},
        {"cookie": "django_language=../../x"},
        {"accept-language": "x" * 9000},
    ],
)
def test_a_request_that_makes_no_sense_still_gets_a_page(headers: dict[str, str]) -> None:
    answer = error_pages.server_error(RequestFactory().get("/\x00%ff//", headers=headers))

    assert WORDS[500, "en"] in answer.content.decode()


@pytest.mark.parametrize("page", [error_pages.server_error, error_pages.bad_request])
def test_pages_for_the_worst_need_no_database(page: Callable[..., HttpResponse]) -> None:
    """No database is open to this test."""
    reason = [] if page is error_pages.server_error else [BadRequest()]

    answer = page(RequestFactory().get("/fr/hematologie/"), *reason)

    assert '<html lang="fr">' in answer.content.decode()


def test_a_database_that_is_away_is_no_error_for_ever(breakable: Client) -> None:
    answer = breakable.get("/broken/503/", headers={"accept-language": "en"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert WORDS[500, "en"] in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_form_without_its_token_is_told_so(language: str, db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post(f"/{language}/hematology/updates/", {})

    assert answer.status_code == 403
    said = {"en": "The form was not accepted", "fr": "Le formulaire n’a pas été accepté"}
    assert said[language] in answer.content.decode()


def test_development_shows_each_page_at_an_address_of_its_own(rf: RequestFactory, db: None) -> None:
    assert [str(route.pattern) for route in urls.ERRORS] == ["errors/", "errors/<slug:name>/"]

    for name, status in {"400": 400, "403": 403, "403-form": 403, "404": 404, "500": 500}.items():
        assert error_pages.show(rf.get(f"/fr/errors/{name}/"), name).status_code == status
    with pytest.raises(Http404):
        error_pages.show(rf.get("/fr/errors/418/"), "418")
