"""Requests no browser sends: each is answered calmly, and none makes a gift out of nonsense."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.wsgi import application
from donations.forms import GiftForm
from donations.models import Donation, Donor
from programs.models import Program
from tests.broken_stripe import broken_stripe
from tests.giving import form_data

pytestmark = pytest.mark.django_db

GIVE = "/en/hematology/give/"
FORM = "application/x-www-form-urlencoded"
ADDRESSES = [
    "/",
    "/en/",
    "/fr/hematologie/",
    GIVE,
    "/en/gifts/00000000-0000-4000-8000-000000000000/",
    "/en/unsubscribe/nonsense/",
    "/fr/hematologie/updates/",
    "/en/hematology/updates/feed/",
    "/en/pages/privacy/",
    "/programs/hematology/progress.json",
    "/stripe/webhook/",
    "/admin/",
    "/healthz",
    "/no/such/page",
]


@pytest.fixture(autouse=True)
def _stripe_says_no(program: Program, settings: Any) -> Iterator[None]:
    """A valid form ends in 502 here, at once: what these tests send must not be one."""
    with broken_stripe(402) as address:
        settings.STRIPE_API_BASE = address
        yield


def multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + "--x--\r\n").encode()


def serve(method: str, path: str, body: bytes, content_type: str) -> str:
    """What a web server is answered: Django's own test client would read the request first."""
    statuses: list[str] = []
    environ = RequestFactory().generic(method, path, body).environ | {"CONTENT_TYPE": content_type}
    # In a thread of its own, as a server would: the request's end closes that thread's connection.
    with ThreadPoolExecutor(1) as server:
        server.submit(application, environ, lambda status, *_rest: statuses.append(status)).result()
    return statuses[0]


@pytest.mark.parametrize(
    "charset", ["rot13", "utf-8; x*=bogus''y", "utf-7", "unicode_escape", "utf-16", "hex", "idna", "latin-1"]
)
def test_text_in_another_encoding_is_refused(charset: str) -> None:
    fields = form_data(first_name="+2AA-\\ud800")

    answers = [
        serve("POST", GIVE, multipart(fields), f"multipart/form-data; boundary=x; charset={charset}"),
        serve("POST", GIVE, urlencode(fields).encode(), f"{FORM}; charset={charset}"),
        serve("GET", GIVE, b"", f"text/plain; charset={charset}"),
    ]

    assert answers == ["400 Bad Request"] * 3
    assert not Donor.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"first_name=%FF%FE&last_name=%ED%A0%80", FORM),
        (b"\xff\xfe\x00\x01", FORM),
        (b"%", FORM),
        (b"amount=50&amount=100&amount=<b>&email=a@example.org&email=b", FORM),
        (b"{}", "application/json"),
        (b"<gift/>", "text/xml"),
        (b"", ""),
        (b"x", "nonsense"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=\xff"),
        (
            b'--x\r\nContent-Disposition: form-data; name="first_name"; filename="a"\r\n\r\nx\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else None,
)
def test_a_garbled_form_is_answered_and_makes_no_gift(body: bytes, content_type: str) -> None:
    for client in (Client(), Client(enforce_csrf_checks=True)):
        answer = client.generic("POST", GIVE, body, content_type=content_type)

        assert answer.status_code in {400, 403, 422}
    assert not Donor.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "x" * 1_100_000},
        {f"field{number}": "" for number in range(5_001)},
        {"other_amount": "9" * 990_000, "amount": "other"},
        {"designation": "9" * 5_000},
        {"designation": "9" * 30},
        {"designation": "\x00"},
        {"token": "\x00"},
        {"token": "t" * 100_000},
        {"email": "a" * 500_000 + "@example.org"},
        {"email": "@" * 500_000},
        {"email": "a@" + "é." * 140_000 + "org"},
        {"first_name": "a" * 900_000},
        {"company_name": "." * 900_000},
        {"siren": "1 " * 9 + "\x00"},
        {"country": "\x00"},
        {"amount": "\x00"},
        {"postal_code": "７５０１５"},
    ],
    ids=lambda fields: f"{next(iter(fields))}-{len(str(fields))}",
)
def test_a_field_that_is_a_bomb_is_refused_at_once(fields: dict[str, str]) -> None:
    client = Client()
    client.get(GIVE)
    begun = time.perf_counter()

    answer = client.post(GIVE, form_data(**fields))

    assert answer.status_code in {400, 422}
    assert time.perf_counter() - begun < 2
    assert not Donor.objects.exists()


@pytest.mark.parametrize("address", [GIVE, "/en/hematology/other-ways/", "/en/my-gifts/", "/admin/login/"])
def test_a_file_that_nobody_asked_for_is_not_written_to_a_disk(address: str) -> None:
    for client in (Client(), Client(enforce_csrf_checks=True)):
        file = SimpleUploadedFile("large.bin", b"x" * 3_000_000)
        client.get(GIVE)  # for the cookie without which nothing of the form is read

        assert client.post(address, {**form_data(), "file": file}).status_code == 400


def test_what_is_far_too_long_is_answered_by_a_page_of_ours_in_the_readers_language() -> None:
    answer = Client().post("/fr/hematologie/give/", form_data(first_name="x" * 1_100_000))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'lang="fr"' in page
    assert "Ceci n’a pas pu être lu" in page


@pytest.mark.parametrize(
    "email",
    [
        '"\x01"@example.org',
        '"\x0bBcc:\\ x"@example.org',
        '"a\\\tb"@example.org',
        "a@" + ".".join(["İ" * 50] * 4) + ".org",
        "x@\ufdfa.com",
        "x@\u2028a.org",
        "x@\ue000.org",
        "x@example.org\x00",
        "x@-a.org",
        "x@straße.example",
        "x@STRAẞE.example",
    ],
    ids=ascii,
)
def test_an_address_no_mail_server_can_be_given_is_refused(program: Program, email: str) -> None:
    form = GiftForm(form_data(email=email), program=program)

    assert form.errors.keys() == {"email"}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_no_address_minds_any_method(method: str) -> None:
    for address in ADDRESSES:
        for client in (Client(), Client(enforce_csrf_checks=True)):
            answer = client.generic(method, address, b"amount=50", content_type=FORM)

            assert answer.status_code < 500, address
    assert not Donor.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "é;q=x,,fr;q=nan,*;q=2," + "aa-bb," * 5_000},
        {"Accept-Language": "\x00"},
        {"Accept-Encoding": "gzip;q=nonsense, br;q=0, \xff"},
        {"Cookie": "django_language=../../etc; csrftoken=\xff; sessionid=x"},
        {"Cookie": 'sessionid="aaaaaaaaaaaa\\000aaa"'},
        {"Cookie": "sessionid=" + "a" * 50_000},
        {"Cookie": 'csrftoken="\\000"; messages="\\000"'},
        {"If-None-Match": 'W/"' + "x" * 10_000},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=-1,-1,999999999999999999999-"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:99999999"},
        {"X-Forwarded-Proto": "javascript"},
        {"Referer": "\x00"},
    ],
    ids=lambda headers: f"{next(iter(headers))}-{len(str(headers))}",
)
def test_no_header_stops_a_page(headers: dict[str, str]) -> None:
    for address in ADDRESSES:
        answer = Client().get(address, headers=headers)

        assert answer.status_code < 500, address


@pytest.mark.parametrize(
    "query",
    [
        "cancelled=",
        "cancelled=%00",
        "cancelled=%FF",
        "cancelled=' OR 1=1",
        "cancelled=00000000-0000-4000-8000-000000000000&cancelled=x",
        "cancelled=" + "9" * 100_000,
        "looks=" + "9" * 100_000,
        "&".join(f"a{number}" for number in range(6_000)),
        "%",
        "=&=&;",
    ],
    ids=lambda query: query[:20],
)
def test_no_query_stops_a_page(query: str) -> None:
    for address in ADDRESSES:
        answer = Client().generic("GET", address, QUERY_STRING=query)

        assert answer.status_code < 500, address


_anything = st.text(max_size=40) | st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\u202e",
        "9" * 400,
        "#panic()",
        "{{ 7*7 }}",
        "%s",
        "' --",
        "<script>",
        "1e9",
        "-5",
        "FR",
    ]
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=st.dictionaries(st.sampled_from(sorted(form_data())) | st.just("token"), _anything, max_size=6)
)
def test_whatever_is_typed_a_gift_is_made_only_of_a_valid_form(
    program: Program, changes: dict[str, str]
) -> None:
    """502 here is a valid form at a Stripe that says no; its gift is pending and owes nothing."""
    before = Donation.objects.count()
    body = urlencode(form_data(**changes), errors="surrogatepass")

    answer = Client().post(GIVE, body, content_type=FORM)

    typed = {name: value.encode("utf-8", "replace").decode() for name, value in form_data(**changes).items()}
    valid = GiftForm(typed, program=program).is_valid()
    assert answer.status_code == (502 if valid else 422)
    assert valid or Donation.objects.count() == before
    if not valid:
        assert b"errors" in answer.content
