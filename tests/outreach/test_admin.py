import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from outreach.broadcasts import owe_published
from outreach.models import Letter, State, Subscription, Suppression
from programs.models import ProgressUpdate

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    """A member of staff who may look at letters."""
    user = User.objects.create_user("ada", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_letter"]))
    return user


@pytest.fixture
def staff(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def send_again(client: Client, *letters: Letter) -> None:
    client.post(
        reverse("admin:outreach_letter_changelist"),
        {"action": "send_again", "_selected_action": [letter.pk for letter in letters]},
    )


def cell(listed: str, name: str) -> str:
    """What the first row of a list says in the column `name`."""
    found = re.search(rf'<t[dh] class="field-{name}[ "].*?>(.*?)</t[dh]>', listed, re.DOTALL)
    assert found is not None
    return re.sub("<[^>]+>", "", found[1]).strip()


def test_staff_see_why_a_letter_has_not_left(staff: Client, thank: Callable[..., Letter]) -> None:
    letter = thank(donor_name="<script>alert(1)</script>")
    Letter.objects.filter(pk=letter.pk).update(error="ConnectionRefusedError: mail is down")

    listed = staff.get(reverse("admin:outreach_letter_changelist"), {"q": "camille"}).content.decode()
    shown = staff.get(reverse("admin:outreach_letter_change", args=[letter.pk])).content.decode()

    assert "ConnectionRefusedError: mail is down" in listed
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


def test_failed_letters_alone_are_sent_again(admin_client: Client, thank: Callable[..., Letter]) -> None:
    failed, queued = thank(1), thank(2)
    Letter.objects.filter(pk=failed.pk).update(state=State.FAILED, attempts=12)
    Letter.objects.filter(pk=queued.pk).update(attempts=3)

    send_again(admin_client, failed, queued)

    failed.refresh_from_db()
    queued.refresh_from_db()
    assert (failed.state, failed.attempts) == (State.QUEUED, 0)
    assert (queued.state, queued.attempts) == (State.QUEUED, 3)


def test_who_may_only_look_sends_nothing_again(staff: Client, thank: Callable[..., Letter]) -> None:
    failed = thank()
    Letter.objects.filter(pk=failed.pk).update(state=State.FAILED)

    send_again(staff, failed)

    failed.refresh_from_db()
    assert failed.state == State.FAILED


@pytest.mark.parametrize("model", ["letter", "subscription", "broadcast"])
def test_what_people_and_workers_wrote_is_not_written_by_staff(admin_client: Client, model: str) -> None:
    assert admin_client.get(reverse(f"admin:outreach_{model}_add")).status_code == 403


def test_broadcasts_and_subscribers_are_listed_with_their_numbers(
    admin_client: Client, publish: Callable[..., ProgressUpdate], subscribe: Callable[..., Subscription]
) -> None:
    subscribe("a@example.org")
    subscribe("b@example.org")
    publish()
    owe_published()
    Letter.objects.filter(to="a@example.org").update(state=State.FAILED)

    broadcasts = admin_client.get(reverse("admin:outreach_broadcast_changelist")).content.decode()
    subscribers = admin_client.get(reverse("admin:outreach_subscription_changelist")).content.decode()

    assert "A first platform opens" in broadcasts
    assert cell(broadcasts, "owed") == "2"
    assert cell(broadcasts, "failed") == "1"
    assert "a@example.org" in subscribers


def test_every_letter_and_broadcast_opens(
    admin_client: Client, publish: Callable[..., ProgressUpdate], subscribe: Callable[..., Subscription]
) -> None:
    subscription = subscribe()
    publish()
    owe_published()
    letter = Letter.objects.get()

    for model, pk in (
        ("letter", letter.pk),
        ("subscription", subscription.pk),
        ("broadcast", letter.broadcast_id),
    ):
        assert admin_client.get(reverse(f"admin:outreach_{model}_change", args=[pk])).status_code == 200


def test_an_address_is_suppressed_in_lower_case_and_once(admin_client: Client) -> None:
    for email in ("Cross@Example.org", "cross@example.ORG"):
        admin_client.post(
            reverse("admin:outreach_suppression_add"),
            {"email": email, "reason": "complaint", "note": "", "at_0": "2026-11-23", "at_1": "10:00:00"},
        )

    assert [suppression.email for suppression in Suppression.objects.all()] == ["cross@example.org"]
