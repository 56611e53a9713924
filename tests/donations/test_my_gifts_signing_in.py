"""Into the donor's space by a link that comes by e-mail: who gets one, how long it works, and how often."""

import datetime as dt
import itertools
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations.donors import sessions, sign_in
from donations.models import Donor, DonorSession, SignInLink
from outreach import delivery
from outreach.models import Letter

pytestmark = pytest.mark.django_db

PAGE = "/en/my-gifts/"
EMAIL = "camille@example.org"


@pytest.fixture(autouse=True)
def donor() -> Donor:
    return Donor.objects.create(
        email=EMAIL, first_name="Camille", last_name="Exemple", language="fr", country="FR"
    )


def ask(client: Client, email: str = EMAIL, language: str = "en", **meta: Any) -> Any:
    return client.post(f"/{language}/my-gifts/", {"email": email}, **meta)


def letter_link() -> str:
    """The address in the newest letter, as its reader gets it."""
    sign_in.answer_waiting()
    delivery.deliver(0)
    found = re.search(r"https?://\S+?(/\w\w/my-gifts/open/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_the_link_of_the_letter_opens_the_gifts_once(client: Client) -> None:
    assert ask(client)["Location"] == "/en/my-gifts/sent/"
    link = letter_link()

    seen = client.get(link)
    opened = client.post(link)
    again = Client().post(link)

    assert seen.status_code == 200
    assert opened.status_code == 303
    assert EMAIL in client.get(PAGE).content.decode()
    assert again.status_code == Client().get(link).status_code == 410
    assert not again.cookies.get("my-gifts")


def test_a_scanner_that_opens_the_link_uses_nothing_up(client: Client) -> None:
    ask(client)
    link = letter_link()
    for _ in range(3):
        assert Client().get(link).status_code == Client().head(link).status_code == 200

    assert client.post(link).status_code == 303


def test_two_who_press_at_once_do_not_both_get_in() -> None:
    sign_in.ask(email=EMAIL, language="en", network="n")
    token = letter_link().rstrip("/").rpartition("/")[2]
    found = sign_in.find(token)

    assert sign_in.use(token) == found.email
    with pytest.raises(sign_in.Unusable):
        sign_in.use(token)


def test_a_link_is_for_half_an_hour(client: Client) -> None:
    ask(client)
    link = letter_link()
    SignInLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    assert client.get(link).status_code == client.post(link).status_code == 410
    assert not DonorSession.objects.exists()


@pytest.mark.parametrize("token", ["nothing", "%00", "é", "a" * 3000, "0b1f9b0e4b0f4c398f0a9f2a3a6f1c11~x"])
def test_a_token_that_we_did_not_sign_opens_nothing(client: Client, token: str) -> None:
    answers = [client.get(f"/en/my-gifts/open/{token}/"), client.post(f"/fr/my-gifts/open/{token}/")]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_nobody_learns_whether_an_address_is_known(client: Client) -> None:
    """The same answer by the same work: what is asked of the database is the same, statement by statement."""

    def asking(email: str) -> tuple[int, str, bytes, list[str]]:
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client, email)
            seen = client.get(answer["Location"])
        shapes = [re.sub(r"'[^']*'", "?", query["sql"]) for query in queries.captured_queries]
        return answer.status_code, answer["Location"], re.sub(rb'value="\w{64}"', b"", seen.content), shapes

    assert asking(EMAIL) == asking("nobody@example.org")


def test_an_unknown_address_gets_no_letter(client: Client) -> None:
    ask(client, "nobody@example.org")

    assert sign_in.answer_waiting() == 0
    assert not Letter.objects.exists()
    assert SignInLink.objects.get().answered_at


def test_a_link_is_answered_once_however_often_workers_look(client: Client) -> None:
    ask(client, " Camille@Example.ORG ", "fr")

    assert [sign_in.answer_waiting() for _ in range(3)] == [1, 0, 0]
    letter = Letter.objects.get()
    assert (letter.to, letter.language, letter.kind) == (EMAIL, "fr", "sign_in")


def test_the_link_is_known_to_its_reader_alone(client: Client) -> None:
    """Staff read letters, and databases are copied: neither may open somebody's space."""
    ask(client)
    token = letter_link().rstrip("/").rpartition("/")[2]

    letter = Letter.objects.get()
    kept = f"{letter.facts} {letter.text} {letter.html} {letter.subject} {list(SignInLink.objects.values())}"
    assert letter.state == "sent"
    assert token not in kept
    assert token.partition("~")[2] not in kept


def test_an_address_gets_three_links_in_a_quarter_of_an_hour_known_or_not(client: Client) -> None:
    for email in (EMAIL, "nobody@example.org"):
        codes = [ask(client, email).status_code for _ in range(4)]
        assert codes == [302, 302, 302, 429]
    last = ask(client)
    assert last["Retry-After"] == "900"
    assert "15 minutes" in last.content.decode()

    SignInLink.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=16))
    assert ask(client).status_code == 302


def test_a_network_asks_for_thirty_addresses_at_most(client: Client, settings: Any) -> None:
    codes = [ask(client, f"n{n}@example.org", REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(31)]

    assert codes == [302] * 30 + [429]
    assert ask(client, REMOTE_ADDR="198.51.100.7").status_code == 302


def at_once(count: int, do: Callable[[Client], int]) -> list[int]:
    """What so many browsers are answered that do the same thing in the same moment, in order."""
    start = threading.Barrier(count)

    def run(_number: int) -> int:
        try:
            start.wait()
            return do(Client(raise_request_exception=False))
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_links_asked_for_at_once_are_as_few_as_one_after_the_other() -> None:
    assert at_once(8, lambda client: ask(client).status_code) == [302] * 3 + [429] * 5
    assert SignInLink.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_network_that_asks_at_once_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MOST_PER_NETWORK", 3)
    numbers = itertools.count()

    def one(client: Client) -> int:
        return int(ask(client, f"n{next(numbers)}@example.org", REMOTE_ADDR="203.0.113.5").status_code)

    assert at_once(8, one) == [302] * 3 + [429] * 5


@pytest.mark.parametrize(
    "email", ["", "not an address", "a@b", "x" * 300 + "@example.org", "a\x00@example.org"]
)
def test_what_is_no_address_is_said_beside_the_field(client: Client, email: str) -> None:
    answer = ask(client, email)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not SignInLink.objects.exists()


def test_the_cookie_is_the_browsers_alone_and_nothing_of_it_is_kept(client: Client, settings: Any) -> None:
    ask(client)
    client.post(letter_link())

    cookie = client.cookies["my-gifts"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 7200
    assert cookie.value not in str(list(DonorSession.objects.values()))
    settings.SESSION_COOKIE_SECURE = True
    ask(client)
    secure = client.post(letter_link()).cookies["__Host-my-gifts"]
    assert secure["secure"]
    assert secure["path"] == "/"


def test_each_sign_in_has_a_new_key_and_ends_the_one_before(client: Client) -> None:
    keys = []
    for _ in range(2):
        ask(client)
        client.post(letter_link())
        keys.append(client.cookies["my-gifts"].value)

    assert [sessions.email_of(key) for key in keys] == ["", EMAIL]


def test_signing_out_forgets_the_key(client: Client) -> None:
    key = sessions.begin(EMAIL)
    client.cookies["my-gifts"] = key

    answer = client.post("/en/my-gifts/sign-out/")

    assert answer["Location"] == PAGE
    assert answer.cookies["my-gifts"].value == ""
    assert sessions.email_of(key) == ""
    assert client.get("/en/my-gifts/sign-out/").status_code == 405


@pytest.mark.parametrize(("field", "ago"), [("seen_at", 31), ("ends_at", 1)])
def test_a_session_ends_by_itself(field: str, ago: int) -> None:
    key = sessions.begin(EMAIL)
    DonorSession.objects.update(**{field: timezone.now() - dt.timedelta(minutes=ago)})

    assert sessions.email_of(key) == ""
    assert sessions.tidy() == 1


@pytest.mark.parametrize("key", ["", "nothing", "\x00", "é", "x" * 5000])
def test_a_made_up_key_opens_nothing(key: str) -> None:
    sessions.begin(EMAIL)

    assert sessions.email_of(key) == ""


def test_links_of_days_past_are_forgotten() -> None:
    sign_in.ask(email=EMAIL, language="en", network="n")
    assert sign_in.tidy() == 0
    SignInLink.objects.update(expires_at=timezone.now() - dt.timedelta(days=2))

    assert sign_in.tidy() == 1


def test_every_answer_is_private_unfound_and_tells_no_other_site_its_address(client: Client) -> None:
    key = sessions.begin(EMAIL)
    for visitor in (Client(), client):
        for path in (PAGE, f"{PAGE}sent/", f"{PAGE}open/x/", f"{PAGE}documents/C-2026-000001/"):
            answer = visitor.get(path)
            assert answer["Referrer-Policy"] == "same-origin"
            assert "noindex" in answer["X-Robots-Tag"]
            assert "no-store" in answer["Cache-Control"]
        client.cookies["my-gifts"] = key


def test_a_form_from_another_site_signs_nobody_in_or_out() -> None:
    ask(Client())
    link, key = letter_link(), sessions.begin(EMAIL)
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies["my-gifts"] = key

    assert stranger.post(link).status_code == 403
    assert stranger.post("/en/my-gifts/sign-out/").status_code == 403
    assert sessions.email_of(key) == EMAIL
    assert sign_in.find(link.rstrip("/").rpartition("/")[2])
