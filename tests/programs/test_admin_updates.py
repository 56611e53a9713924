"""Staff write progress updates, publish them and take them off the site."""

from collections.abc import Callable

import pytest
from django.test import Client

from programs.models import Program, ProgressUpdate
from tests.programs.forms import address, filled, new_update, picture

MakeUpdate = Callable[..., ProgressUpdate]


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
