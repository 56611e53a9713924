"""The admin's home says where the campaign is and what waits, to each role what is its own."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import ledger, payments
from donations.admin import months
from donations.gateway import Payment
from donations.models import Donation, EntryKind, LedgerEntry, Method, RecurringDonation, StripeEvent
from outreach.models import Letter, State
from programs.models import Program, ProgressUpdate
from tests import staff
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

HOME = "/admin/"


def pay(cents: int = 5000, *, days_ago: int = 0, number: int = 0, **donor: Any) -> Donation:
    """A gift whose money has arrived."""
    gift = receipt_gifts.gift(receipt_gifts.donor(**donor), amount_cents=cents)
    paid_at = timezone.now() - dt.timedelta(days=days_ago)
    payments.settle(
        gift,
        Payment(
            payment_intent_id=f"pi_{gift.pk}",
            charge_id=f"ch_{gift.pk}",
            amount_cents=cents,
            currency="EUR",
            fee_cents=0,
            method=Method.CARD,
            paid_at=paid_at,
            livemode=False,
        ),
    )
    return gift


def home(role: str, **headers: str) -> str:
    return staff.signed_in(role).get(HOME, headers=headers).content.decode()


def test_home_says_how_far_each_published_programme_is_and_its_pace() -> None:
    program = receipt_gifts.program()
    Program.objects.filter(pk=program.pk).update(starts_on=timezone.localdate(), target_cents=100_000_00)
    pay(20_000_00)

    english, french = home("Editor"), home("Editor", accept_language="fr")

    assert "€20,000" in english
    assert "raised of €100,000, or 20%" in " ".join(english.split())
    assert "ahead of a steady pace" in english
    assert "d’avance sur un rythme régulier" in french


def test_home_says_how_far_behind_its_pace_a_programme_is() -> None:
    program = receipt_gifts.program()
    year = dt.timedelta(days=366)
    Program.objects.filter(pk=program.pk).update(
        starts_on=timezone.localdate() - year, years=1, target_cents=100_000_00
    )
    pay(40_000_00)

    assert "€60,000 behind a steady pace" in home("Editor")


def promise(program: Program, cents: int, number: int, **fields: Any) -> None:
    """A monthly plan with two payments to come before the programme ends."""
    last_but_one = dt.datetime.combine(program.ends_on, dt.time(12), tzinfo=timezone.get_default_timezone())
    RecurringDonation.objects.create(
        program=program,
        donor=receipt_gifts.donor(email=f"plan{number}@example.org"),
        amount_cents=cents,
        frequency="monthly",
        language="en",
        stripe_subscription_id=f"sub_{number}",
        next_charge_at=last_but_one - dt.timedelta(days=32),
        **{"status": "active", **fields},
    )


@pytest.mark.parametrize(("role", "linked"), [("Editor", False), ("Treasurer", True)])
def test_home_says_what_running_plans_will_bring_apart_from_what_is_raised(role: str, linked: bool) -> None:
    program = receipt_gifts.program()
    promise(program, 1_000_00, 1)
    promise(program, 7_000_00, 2, status="paused")

    shown = " ".join(home(role).split())
    french = " ".join(home(role, accept_language="fr").split())

    assert "Pledged, not counted: <strong>€2,000</strong>" in shown
    assert "raised of €1,000,000, or 0%" in shown
    assert ("?status__exact=active&amp;program__id__exact=" in shown) is linked
    assert "Promis, non compté : <strong>2 000 €</strong>" in french


def test_home_is_plain_while_there_is_nothing() -> None:
    shown = home("Administrator")

    assert "No programme is published yet" in shown
    assert "No gift yet" in shown
    assert "Nothing was received in the last twelve months" in shown
    assert "Nothing waits for you" in shown


@pytest.mark.parametrize(
    ("role", "donors", "chart"),
    [("Editor", False, False), ("Fundraiser", True, True), ("Treasurer", True, True)],
)
def test_home_names_donors_to_those_alone_who_may_see_them(role: str, donors: bool, chart: bool) -> None:
    pay(first_name="Maryvonne", last_name="Témoin", email="maryvonne@example.org")

    shown = home(role)

    assert ("Maryvonne" in shown) is donors
    assert ("maryvonne@example.org" in shown) is False
    assert ("The last twelve months" in shown) is chart


def make_everything_wait() -> None:
    program = receipt_gifts.program()
    for number, status in enumerate(("draft", "approved", "draft")):
        ProgressUpdate.objects.create(
            program=program,
            status=status,
            publish_at=timezone.now() + dt.timedelta(days=1) if number == 2 else None,
            slug_en=f"news-{number}",
            slug_fr=f"nouvelle-{number}",
            title_en="News",
            title_fr="Nouvelle",
            body_en="<p>Words.</p>",
            body_fr="<p>Des mots.</p>" if number else "",
        )
    receipt_gifts.gift(status="held")
    Letter.objects.create(key="a", kind="gift_thanks", to="a@example.org", language="en", state=State.FAILED)
    for number, error in enumerate(("boom", "")):
        event = StripeEvent.objects.create(
            event_id=f"evt_{number}",
            type="x",
            livemode=False,
            payload={},
            created_at=timezone.now(),
            error=error,
        )
        StripeEvent.objects.filter(pk=event.pk).update(received_at=timezone.now() - dt.timedelta(hours=1))


WAITING = {
    "1 update is a draft": "Editor Fundraiser Administrator",
    "1 update is approved": "Editor Fundraiser Administrator",
    "1 update will be published by itself": "Editor Fundraiser Administrator",
    "1 update has words that one language lacks": "Editor Fundraiser Administrator",
    "1 gift is held": "Fundraiser Treasurer Administrator",
    "1 letter could not be sent": "Fundraiser Administrator",
    "1 event from Stripe could not be handled": "Treasurer Administrator",
    "1 event from Stripe has waited": "Treasurer Administrator",
}


@pytest.mark.parametrize("role", staff.ROLES)
def test_home_lists_what_waits_for_each_role_with_the_list_where_it_is(role: str) -> None:
    make_everything_wait()
    client = staff.signed_in(role)

    response = client.get(HOME)

    tasks = response.context["tasks"]
    told = {text for text in WAITING if any(text in task.text for task in tasks)}
    assert told == {text for text, roles in WAITING.items() if role in roles}
    for task in tasks:
        listed = client.get(task.address)
        assert listed.status_code == 200, task
        assert listed.context["cl"].result_count >= 1, task


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(HOME).status_code == 200
    return len(captured)


def test_home_costs_the_same_queries_however_much_there_is() -> None:
    client = staff.signed_in("Administrator")
    pay()
    queries(client)
    few = queries(client)

    make_everything_wait()
    for number in range(8):
        pay(days_ago=30 * number, email=f"donor{number}@example.org")
        program = Program.objects.create(
            slug_en=f"p{number}",
            slug_fr=f"p{number}-fr",
            title_en="P",
            title_fr="P",
            status="published",
            target_cents=100_000_00,
            starts_on=timezone.localdate(),
        )
        promise(program, 1_000_00, number)

    assert queries(client) == few
    assert few <= 29  # one for each model that something may wait in


def test_months_add_up_to_the_ledger_and_what_is_taken_back_counts_against_its_month() -> None:
    gift = pay(7_000_00)
    pay(2_000_00, days_ago=200, email="other@example.org")
    pay(9_000_00, days_ago=500, email="long.ago@example.org")
    refund = LedgerEntry(
        program=gift.program,
        donation=gift,
        kind=EntryKind.REFUND,
        amount_cents=-3_000_00,
        occurred_at=timezone.now(),
        source="stripe",
        source_ref="re_1",
    )
    ledger.post(refund)

    chart = months.draw()

    assert len(chart.bars) == 12
    assert chart.this_month.cents == 4_000_00
    assert chart.cents == 6_000_00
    assert chart.best == chart.this_month
    assert all(0 <= bar.top <= 100 and bar.top + bar.height <= 100.01 for bar in chart.bars)


def test_a_month_that_lost_money_is_drawn_below_the_line() -> None:
    gift = pay(1_000_00, days_ago=70)
    refund = LedgerEntry(
        program=gift.program,
        donation=gift,
        kind=EntryKind.REFUND,
        amount_cents=-1_000_00,
        occurred_at=timezone.now(),
        source="stripe",
        source_ref="re_1",
    )
    ledger.post(refund)

    chart = months.draw()

    zero = next(line.top for line in chart.lines if line.cents == 0)
    assert chart.this_month.top == zero
    assert chart.this_month.height == 50


def test_what_came_and_went_back_in_the_same_month_is_not_said_never_to_have_come() -> None:
    client = staff.signed_in("Treasurer")
    assert "Nothing was received in the last twelve months." in client.get("/admin/").content.decode()
    gift = pay(1_000_00)
    refund = LedgerEntry(
        program=gift.program,
        donation=gift,
        kind=EntryKind.REFUND,
        amount_cents=-1_000_00,
        occurred_at=timezone.now(),
        source="stripe",
        source_ref="re_1",
    )
    ledger.post(refund)

    page = client.get("/admin/").content.decode()

    assert "Nothing was received" not in page
    assert "€0 in all" in page
