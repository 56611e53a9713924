"""What money refers to stays, and staff read why."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from donations import ledger
from donations.models import Donation
from programs.models import FundingNeed, Program
from tests import staff
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

MODELS: dict[str, type[Program] | type[FundingNeed]] = {"program": Program, "fundingneed": FundingNeed}


@pytest.fixture
def program() -> Program:
    """A programme with a gift in the ledger, for a need that its donor chose."""
    gift = receipt_gifts.gift(designation=receipt_gifts.need())
    ledger.post_gift(gift, charge_id="ch_1", fee_cents=0, occurred_at=gift.created_at)
    return gift.program


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(User.objects.create(username="root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("name", ["program", "fundingneed"])
def test_the_page_to_delete_what_has_gifts_says_why_it_stays(superuser: Client, name: str) -> None:
    model = MODELS[name]
    address = reverse(f"admin:programs_{name}_delete", args=[model.objects.get().pk])

    asked = superuser.get(address).content.decode()
    sent = superuser.post(address, {"post": "yes"})

    assert "cannot be deleted" in asked
    assert "Donations: 1" in asked
    assert str(Donation.objects.get()) not in asked
    assert sent.status_code == 200
    assert model.objects.exists()


@pytest.mark.usefixtures("program")
def test_the_same_is_said_in_french(superuser: Client) -> None:
    address = reverse("admin:programs_program_delete", args=[Program.objects.get().pk])

    told = superuser.get(address, headers={"accept-language": "fr"}).content.decode()

    assert "ne peut pas être supprimé" in told
    assert "Dons\xa0: 1" in told


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("name", ["program", "fundingneed"])
def test_deleting_several_at_once_is_refused_in_the_same_words(superuser: Client, name: str) -> None:
    model = MODELS[name]
    chosen = {"action": "delete_selected", "_selected_action": [model.objects.get().pk]}
    address = reverse(f"admin:programs_{name}_changelist")

    asked = superuser.post(address, chosen).content.decode()
    superuser.post(address, {**chosen, "post": "yes"})

    assert "These cannot all be deleted" in asked
    assert "Donations: 1" in asked
    assert model.objects.exists()


def test_what_nothing_refers_to_is_deleted(superuser: Client) -> None:
    need = receipt_gifts.need()
    address = reverse("admin:programs_fundingneed_delete", args=[need.pk])

    asked = superuser.get(address).content.decode()
    superuser.post(address, {"post": "yes"})

    assert "Delete “Research projects”?" in asked
    assert not FundingNeed.objects.exists()


def test_nobody_of_the_staff_is_deleted_and_a_role_in_use_may_be() -> None:
    administrator = staff.signed_in("Administrator")
    editor = staff.member("Editor")

    answer = administrator.post(reverse("admin:auth_user_delete", args=[editor.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert User.objects.filter(pk=editor.pk).exists()
