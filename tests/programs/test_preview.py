"""A draft is seen by whoever has its link, and by whoever fills in a form; by nobody else."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from outreach.models import Broadcast
from programs import previews
from programs.models import Page, Picture, Program, ProgressUpdate
from tests.programs.forms import address, filled, new_update, picture, with_picture

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]
MakeDraft = Callable[[str], Any]


@pytest.fixture
def make_draft(make_program: MakeProgram, make_update: MakeUpdate) -> MakeDraft:
    def make(kind: str) -> Any:
        if kind == "program":
            return make_program(status="draft")
        if kind == "update":
            return make_update(make_program(), status="draft")
        return Page.objects.create(
            title_en="The team", title_fr="L’équipe", slug_en="team", slug_fr="equipe",
            body_en="<p>We.</p>", body_fr="<p>Nous.</p>", status="draft",
        )  # fmt: skip

    return make


def path(row: Any, language: str = "en") -> str:
    return previews.address(row, language).removeprefix(settings.SITE_URL)


@pytest.mark.parametrize("kind", ["program", "update", "page"])
def test_a_link_shows_a_draft_in_both_languages_to_anybody(
    client: Client, make_draft: MakeDraft, kind: str
) -> None:
    draft = make_draft(kind)

    english, french = client.get(path(draft)), client.get(path(draft, "fr"))

    assert draft.title_en in english.content.decode()
    assert draft.title_fr in french.content.decode()
    assert 'href="/fr/preview/' in english.content.decode()
    assert "Visitors do not see this yet" in english.content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_preview_is_kept_by_nobody_and_found_by_nobody(client: Client, make_draft: MakeDraft) -> None:
    response = client.get(path(make_draft("program")))

    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_a_link_works_for_seven_days_and_says_so(client: Client, make_draft: MakeDraft) -> None:
    link = path(make_draft("program"))
    until = timezone.localtime() + previews.LAST

    shown = client.get(link).content.decode()
    with time_machine.travel(until - dt.timedelta(minutes=1)):
        last = client.get(link)
    with time_machine.travel(until + dt.timedelta(minutes=1)):
        over = client.get(link)
        french = client.get(link.replace("/en/", "/fr/"))

    assert f"until {until.day} {until:%B %Y}" in shown
    assert last.status_code == 200
    assert (over.status_code, french.status_code) == (410, 410)
    assert "This preview is over" in over.content.decode()
    assert "Cet aperçu" in french.content.decode()
    assert over["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: token.upper(),
        lambda _token: "x",
        lambda _token: "a.b",
        lambda token: token + "\x00",
        lambda token: token.split(".")[0] + ".",
        lambda _token: "WyJ1c2VyIiwxLDAsOTk5OTk5OTk5OV0.x",
    ],
)
def test_a_link_that_is_not_ours_shows_nothing(
    client: Client, make_draft: MakeDraft, spoil: Callable[[str], str]
) -> None:
    draft = make_draft("page")

    response = client.get(f"/en/preview/{spoil(previews.token(draft))}/")

    assert response.status_code == 404
    assert "No preview at this address" in response.content.decode()
    assert draft.title_en not in response.content.decode()


def test_a_link_shows_its_own_draft_and_no_other(
    client: Client, make_program: MakeProgram, make_update: MakeUpdate
) -> None:
    program = make_program(status="draft")
    update, other = (make_update(program, word, status="draft") for word in ("one", "two"))

    page = client.get(path(program)).content.decode()

    assert update.title not in page
    assert other.title not in client.get(path(update)).content.decode()


def test_a_link_shows_the_draft_as_it_reads_now(client: Client, make_draft: MakeDraft) -> None:
    draft = make_draft("page")
    link = path(draft)
    draft.title_en = "Who we are"
    draft.save()

    assert "Who we are" in client.get(link).content.decode()


@pytest.mark.parametrize("kind", ["program", "update", "page"])
def test_a_link_leads_to_the_page_itself_once_it_is_published(
    client: Client, make_draft: MakeDraft, kind: str
) -> None:
    draft = make_draft(kind)
    link = path(draft)
    draft.publish()

    response = client.get(link)

    assert response.status_code == 302
    assert response["Location"] == draft.get_absolute_url()
    assert client.get(response["Location"]).status_code == 200


def test_a_link_to_what_was_removed_is_over(client: Client, make_draft: MakeDraft) -> None:
    draft = make_draft("page")
    link = path(draft)
    draft.delete()

    assert client.get(link).status_code == 410


def test_staff_find_the_links_in_the_form_and_end_them_all(
    staff: Client, client: Client, make_draft: MakeDraft
) -> None:
    draft = make_draft("update")
    form = staff.get(address(draft)).content.decode()
    links = re.findall(r'value="[^"]*?(/(?:en|fr)/preview/[^"]+)"', form)

    before = [client.get(link).status_code for link in links]
    said = staff.post(address(draft, "end-previews"), follow=True).content.decode()

    assert before == [200, 200]
    assert [client.get(link).status_code for link in links] == [410, 410]
    new = re.findall(r'value="[^"]*?(/(?:en|fr)/preview/[^"]+)"', said)
    assert [client.get(link).status_code for link in new] == [200, 200]
    assert "shared so far has ended" in said


def test_what_is_public_has_no_preview_link(staff: Client, hematology: Program) -> None:
    assert "/en/preview/" not in staff.get(address(hematology)).content.decode()


def test_a_form_is_seen_as_its_page_and_nothing_of_it_is_saved(
    staff: Client, client: Client, hematology: Program
) -> None:
    before = client.get("/en/hematology/").content.decode()
    form = filled(staff.get(address(hematology))) | {
        "tagline_en": "What if?",
        "tagline_fr": "Et si ?",
        "sections-0-heading_en": "A new heading",
        "questions-0-DELETE": "on",
    }
    question = hematology.questions.all()[0].question
    lines = hematology.history.count()  # type: ignore[attr-defined]

    english = staff.post(address(hematology, "preview") + "?language=en", form)
    french = staff.post(address(hematology, "preview") + "?language=fr", form)

    page = english.content.decode()
    assert "What if?" in page
    assert "A new heading" in page
    assert question not in page
    assert "Nothing of it is saved" in page
    assert 'lang="fr"' in french.content.decode()
    assert "Et si" in french.content.decode()
    assert "no-store" in english["Cache-Control"]
    hematology.refresh_from_db()
    assert hematology.history.count() == lines  # type: ignore[attr-defined]
    assert client.get("/en/hematology/").content.decode() == before


def test_a_form_of_something_new_is_seen_too(staff: Client, hematology: Program) -> None:
    form = new_update(hematology, title_en="Not yet written down")

    response = staff.post("/admin/programs/progressupdate/preview/?language=en", form)

    assert "Not yet written down" in response.content.decode()
    assert not ProgressUpdate.objects.exists()


def test_seeing_a_form_publishes_nothing(staff: Client, hematology: Program, make_update: MakeUpdate) -> None:
    update = make_update(hematology, status="approved", published_at=None)
    form = filled(staff.get(address(update))) | {"_publish": "1"}

    staff.post(address(update, "preview"), form)

    update.refresh_from_db()
    assert update.status == "approved"
    assert not Broadcast.objects.exists()


def test_a_new_picture_is_seen_before_it_is_saved(staff: Client, hematology: Program) -> None:
    form = with_picture(filled(staff.get(address(hematology))), picture())

    page = staff.post(address(hematology, "preview") + "?language=fr", form).content.decode()

    source = re.search(r'src="(/media/[^"]+)"[^>]*alt="Un laboratoire"', page)
    assert source is not None, page
    assert (Path(settings.MEDIA_ROOT) / source[1].removeprefix("/media/")).exists()
    assert not Picture.objects.exists()


def test_mistakes_are_told_instead_of_a_page(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology))) | {"years": "0", "suggestedamounts-0-amount_cents": "2"}

    page = staff.post(address(hematology, "preview"), form).content.decode()

    assert "Years: Ensure this value is greater than or equal to 1." in page
    assert "A gift is between 5 and 100000 euros." in page


def test_reading_the_address_of_a_form_preview_goes_back_to_the_form(
    staff: Client, hematology: Program
) -> None:
    assert staff.get(address(hematology, "preview"))["Location"] == address(hematology)


@pytest.mark.parametrize("action", ["preview", "end-previews"])
def test_only_those_who_may_change_may_see_and_end(hematology: Program, action: str) -> None:
    reader = Client()
    reader.force_login(User.objects.create(username="lea", is_staff=True))

    assert reader.post(address(hematology, action)).status_code == 403
    assert Client().post(address(hematology, action)).status_code == 302
