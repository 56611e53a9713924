"""What staff may type by mistake or by the hundred: clear, and nothing else that was typed is lost."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from programs.models import Page, Program, ProgressUpdate
from programs.models.program import RESERVED_SLUGS
from tests.programs.forms import address, filled, new_update
from tests.programs.test_rich_text import PASTED

MakeProgram = Callable[..., Program]
MakeUpdate = Callable[..., ProgressUpdate]


def rows(prefix: str, start: int, count: int, **fields: str) -> dict[str, str]:
    """`count` new rows after the `start` that are there, with these values."""
    filled_in = {
        f"{prefix}-{place}-{name}": value.replace("#", str(place))
        for place in range(start, start + count)
        for name, value in fields.items()
    }
    return {f"{prefix}-TOTAL_FORMS": str(start + count), **filled_in}


def test_a_programme_without_a_target_is_explained_beside_the_field(
    staff: Client, hematology: Program
) -> None:
    form = filled(staff.get(address(hematology))) | {"target_cents": "", "tagline_en": "Typed before"}

    response = staff.post(address(hematology), form)

    assert "Write how much is needed" in response.content.decode()
    assert filled(response)["tagline_en"] == "Typed before"


def test_an_empty_section_asks_for_words_and_keeps_the_rest(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology))) | rows("sections", 2, 1, lead_fr="Une phrase.", order="0")

    response = staff.post(address(hematology), form)

    assert "Write this in one language at least." in response.content.decode()
    assert filled(response)["sections-2-lead_fr"] == "Une phrase."


def test_a_section_with_nothing_but_its_heading_is_read(
    staff: Client, client: Client, hematology: Program
) -> None:
    form = filled(staff.get(address(hematology))) | rows("sections", 2, 1, heading_en="Only a heading")

    staff.post(address(hematology), form)

    assert "Only a heading" in client.get("/en/hematology/").content.decode()


@pytest.mark.parametrize("count", [0, 40])
def test_a_programme_has_as_many_uses_of_the_money_as_staff_write(
    staff: Client, client: Client, hematology: Program, count: int
) -> None:
    hematology.fundingneeds.all().delete()
    form = filled(staff.get(address(hematology)))
    form |= rows("fundingneeds", 0, count, label_en="Need #", label_fr="Besoin #", amount_cents="100")

    response = staff.post(address(hematology), form)

    assert response.status_code == 302, response.context["errors"]
    assert [need.label for need in hematology.fundingneeds.all()] == [
        f"Need {place}" for place in range(count)
    ]
    assert client.get("/fr/hematologie/").content.decode().count("Besoin ") == count
    assert staff.get(address(hematology)).status_code == 200


def test_new_rows_come_last_in_the_order_they_were_written(staff: Client, hematology: Program) -> None:
    count = hematology.questions.count()
    form = filled(staff.get(address(hematology)))
    form |= rows("questions", count, 3, question_en="New #", answer_en="<p>a</p>", order="0")

    staff.post(address(hematology), form)

    assert [row.question for row in hematology.questions.all()][count:] == [
        f"New {place}" for place in range(count, count + 3)
    ]


def test_a_title_has_two_hundred_characters_and_no_more(staff: Client, hematology: Program) -> None:
    long = "Donaudampfschifffahrt " * 9 + "ab"
    form = filled(staff.get(address(hematology)))

    accepted = staff.post(address(hematology), form | {"title_en": long})
    refused = staff.post(
        address(hematology), filled(staff.get(address(hematology))) | {"title_en": f"{long}c"}
    )

    assert len(long) == 200
    assert accepted.status_code == 302
    assert "at most 200 characters (it has 201)" in refused.content.decode()
    assert Program.objects.get().title_en == long  # type: ignore[attr-defined]


def test_an_update_with_a_long_title_finds_its_address_by_itself(staff: Client, hematology: Program) -> None:
    form = new_update(hematology, title_en="word " * 40, slug_en="", slug_fr="")

    staff.post("/admin/programs/progressupdate/add/", form)

    update = ProgressUpdate.objects.get()
    assert len(update.slug_en) <= 100
    assert update.slug_en.startswith("word-word")


@pytest.mark.parametrize("slug", ["hematology", "hematologie"])
@pytest.mark.parametrize("field", ["slug_en", "slug_fr"])
def test_one_address_leads_to_one_programme(
    staff: Client, hematology: Program, make_program: MakeProgram, field: str, slug: str
) -> None:
    other = make_program("other")
    form = filled(staff.get(address(other))) | {field: slug, "tagline_fr": "Déjà écrit"}

    response = staff.post(address(other), form)

    said = response.content.decode()
    assert "already exists" in said or "has this address in its other language" in said
    assert filled(response)["tagline_fr"] == "Déjà écrit"


def test_one_address_leads_to_one_page_and_one_update(
    staff: Client, hematology: Program, make_update: MakeUpdate, make_program: MakeProgram
) -> None:
    make_update(hematology)
    page = Page.objects.exclude(slug_fr="confidentialite")[0]
    form = filled(staff.get(address(page))) | {"slug_en": "confidentialite"}
    crossed = {"slug_en": "first-nouvelles", "slug_fr": "premiers-pas"}

    answers = [
        staff.post(address(page), form),
        staff.post("/admin/programs/progressupdate/add/", new_update(hematology, **crossed)),
    ]
    elsewhere = staff.post(
        "/admin/programs/progressupdate/add/", new_update(make_program("other"), **crossed)
    )

    for answer in answers:
        assert "has this address in its other language" in answer.content.decode()
    assert elsewhere.status_code == 302


def first_words(patterns: list[URLPattern | URLResolver]) -> set[str]:
    """The fixed words with which addresses begin below a language."""
    found = set()
    for pattern in patterns:
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver) and text in {"", "en/", "fr/"}:
            found |= first_words(pattern.url_patterns)
        elif word := re.match(r"[a-z][a-z-]*(?=/)", text):
            found.add(word[0])
    return found


def test_no_programme_can_take_an_address_of_the_site() -> None:
    words = first_words(get_resolver().url_patterns)

    assert {"preview", "pages", "admin"} <= words
    assert words - RESERVED_SLUGS == set()


@pytest.mark.parametrize("slug", ["preview", "Admin", "pages", "PREVIEW"])
def test_an_address_of_the_site_is_refused(staff: Client, hematology: Program, slug: str) -> None:
    form = filled(staff.get(address(hematology))) | {"slug_fr": slug, "years": "7"}

    response = staff.post(address(hematology), form)

    assert "is an address of the site itself. Choose another word." in response.content.decode()
    assert filled(response)["years"] == "7"


def test_what_is_pasted_from_word_is_read_without_its_dress(
    staff: Client, client: Client, hematology: Program
) -> None:
    form = filled(staff.get(address(hematology))) | {"sections-0-body_fr": PASTED}

    staff.post(address(hematology), form)

    page = client.get("/fr/hematologie/").content.decode()
    assert "<strong>Le\nprofesseur Exemple</strong>" in page
    assert "mso" not in page.lower()


def test_a_time_that_has_passed_is_explained_and_one_to_come_is_kept(
    staff: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    update = make_update(hematology, status="approved", published_at=None)
    form = filled(staff.get(address(update))) | {"title_en": "Typed before"}
    past, future = timezone.localtime() - dt.timedelta(days=2), timezone.localtime() + dt.timedelta(days=2)

    def at(moment: dt.datetime) -> dict[str, Any]:
        return {"publish_at_0": f"{moment:%Y-%m-%d}", "publish_at_1": f"{moment:%H:%M:%S}"}

    refused = staff.post(address(update), form | at(past))
    accepted = staff.post(address(update), filled(refused) | at(future))

    assert "has passed. Choose a time to come" in refused.content.decode()
    assert filled(refused)["title_en"] == "Typed before"
    assert accepted.status_code == 302
    update.refresh_from_db()
    assert update.publish_at == future.replace(microsecond=0)
    assert "planned for" in staff.get("/admin/programs/progressupdate/").content.decode()


def test_a_late_draft_says_so_and_can_still_be_saved(
    staff: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    update = make_update(hematology, status="draft", publish_at=timezone.now() - dt.timedelta(hours=1))

    response = staff.post(address(update), filled(staff.get(address(update))) | {"title_en": "Better words"})

    assert response.status_code == 302
    assert "late: due" in staff.get(address(update)).content.decode()


def test_what_french_lacks_is_marked_and_found(staff: Client, hematology: Program) -> None:
    lists = "/admin/programs/program/"
    complete = staff.get(lists).content.decode()
    Program.objects.filter(pk=hematology.pk).update(tagline_fr="")

    shown = staff.get(lists).content.decode()

    assert "1 missing" not in complete
    assert "French: 1 missing" in shown
    assert staff.get(f"{lists}?words=missing").context["cl"].result_count == 1
    Program.objects.filter(pk=hematology.pk).update(tagline_fr="Oui")
    assert staff.get(f"{lists}?words=missing").context["cl"].result_count == 0
