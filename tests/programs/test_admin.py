"""Staff edit every word and number, and a mistake is a message beside its field."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from donations.models import Donation, Donor
from programs import loading, models
from programs.models import FundingNeed, Page, Program, ProgressUpdate
from tests.programs.forms import address, filled

MakeUpdate = Callable[..., ProgressUpdate]


@pytest.mark.parametrize(
    "model",
    [
        "program",
        "page",
        "progressupdate",
        *(part.__name__.lower() for part in (models.Section, models.Question)),
    ],
)
def test_every_list_opens(staff: Client, hematology: Program, make_update: MakeUpdate, model: str) -> None:
    make_update(hematology)

    assert staff.get(f"/admin/programs/{model}/?q=a").status_code == 200


def test_every_form_and_history_opens(staff: Client, hematology: Program, make_update: MakeUpdate) -> None:
    rows: list[Any] = [hematology, Page.objects.all()[0], make_update(hematology)]
    rows += [hematology.sections.all()[0], hematology.suggestedamounts.all()[0]]

    for row in rows:
        assert staff.get(address(row)).status_code == 200, row
        assert staff.get(address(row, "history")).status_code == 200, row


def histories_of(program: Program, name: str) -> int:
    return sum(row.history.count() for row in getattr(program, name).all())


def test_sending_the_form_back_as_it_is_changes_no_word(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology)))
    lines = [histories_of(hematology, name) for name in loading.PARTS]

    response = staff.post(address(hematology), form)

    assert response.status_code == 302, response.context["errors"]
    assert [histories_of(hematology, name) for name in loading.PARTS] == lines
    assert hematology.resources.count() == 8


@pytest.mark.parametrize(
    "name",
    [
        "title", "slug", "tagline", "summary", "sections-0-heading", "sections-0-lead", "sections-0-body",
        "testimonials-0-quote", "testimonials-0-attribution", "testimonials-0-context",
        "resources-0-label", "resources-0-detail", "keyfigures-0-value", "keyfigures-0-source",
        "fundingneeds-0-label", "fundingneeds-0-detail", "suggestedamounts-0-label",
        "questions-0-question", "questions-0-answer",
    ],
)  # fmt: skip
def test_the_form_holds_each_text_in_both_languages(staff: Client, hematology: Program, name: str) -> None:
    form = filled(staff.get(address(hematology)))

    assert {f"{name}_en", f"{name}_fr"} <= form.keys()
    assert name not in form


def test_a_saved_change_shows_at_once_in_both_languages(
    staff: Client, client: Client, hematology: Program
) -> None:
    client.get("/en/hematology/"), client.get("/fr/hematologie/")
    form = filled(staff.get(address(hematology)))
    form |= {
        "sections-0-heading_en": "Our plan",
        "sections-0-heading_fr": "Notre plan",
        "resources-0-quantity": "7",
        "target_cents": "2 000 000",
    }

    response = staff.post(address(hematology), form)

    assert response.status_code == 302
    english, french = (client.get(path).content.decode() for path in ("/en/hematology/", "/fr/hematologie/"))
    assert "Our plan" in english
    assert "Notre plan" in french
    assert "€2,000,000" in english
    line = hematology.sections.all()[0].history.first()  # type: ignore[attr-defined]
    assert (line.heading_fr, line.history_user.username) == ("Notre plan", "marie")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("target_cents", "", "Write how much is needed"),
        ("target_cents", "0", "at least 1 euro"),
        ("target_cents", "-5", "Write an amount in euros"),
        ("target_cents", "1e9", "Write an amount in euros"),
        ("target_cents", "1.000", "Is this 1 or 1000 euros?"),
        ("target_cents", "9" * 5000, "Write an amount in euros"),
        ("target_cents", "12\x00", "Write an amount in euros"),
        ("slug_en", "admin", "is an address of the site itself"),
        ("slug_en", "no spaces", "Enter a valid “slug”"),
        ("starts_on", "tomorrow", "Enter a valid date"),
        ("starts_on", "9999-12-31", "less than or equal to 2200-01-01"),
        ("years", "0", "greater than or equal to 1"),
        ("years", "99999", "less than or equal to 50"),
        ("suggestedamounts-0-amount_cents", "2", "A gift is between 5 and 100000 euros"),
        ("suggestedamounts-0-is_default", "on", "Choose one amount at first for each frequency"),
        ("suggestedamounts-0-amount_cents", "50", "correct the duplicate"),
    ],
)
def test_a_mistake_is_a_message_and_not_an_error_page(
    staff: Client, hematology: Program, field: str, value: str, says: str
) -> None:
    form = filled(staff.get(address(hematology))) | {field: value}

    response = staff.post(address(hematology), form)

    assert response.status_code == 200
    assert says in response.content.decode()
    assert Program.objects.get().revision == hematology.revision


def test_an_address_taken_by_another_programme_is_refused(
    staff: Client, hematology: Program, make_program: Callable[..., Program]
) -> None:
    other = make_program("other")
    form = filled(staff.get(address(other))) | {"slug_fr": "hematologie"}

    response = staff.post(address(other), form)

    assert response.status_code == 200
    assert "already exists" in response.content.decode()


def test_a_milestone_is_a_percentage_or_an_amount(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology))) | {
        "milestones-TOTAL_FORMS": "1",
        "milestones-0-order": "0",
        "milestones-0-percent": "50",
        "milestones-0-amount_cents": "500000",
        "milestones-0-headline_en": "Half way",
        "milestones-0-headline_fr": "À mi-chemin",
    }

    refused = staff.post(address(hematology), form)
    accepted = staff.post(address(hematology), form | {"milestones-0-amount_cents": ""})

    assert "Give either a percentage or an amount." in refused.content.decode()
    assert accepted.status_code == 302


def test_a_use_of_the_money_that_has_gifts_cannot_be_removed(staff: Client, hematology: Program) -> None:
    need = hematology.fundingneeds.all()[0]
    donor = Donor.objects.create(email="camille@example.org", first_name="Camille", last_name="Martin")
    Donation.objects.create(program=hematology, donor=donor, amount_cents=50_00, designation=need)
    form = filled(staff.get(address(hematology))) | {"fundingneeds-0-DELETE": "on"}

    inline = staff.post(address(hematology), form)
    alone = staff.post(address(need, "delete"), {"post": "yes"})

    assert inline.status_code == 200
    assert "cannot be removed: money refers to it (donations: 1)" in inline.content.decode()
    assert "cannot be deleted" in alone.content.decode()
    assert FundingNeed.objects.filter(pk=need.pk).exists()


def test_a_use_of_the_money_without_gifts_can_be_removed(
    staff: Client, client: Client, hematology: Program
) -> None:
    client.get("/en/hematology/")
    form = filled(staff.get(address(hematology))) | {"fundingneeds-0-DELETE": "on"}

    staff.post(address(hematology), form)

    assert "cutting-edge equipment" not in client.get("/en/hematology/").content.decode()


def test_french_writes_the_names_of_languages_small_inside_a_sentence(
    staff: Client, hematology: Program
) -> None:
    staff.cookies["django_language"] = "fr"

    form = staff.get(address(hematology)).content.decode()

    assert "Titre (français)" in form
    assert "Voir sur le site en anglais" in form
    assert "Aperçu en français" in form
    assert not re.search(r"(en |\()(Anglais|Français)", form)
    assert '<button type="submit" name="language" value="en" lang="en">English</button>' in form


def test_an_older_version_can_be_brought_back(staff: Client, client: Client, hematology: Program) -> None:
    section = hematology.sections.all()[0]
    first = section.history.first()  # type: ignore[attr-defined]
    section.heading_en = "A slip"  # type: ignore[attr-defined]
    section.save()
    old = f"{address(section, 'history')}{first.history_id}/"

    staff.post(old, filled(staff.get(old)))

    assert "A slip" not in client.get("/en/hematology/").content.decode()
    assert "The Project" in client.get("/en/hematology/").content.decode()
