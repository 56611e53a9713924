"""Staff are told that cards are being tested, in plain words, on every page, until it is over."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from donations.guard import attacks
from programs.models import Program
from tests import staff

pytestmark = pytest.mark.django_db

PAGES = ["/admin/", "/admin/programs/program/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_happens_in_both_languages_and_to_each_role(program: Program, page: str) -> None:
    attacks.sign(program)
    for _form in range(3):
        attacks.stopped(program)

    for role in ("Editor", "Administrator"):
        client = staff.signed_in(role)
        english = client.get(page, headers={"accept-language": "en"}).content.decode()
        french = client.get(page, headers={"accept-language": "fr"}).content.decode()
        assert "Stolen cards are being tested on the gift form of “Hematology" in english
        assert "3 attempts were stopped" in english
        assert "Des cartes volées sont essayées" in french
        assert "are held" not in english


def test_gifts_that_are_held_are_named_to_those_who_may_look_at_them(program: Program) -> None:
    attacks.sign(program, level=attacks.REVIEW)

    treasurer = staff.signed_in("Treasurer").get("/admin/").content.decode()
    editor = staff.signed_in("Editor").get("/admin/").content.decode()

    assert "Gifts that look suspicious are held" in treasurer
    assert "Gifts held for review" in treasurer
    assert "Gifts held for review" not in editor


def test_nothing_is_said_while_all_is_calm_nor_to_strangers(program: Program) -> None:
    attacks.sign(program)
    stranger = Client().get("/admin/login/").content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        calm = staff.signed_in("Administrator").get("/admin/").content.decode()

    assert "attack__title" not in stranger
    assert "attack__title" not in calm
