"""Who may try passwords at the admin's door, and how often."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from campaign import staff_sign_in

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
RIGHT = {"username": "marie", "password": "a long and good password"}


@pytest.fixture(autouse=True)
def _marie() -> None:
    User.objects.create_superuser(**RIGHT)


def test_a_password_is_not_guessed_by_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_sign_in, "_WRONG_AN_HOUR", 3)
    thief = Client(REMOTE_ADDR="203.0.113.5", headers={"accept-language": "fr"})
    for guess in range(3):
        assert thief.post(LOGIN, RIGHT | {"password": f"guess {guess}"}).status_code == 200

    answer = thief.post(LOGIN, RIGHT)

    assert "Trop de mots de passe erronés" in answer.content.decode()
    assert "_auth_user_id" not in thief.session
    assert Client(REMOTE_ADDR="198.51.100.5").post(LOGIN, RIGHT).status_code == 302  # Marie, from elsewhere


def test_right_passwords_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_sign_in, "_WRONG_AN_HOUR", 1)

    answers = [Client(REMOTE_ADDR="203.0.113.5").post(LOGIN, RIGHT) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
