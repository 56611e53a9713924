"""People get roles; nobody lifts themselves or others above what they hold."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests import staff
from tests.programs.forms import filled

pytestmark = pytest.mark.django_db

ADD = "/admin/auth/user/add/"
PASSWORD = "a long word nobody guesses"


@pytest.fixture
def administrator() -> Client:
    return staff.signed_in("Administrator")


def change(person: User | Group) -> str:
    return reverse(f"admin:auth_{person._meta.model_name}_change", args=[person.pk])


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def newcomer(**changes: object) -> dict[str, object]:
    return {
        "username": "camille",
        "first_name": "Camille",
        "last_name": "Exemple",
        "email": "camille@example.org",
        "groups": [role("Editor")],
        "password1": PASSWORD,
        "password2": PASSWORD,
        **changes,
    }


def test_a_newcomer_gets_a_role_and_may_sign_in(administrator: Client) -> None:
    answer = administrator.post(ADD, newcomer())

    person = User.objects.get(username="camille")
    assert answer.status_code == 302
    assert (person.is_staff, person.is_active, person.is_superuser) == (True, True, False)
    assert [group.name for group in person.groups.all()] == ["Editor"]
    assert Client().login(username="camille", password=PASSWORD)


@pytest.mark.parametrize("word", ["short", "password1234", "camille.exemple", ""])
def test_a_weak_password_is_refused(administrator: Client, word: str) -> None:
    answer = administrator.post(ADD, newcomer(password1=word, password2=word))

    assert answer.status_code == 200
    assert not User.objects.filter(username="camille").exists()


def test_forms_of_people_offer_roles_and_no_single_right(administrator: Client) -> None:
    person = staff.member("Editor")

    for address in (ADD, change(person)):
        shown = administrator.get(address)
        names = shown.context["adminform"].form.fields.keys()
        assert "groups" in names
        assert not names & {"user_permissions", "is_superuser", "is_staff"}


def test_what_a_form_does_not_offer_is_not_taken_from_it(administrator: Client) -> None:
    person = staff.member("Editor")
    right = Permission.objects.get(codename="view_donor")
    lifted = {"is_superuser": "on", "user_permissions": [right.pk]}

    administrator.post(change(person), filled(administrator.get(change(person))) | lifted)
    administrator.post(ADD, newcomer(**lifted))

    for each in User.objects.filter(username__in=["editor", "camille"]):
        assert (each.is_superuser, each.user_permissions.count()) == (False, 0)


def test_nobody_changes_their_own_roles(administrator: Client) -> None:
    me = User.objects.get(username="administrator")
    form = filled(administrator.get(change(me)))

    answer = administrator.post(change(me), {**form, "groups": [role("Editor")], "first_name": "Noé"})

    me.refresh_from_db()
    assert answer.status_code == 302
    assert me.first_name == "Noé"
    assert [group.name for group in me.groups.all()] == ["Administrator"]
    assert me.is_active


def test_a_superuser_is_out_of_an_administrators_reach(administrator: Client) -> None:
    root = User.objects.create_user("root", password=PASSWORD, is_staff=True, is_superuser=True)
    words = {"password1": "another word of mine", "password2": "another word of mine"}

    told = [
        administrator.post(change(root), {"username": "root", "email": "mine@example.org"}).status_code,
        administrator.post(reverse("admin:auth_user_password_change", args=[root.pk]), words).status_code,
        administrator.post(reverse("admin:auth_user_delete", args=[root.pk]), {"post": "yes"}).status_code,
    ]

    root.refresh_from_db()
    assert told == [403, 403, 403]
    assert root.check_password(PASSWORD)


def test_nobody_gives_a_right_or_a_role_that_they_lack(administrator: Client) -> None:
    right = Permission.objects.get(codename="delete_ledgerentry")
    beyond = Group.objects.create(name="Beyond")
    beyond.permissions.add(right)
    editor = Group.objects.get(name="Editor")

    administrator.post(ADD, newcomer(groups=[beyond.pk]))
    held = list(editor.permissions.values_list("pk", flat=True))
    administrator.post(change(editor), {"name": "Editor", "permissions": [*held, right.pk]})
    taken = administrator.post(change(beyond), {"name": "Beyond", "permissions": []})

    assert not User.objects.filter(username="camille").exists()
    assert right not in editor.permissions.all()
    assert taken.status_code == 403
    assert beyond.permissions.count() == 1


def test_a_role_is_changed_by_ticking_what_it_opens(administrator: Client) -> None:
    treasurer = Group.objects.get(name="Treasurer")
    kept = treasurer.permissions.exclude(codename="refund_donation")

    answer = administrator.post(
        change(treasurer), {"name": "Treasurer", "permissions": [right.pk for right in kept]}
    )

    assert answer.status_code == 302
    assert not treasurer.permissions.filter(codename="refund_donation").exists()
    assert treasurer.permissions.filter(codename="export_donation").exists()


def test_each_reads_the_admin_in_the_language_they_chose_and_the_site_keeps_its_own() -> None:
    client = staff.signed_in("Editor")

    english = client.get("/admin/").content.decode()
    client.post("/admin/language/", {"language": "fr", "next": "/admin/"})
    french = client.get("/admin/").content.decode()

    assert '<html lang="en"' in english
    assert '<html lang="fr"' in french
    assert "Ce qui vous attend" in french
    cookie = client.cookies["django_language"]
    assert cookie["path"] == "/admin/"


def test_who_signs_in_is_led_home() -> None:
    User.objects.create_user("marie", password=PASSWORD, is_staff=True)
    client = Client()
    asked = client.get("/admin/login/").content.decode().partition('id="login-form"')[2]

    answer = client.post("/admin/login/", {"username": "marie", "password": PASSWORD, "next": "/admin/"})

    assert '<input type="hidden" name="next" value="/admin/">' in asked

    assert answer["Location"] == "/admin/"


def test_a_wrong_password_is_said_and_nothing_else() -> None:
    told = Client().post("/admin/login/", {"username": "marie", "password": "x"}).content.decode()

    assert 'role="alert"' in told
    assert "Please enter the correct username and password" in told


def test_staff_are_listed_by_role(administrator: Client) -> None:
    anne = User.objects.create(username="anne", is_staff=True)
    anne.groups.add(role("Treasurer"))

    holders = administrator.get("/admin/auth/user/", {"role": role("Treasurer")})
    page = administrator.get("/admin/auth/user/", headers={"accept-language": "fr"}).content.decode()

    assert [person.username for person in holders.context["cl"].result_list] == ["anne"]
    assert administrator.get("/admin/auth/user/", {"role": "nothing"}).status_code in {200, 302}
    assert "Trésorerie" in page
