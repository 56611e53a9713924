"""Staff edit every word and number, and a mistake is a message beside its field."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from donations.models import Donation, Donor
from programs import loading, models
from programs.models import FundingNeed, Page, Picture, Program, ProgressUpdate
from programs.pictures.cleaning import MAXIMUM_BYTES
from tests.programs.forms import filled

MakeUpdate = Callable[..., ProgressUpdate]


def address(row: Any, action: str = "change") -> str:
    return f"/admin/programs/{row._meta.model_name}/{row.pk}/{action}/"


def picture(
    width: int = 40, height: int = 30, name: str = "lab.jpg", kind: str = "JPEG"
) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "#a02030").save(data, kind)
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")


def with_picture(form: dict[str, Any], upload: SimpleUploadedFile, **fields: str) -> dict[str, Any]:
    return {
        **form,
        "pictures-TOTAL_FORMS": "1",
        "pictures-0-order": "0",
        "pictures-0-image": upload,
        "pictures-0-alternative_text_en": "A laboratory",
        "pictures-0-alternative_text_fr": "Un laboratoire",
        **{f"pictures-0-{name}": value for name, value in fields.items()},
    }


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


def test_a_picture_is_kept_with_its_size_and_under_what_it_is(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology)))

    response = staff.post(address(hematology), with_picture(form, picture(name="page.html", kind="PNG")))

    assert response.status_code == 302
    kept = Picture.objects.get()
    assert (kept.width, kept.height) == (40, 30)
    assert str(kept.image.name).endswith(".png")


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture"),
        (SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>"), "not a picture"),
        (SimpleUploadedFile("a.jpg", picture(400, 400).read()[:900]), "not a picture"),
        (SimpleUploadedFile("a.png", b""), "empty"),
        (picture(kind="GIF"), "not a picture"),
        (picture(8000, 5001, kind="PNG"), "40 megapixels"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"0" * MAXIMUM_BYTES), "20 MB"),
    ],
    ids=["svg", "script", "cut short", "empty", "gif", "too large", "too heavy"],
)
def test_what_is_not_a_bearable_picture_is_refused(
    staff: Client, hematology: Program, upload: SimpleUploadedFile, says: str
) -> None:
    form = filled(staff.get(address(hematology)))

    response = staff.post(address(hematology), with_picture(form, upload))

    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Picture.objects.exists()


def test_a_picture_without_alternative_text_is_refused(staff: Client, hematology: Program) -> None:
    form = with_picture(
        filled(staff.get(address(hematology))), picture(), alternative_text_en="", alternative_text_fr=""
    )

    response = staff.post(address(hematology), form)

    assert response.status_code == 200
    assert not Picture.objects.exists()


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


def new_update(hematology: Program, **fields: Any) -> dict[str, Any]:
    return {
        "program": hematology.pk,
        "title_en": "First steps",
        "title_fr": "Premiers pas",
        "slug_en": "first-steps",
        "slug_fr": "premiers-pas",
        "body_en": "<p>It began.<script>1</script></p>",
        "body_fr": "<p>C’est parti.</p>",
        **fields,
    }


def test_staff_write_then_approve_then_publish_an_update(
    staff: Client, client: Client, hematology: Program
) -> None:
    client.get("/en/hematology/")
    staff.post("/admin/programs/progressupdate/add/", new_update(hematology))
    update = ProgressUpdate.objects.get()
    draft = update.status
    staff.post(address(update), filled(staff.get(address(update))) | {"_approve": "1"})
    update.refresh_from_db()
    approved = update.status

    form = staff.get(address(update))
    response = staff.post(address(update), filled(form) | {"_publish": "1"}, follow=True)
    update.refresh_from_db()

    assert (draft, approved, update.status) == ("draft", "approved", "published")
    assert "sends a letter to each of the 0 people who asked for news" in form.content.decode()
    assert "1 update is on the site." in response.content.decode()
    assert "First steps" in client.get("/en/hematology/").content.decode()
    assert "Premiers pas" in client.get("/fr/hematologie/").content.decode()
    assert "<script>1" not in client.get("/en/hematology/updates/first-steps/").content.decode()


def test_staff_take_an_update_off_the_site(
    staff: Client, client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    update = make_update(hematology)
    client.get("/en/hematology/")

    staff.post(address(update), filled(staff.get(address(update))) | {"_unpublish": "1"})

    assert update.title not in client.get("/en/hematology/").content.decode()


@pytest.mark.parametrize(
    ("action", "status"), [("approve", "approved"), ("publish", "published"), ("unpublish", "draft")]
)
def test_actions_move_several_updates(
    staff: Client, hematology: Program, make_update: MakeUpdate, action: str, status: str
) -> None:
    before = {"approve": "draft", "publish": "approved", "unpublish": "published"}[action]
    updates = [make_update(hematology, word, status=before) for word in ("one", "two")]

    for _twice in range(2):
        staff.post(
            "/admin/programs/progressupdate/",
            {"action": action, "_selected_action": [update.pk for update in updates]},
        )

    assert set(ProgressUpdate.objects.values_list("status", flat=True)) == {status}
    assert {update.history.count() for update in updates} == {2}  # type: ignore[attr-defined]


def test_deleting_several_updates_clears_them_from_the_page(
    staff: Client, client: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    updates = [make_update(hematology, word) for word in ("one", "two")]
    client.get("/en/hematology/")

    staff.post(
        "/admin/programs/progressupdate/",
        {
            "action": "delete_selected",
            "_selected_action": [update.pk for update in updates],
            "post": "yes",
        },
    )

    assert not ProgressUpdate.objects.exists()
    assert "The one news" not in client.get("/en/hematology/").content.decode()


def test_an_update_of_a_draft_programme_stays_unpublished(
    staff: Client, make_program: Callable[..., Program], make_update: MakeUpdate
) -> None:
    update = make_update(make_program(status="draft"), status="approved")

    response = staff.post(
        address(update), filled(staff.get(address(update))) | {"_publish": "1"}, follow=True
    )

    update.refresh_from_db()
    assert update.status == "approved"
    assert "its programme is a draft" in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"body_en": "", "body_fr": ""}, "Write this in one language at least"),
        ({"slug_en": "feed"}, "is the address of the feed"),
        ({"slug_fr": "first-nouvelles"}, "already exists"),
        ({"program": ""}, "This field is required"),
        ({"program": "999"}, "valid choice"),
    ],
)
def test_a_mistake_in_an_update_is_a_message(
    staff: Client, hematology: Program, make_update: MakeUpdate, fields: dict[str, str], says: str
) -> None:
    make_update(hematology)

    response = staff.post("/admin/programs/progressupdate/add/", new_update(hematology) | fields)

    assert response.status_code == 200
    assert says in response.content.decode()


def test_an_updates_picture_needs_words(staff: Client, hematology: Program) -> None:
    form = new_update(hematology, picture=picture())

    response = staff.post("/admin/programs/progressupdate/add/", form)

    assert "Say what the picture shows" in response.content.decode()
    assert not ProgressUpdate.objects.exists()


def test_forms_link_to_the_page_in_each_language(
    staff: Client, hematology: Program, make_update: MakeUpdate
) -> None:
    form = staff.get(address(make_update(hematology))).content.decode()

    assert 'href="/en/hematology/updates/first-news/"' in form
    assert 'href="/fr/hematologie/updates/first-nouvelles/"' in form


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
