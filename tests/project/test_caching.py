"""Who may keep what: every address of the site is either anyone's, or nobody else's.

A new address fails here until it is written down as the one or the other.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver
from django.utils import translation

from campaign.middleware import private_unless_public
from donations.models import Donation, Donor
from programs.models import Program, ProgressUpdate

# Route, without its language, and an address of that kind.
PUBLIC = {
    "": "en/hematology/",  # the only programme's home is its page
    "<slug:slug>/": "en/hematology/",
    "<slug:slug>/card/": "fr/hematologie/card/",
    "<slug:slug>/embed/": "en/hematology/embed/",
    "<slug:slug>/share.png": "en/hematology/share.png",
    "<slug:slug>/updates/<slug:update_slug>/share.png": "fr/hematologie/updates/premieres/share.png",
    "<slug:slug>/updates/": "fr/hematologie/updates/",
    "<slug:slug>/updates/<slug:update_slug>/": "en/hematology/updates/first/",
    "<slug:slug>/updates/feed/": "fr/hematologie/updates/feed/",
    "pages/<slug:slug>/": "en/pages/privacy/",
    "programs/<slug:slug>/progress.json": "programs/hematology/progress.json",
    "robots.txt": "robots.txt",
    "site.webmanifest": "en/site.webmanifest",
    "sitemap.xml": "sitemap.xml",
}
GIFT = "0b1f9b0e-4b0f-4c39-8f0a-9f2a3a6f1c11"
PRIVATE = {
    "<slug:slug>/give/": "en/hematology/give/",
    "<slug:slug>/other-ways/": "fr/hematologie/other-ways/",
    "gifts/<uuid:public_id>/": f"fr/gifts/{GIFT}/",
    "healthz": "healthz",
    "my-gifts/": "en/my-gifts/",
    "my-gifts/address/<uuid:gift>/": f"fr/my-gifts/address/{GIFT}/",
    "my-gifts/data/": "en/my-gifts/data/",
    "my-gifts/email/": "fr/my-gifts/email/",
    "my-gifts/email/<str:token>/": "en/my-gifts/email/nothing/",
    "my-gifts/erasure/": "fr/my-gifts/erasure/",
    "my-gifts/news/": "en/my-gifts/news/",
    "my-gifts/documents/<str:reference>/": "fr/my-gifts/documents/C-2026-000001/",
    "my-gifts/open/<str:token>/": "en/my-gifts/open/nothing/",
    "my-gifts/plans/<uuid:plan>/": f"en/my-gifts/plans/{GIFT}/",
    "my-gifts/plans/<uuid:plan>/amount/": f"fr/my-gifts/plans/{GIFT}/amount/",
    "my-gifts/plans/<uuid:plan>/cancel/": f"en/my-gifts/plans/{GIFT}/cancel/",
    "my-gifts/plans/<uuid:plan>/pause/": f"fr/my-gifts/plans/{GIFT}/pause/",
    "my-gifts/plans/<uuid:plan>/payment/": f"en/my-gifts/plans/{GIFT}/payment/",
    "my-gifts/plans/<uuid:plan>/resume/": f"fr/my-gifts/plans/{GIFT}/resume/",
    "my-gifts/sent/": "fr/my-gifts/sent/",
    "my-gifts/sign-out/": "en/my-gifts/sign-out/",
    "preview/<str:token>/": "en/preview/nothing/",
    "readyz": "readyz",
    "stripe/webhook/": "stripe/webhook/",
    "unsubscribe/<str:token>/": "fr/unsubscribe/nobody/",
}
# Served by Django in development only; and two wholes, of which no page is public.
ELSEWHERE = re.compile(r"\^media/|admin/|sandbox/|errors/")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def written_down() -> set[str]:
    with translation.override("en"):
        found = {route.removeprefix("en/") for route in routes(get_resolver())}
    return {route for route in found if not ELSEWHERE.match(route)}


@pytest.fixture
def filled(program: Program) -> None:
    ProgressUpdate.objects.create(
        program=program,
        title_en="First",
        title_fr="Premières",
        slug_en="first",
        slug_fr="premieres",
        body_en="<p>It works.</p>",
        body_fr="<p>Cela marche.</p>",
        status="published",
    )
    donor = Donor.objects.create(
        email="camille@example.org", first_name="Camille", last_name="Exemple", language="fr"
    )
    Donation.objects.create(
        public_id=GIFT, program=program, donor=donor, amount_cents=5000, language="fr", status="processing"
    )


def test_every_address_is_written_down_as_anyones_or_nobody_elses() -> None:
    assert written_down() - set(PRIVATE) == set(PUBLIC)


@pytest.mark.usefixtures("filled")
def test_what_is_anyones_knows_nobody_and_may_be_kept_for_a_moment() -> None:
    staff = Client()
    staff.force_login(User.objects.create(username="marie", is_staff=True, is_superuser=True))
    staff.cookies["django_language"] = "fr"
    for path in sorted(set(PUBLIC.values())):
        answer = Client().get(f"/{path}", headers={"accept-language": "en"})
        theirs = staff.get(f"/{path}", {"utm_source": "x"}, headers={"accept-language": "fr"})

        for each in (answer, theirs):
            control = each["Cache-Control"]
            assert each.status_code == 200, path
            assert "public" in control
            assert not re.search("private|no-store", control)
            assert re.search(r"max-age=(0|10|300|3600)\b", control)
            assert not each.cookies, path
            assert not re.search("cookie|accept-language", each.get("Vary", ""), re.IGNORECASE), path
        assert without_time(theirs.content) == without_time(answer.content), path


def without_time(content: bytes) -> bytes:
    """progress.json says when it was asked."""
    return re.sub(rb'"as_of": "[^"]+"', b"", content)


@pytest.mark.usefixtures("filled")
def test_pages_say_to_browsers_and_to_caches_between_what_holds_for_each(client: Client) -> None:
    answer = client.get("/en/hematology/")

    assert answer["Cache-Control"] == (
        "public, max-age=0, must-revalidate, s-maxage=10, stale-while-revalidate=50, stale-if-error=86400"
    )
    assert answer["CDN-Cache-Control"] == (
        "public, max-age=10, stale-while-revalidate=50, stale-if-error=86400"
    )


@pytest.mark.usefixtures("filled")
def test_what_is_somebodys_is_kept_by_nobody(client: Client) -> None:
    for path in [
        *PRIVATE.values(),
        "",
        "en/nothing/",
        "admin/",
        "admin/login/",
        "sandbox/",
        "sandbox/mail/",
    ]:
        control = client.get(f"/{path}")["Cache-Control"]

        assert "no-store" in control, path
        assert "private" in control, path
        assert "public" not in control, path


@pytest.mark.usefixtures("filled")
def test_a_preview_is_kept_by_nobody_whoever_looked_before(client: Client) -> None:
    Program.objects.update(status="draft")
    staff = Client()
    staff.force_login(User.objects.create(username="marie", is_staff=True, is_superuser=True))
    for path in ("/en/hematology/", "/en/hematology/updates/", "/en/hematology/updates/first/"):
        before, seen, after = client.get(path), staff.get(path), client.get(path)

        assert [answer.status_code for answer in (before, seen, after)] == [404, 200, 404]
        assert seen["Cache-Control"] == before["Cache-Control"] == "private, no-store"
        assert "ETag" not in seen
        assert "CDN-Cache-Control" not in seen


@pytest.mark.parametrize("way", ["cookie", "vary"])
def test_a_view_that_is_wrong_about_being_public_is_not_believed(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(headers={"Cache-Control": "public", "CDN-Cache-Control": "public"})
        if way == "cookie":
            response.set_cookie("who", "camille")
        else:
            response["Vary"] = "Accept-Encoding, Cookie"
        return response

    answer: Any = private_unless_public(view)(RequestFactory().get("/"))

    assert answer["Cache-Control"] == "private, no-store"
    assert "CDN-Cache-Control" not in answer
    assert "hangs on who asks" in caplog.text


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip, deflate, br", True), ("gzip;q=0", False), ("", False)]
)
def test_what_is_written_for_one_visitor_travels_compressed_too(
    client: Client, accepted: str, packed: bool
) -> None:
    for path in ("/en/hematology/give/", "/admin/login/", f"/fr/gifts/{GIFT}/"):
        answer = client.get(path, headers={"accept-encoding": accepted})

        assert (answer.get("Content-Encoding") == "gzip") is packed, path
        assert (answer.content[:2] == b"\x1f\x8b") is packed
        assert answer["Content-Length"] == str(len(answer.content))
