"""Leaving: one click in the mail reader, as RFC 8058 has it, or two on the page."""

from collections.abc import Callable

import pytest
from django.test import Client

from outreach.models import Subscription

pytestmark = pytest.mark.django_db

Subscribe = Callable[..., Subscription]


@pytest.fixture
def reader() -> Client:
    """A mail reader: no cookie, no CSRF token, and redirects are failures."""
    return Client(enforce_csrf_checks=True)


def address(subscription: Subscription, language: str = "en") -> str:
    return f"/{language}/unsubscribe/{subscription.token}/"


def test_following_the_link_asks_and_changes_nothing(reader: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()

    for response in (reader.get(address(subscription)), reader.head(address(subscription))):
        assert response.status_code == 200
    subscription.refresh_from_db()
    assert subscription.unsubscribed_at is None


@pytest.mark.parametrize("body", ["List-Unsubscribe=One-Click", ""])
def test_one_click_ends_it_without_cookie_or_redirect(
    reader: Client, subscribe: Subscribe, body: str
) -> None:
    subscription = subscribe()

    response = reader.post(address(subscription), body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert not response.cookies
    subscription.refresh_from_db()
    assert subscription.unsubscribed_at is not None


def test_one_click_works_as_multipart_too(reader: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()

    response = reader.post(address(subscription), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    subscription.refresh_from_db()
    assert subscription.unsubscribed_at is not None


def test_clicking_again_is_fine(reader: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()

    answers = [reader.post(address(subscription)).status_code for _ in range(3)]

    assert answers == [200, 200, 200]


def test_a_click_by_mistake_can_be_undone(reader: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()
    done = reader.post(address(subscription))
    assert 'value="resubscribe"' in done.content.decode()

    response = reader.post(address(subscription), {"action": "resubscribe"})

    assert response.status_code == 200
    subscription.refresh_from_db()
    assert subscription.unsubscribed_at is None
    assert subscription.source == "unsubscribe page"


@pytest.mark.parametrize("token", ["unknown", "a" * 5000, "%00", "é", "' OR 1=1 --"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_token_gets_a_clear_page(reader: Client, method: str, token: str) -> None:
    response = getattr(reader, method)(f"/en/unsubscribe/{token}/")

    assert response.status_code == 404
    assert "<h1" in response.content.decode()


def test_the_address_is_kept_from_other_sites_and_search_engines(
    reader: Client, subscribe: Subscribe
) -> None:
    response = reader.get(address(subscribe()))

    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


def test_other_methods_are_refused(reader: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()

    assert reader.delete(address(subscription)).status_code == 405
