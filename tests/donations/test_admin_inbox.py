"""The inbox as staff see it: what Stripe said, what became of it, and handling it once more."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from donations import ledger, webhooks
from donations.models import LedgerEntry, Receipt, Replay, StripeEvent
from outreach.models import Letter
from programs.models import Program
from tests import staff
from tests.donations.test_webhook import event_about, post
from tests.giving import give, pay

pytestmark = pytest.mark.django_db
LIST = reverse("admin:donations_stripeevent_changelist")


def event(name: str = "evt_1", **changes: Any) -> StripeEvent:
    given = {"type": "payout.paid", "livemode": False, "payload": {}, "created_at": timezone.now()}
    return StripeEvent.objects.create(event_id=name, **{**given, **changes})


def page_of(row: StripeEvent) -> str:
    return reverse("admin:donations_stripeevent_change", args=[row.pk])


def again(row: StripeEvent) -> str:
    return reverse("admin:donations_stripeevent_again", args=[row.pk])


def test_an_event_shows_what_stripe_said_and_nothing_of_it_is_believed() -> None:
    said = {"data": {"object": {"id": "ch_1", "name": "<script>Élodie</script>"}}}
    row = event(payload=said, error="Unavailable: 500", attempts=3)

    page = staff.signed_in("Treasurer").get(page_of(row)).content.decode()

    assert "&lt;script&gt;Élodie&lt;/script&gt;" in page
    assert "<script>Élodie" not in page
    assert "\n      &quot;id&quot;: &quot;ch_1&quot;" in page
    assert "Unavailable: 500" in page


def test_a_payload_longer_than_a_page_can_show_is_cut_and_says_so() -> None:
    row = event(payload={"long": "x" * 300_000})

    page = staff.signed_in("Treasurer").get(page_of(row)).content.decode()

    assert "cut here" in page
    assert len(page) < 250_000


@pytest.mark.parametrize(
    ("kept", "english", "french"),
    [
        ("not handled here", "not handled here", "sans suite ici"),
        ("held for review: why", "held for review: why", "retenu pour examen\xa0: why"),
        ("compared 3", "plans compared: 3", "dons réguliers comparés\xa0: 3"),
        ("something unforeseen", "something unforeseen", "something unforeseen"),
    ],
)
def test_what_handling_came_to_is_said_in_the_readers_language(kept: str, english: str, french: str) -> None:
    row = event(processed_at=timezone.now(), outcome=kept)
    client = staff.signed_in("Treasurer")

    for address in (LIST, page_of(row)):
        assert english in client.get(address).content.decode()
        assert french in client.get(address, headers={"accept-language": "fr"}).content.decode()


def test_the_states_are_told_apart() -> None:
    event("evt_waiting")
    event("evt_failing", error="Unavailable", attempts=2)
    event("evt_given_up", error="Unavailable", attempts=webhooks.MAX_ATTEMPTS)
    event("evt_done", processed_at=timezone.now(), outcome="settled")
    client = staff.signed_in("Treasurer")

    shown = {}
    for state in ("waiting", "failing", "given-up", "done"):
        rows = client.get(LIST, {"state": state}).context["cl"].result_list
        shown[state] = {row.event_id.removeprefix("evt_") for row in rows}

    assert shown == {
        "waiting": {"waiting", "failing", "given_up"},
        "failing": {"failing", "given_up"},
        "given-up": {"given_up"},
        "done": {"done"},
    }


def test_an_empty_inbox_says_so() -> None:
    assert "Stripe has told us nothing yet." in staff.signed_in("Treasurer").get(LIST).content.decode()


def test_many_are_made_due_at_once_and_each_keeps_who_asked_and_what_it_had_come_to() -> None:
    client = staff.signed_in("Treasurer")
    given_up = event("evt_1", error="Unavailable", attempts=webhooks.MAX_ATTEMPTS, not_before=timezone.now())
    done = event("evt_2", processed_at=timezone.now(), outcome="settled", attempts=1)
    other = event("evt_3", processed_at=timezone.now(), outcome="settled")

    answer = client.post(
        LIST, {"action": "handle_again", "_selected_action": [given_up.pk, done.pk]}, follow=True
    )

    assert "2 events will be handled again" in answer.content.decode()
    assert webhooks.waiting() == [given_up.pk, done.pk]
    assert set(
        Replay.objects.values_list("event__event_id", "asked_by__username", "attempts", "outcome", "error")
    ) == {
        ("evt_1", "treasurer", webhooks.MAX_ATTEMPTS, "", "Unavailable"),
        ("evt_2", "treasurer", 1, "settled", ""),
    }
    other.refresh_from_db()
    assert other.processed_at
    assert "treasurer" in client.get(page_of(done)).content.decode()


@pytest.mark.parametrize(("role", "status"), [("Editor", 403), ("Fundraiser", 403), ("Administrator", 302)])
def test_only_who_may_has_an_event_handled_again(role: str, status: int) -> None:
    row = event(processed_at=timezone.now(), outcome="settled")

    answer = staff.signed_in(role).post(again(row))

    assert answer.status_code == status
    assert Replay.objects.exists() == (status == 302)


def test_who_may_only_look_is_shown_no_way_to_do_more() -> None:
    client = staff.signed_in("Treasurer")
    staff.member("Treasurer").groups.get().permissions.remove(
        *staff.member("Treasurer").groups.get().permissions.filter(codename="replay_stripeevent")
    )
    row = event()

    assert again(row) not in client.get(page_of(row)).content.decode()
    assert "handle_again" not in client.get(LIST).content.decode()
    assert client.post(again(row)).status_code == 403


def test_a_question_that_only_looks_changes_nothing_and_an_event_that_is_not_there_is_not_found() -> None:
    client = staff.signed_in("Treasurer")
    row = event(processed_at=timezone.now())

    assert client.get(again(row)).status_code == 405
    assert client.post(reverse("admin:donations_stripeevent_again", args=[row.pk + 1])).status_code == 404
    assert not Replay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_recorded_is_not_recorded_twice(stripe_sandbox: str, program: Program) -> None:
    donation = give()
    pay(donation)
    post(event_about(donation))
    row = StripeEvent.objects.get(event_id="evt_test_1")
    webhooks.process(row.pk)
    before = ledger.read_total(program)

    staff.signed_in("Treasurer").post(again(row))
    handled = webhooks.process(row.pk)

    assert handled
    row.refresh_from_db()
    assert row.outcome == "nothing new"
    assert ledger.read_total(program) == before
    assert (LedgerEntry.objects.count(), Receipt.objects.count(), Letter.objects.count()) == (1, 1, 1)
