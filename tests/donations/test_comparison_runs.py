"""When the books are compared, and what staff see and do about what differs."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import comparison, tasks
from donations.models import (
    Comparison,
    Difference,
    Discrepancy,
    DiscrepancyState,
    EntryKind,
    Status,
)
from programs.models import Program
from sandbox.models import StripeObject
from tests import staff
from tests.donations.books import compare, paid_gift, post_by_hand, settled_gift
from tests.donations.odd_money import change

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


MORNING = dt.datetime(2026, 11, 27, 4, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("runs", "due"),
    [
        ([], True),
        ([{"started_at": MORNING - dt.timedelta(hours=1)}], True),
        ([{}], False),
        ([{"error": "Stripe was away"}], True),
        ([{"error": "Stripe was away"}] * 23, True),
        ([{"error": "Stripe was away"}] * 24, False),
        ([{"since": MORNING - dt.timedelta(days=3)}], True),
        ([{"since": MORNING - dt.timedelta(days=3)}] * 24, True),
        ([{"finished_at": None}], False),
    ],
)
def test_a_night_is_compared_once_and_tried_again_where_it_was_not(
    runs: list[dict[str, Any]], due: bool
) -> None:
    for run in runs:
        whole = {"since": MORNING - dt.timedelta(days=45), "until": MORNING, "finished_at": MORNING}
        made = Comparison.objects.create(**whole | {k: v for k, v in run.items() if k != "started_at"})
        Comparison.objects.filter(pk=made.pk).update(started_at=run.get("started_at", MORNING))

    with time_machine.travel(MORNING + dt.timedelta(minutes=15), tick=False):
        assert comparison.is_due() is due
    with time_machine.travel(MORNING - dt.timedelta(minutes=30), tick=False):
        assert not comparison.is_due()


def test_one_that_died_is_taken_up_again_by_the_night_task() -> None:
    settled_gift()
    with time_machine.travel(MORNING, tick=False):
        Comparison.objects.create(since=MORNING, until=MORNING)
        tasks.compare_nightly()
        assert Comparison.objects.count() == 1
    with time_machine.travel(MORNING + dt.timedelta(hours=2), tick=False):
        tasks.compare_nightly()
        tasks.compare_nightly()

    assert Comparison.objects.filter(finished_at__isnull=False).count() == 1
    assert Comparison.objects.count() == 2


def test_the_command_refuses_a_day_that_has_not_begun() -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    with pytest.raises(CommandError, match="--since"):
        call_command("reconcile", "--since", f"{tomorrow:%Y-%m-%d}")


def test_a_comparison_is_called_by_the_days_in_paris_that_were_asked_for() -> None:
    call_command("reconcile", "--since", "2026-03-01", stdout=StringIO())

    assert str(Comparison.objects.get()).startswith("2026-03-01 – ")


def test_the_command_prints_what_is_left_and_exits_1(program: Program) -> None:
    out = StringIO()
    post_by_hand(program, "re_old", days_ago=3)
    since = timezone.now() - dt.timedelta(days=9)

    with pytest.raises(CommandError) as failed:
        call_command("reconcile", "--since", f"{since:%Y-%m-%d}", stdout=out)

    assert failed.value.returncode == 1
    assert "missing_there: refund_reversed re_old (Stripe / ledger: – / €7)" in out.getvalue()


@pytest.fixture
def treasurer(client: Client) -> Client:
    user = User.objects.create_user("treasurer", is_staff=True)
    user.groups.add(Group.objects.get(name="Treasurer"))
    client.force_login(user)
    return client


def test_a_treasurer_has_a_difference_repaired_by_a_button(treasurer: Client) -> None:
    donation = paid_gift()
    charge_id = StripeObject.objects.get(kind="charge").object_id
    row = Discrepancy.objects.create(
        difference=Difference.MISSING_HERE,
        kind=EntryKind.GIFT,
        source_ref=charge_id,
        charge_id=charge_id,
        stripe_cents=5000,
        occurred_at=timezone.now(),
        seen_at=timezone.now(),
    )
    page = f"/admin/donations/discrepancy/{row.pk}/"

    assert "Ask Stripe again and repair" in treasurer.get(f"{page}change/").content.decode()
    french = treasurer.get(f"{page}change/", headers={"accept-language": "fr"}).content.decode()
    assert ">Ouvert<" in french  # the state, not the verb of a button
    answer = treasurer.post(f"{page}look/", follow=True)

    row.refresh_from_db()
    donation.refresh_from_db()
    assert "Repaired: our ledger has it now." in answer.content.decode()
    assert (row.state, donation.status) == (DiscrepancyState.SETTLED, Status.PAID)
    assert treasurer.get(f"{page}look/").status_code == 405


def test_a_treasurer_explains_a_difference_in_words_and_never_without(
    treasurer: Client, program: Program
) -> None:
    post_by_hand(program, "re_nobody")
    (row,) = compare().left
    address = f"/admin/donations/discrepancy/{row.pk}/explain/"

    refused = treasurer.post(address, {"words": " "}, follow=True)
    accepted = treasurer.post(address, {"words": "Moved by Stripe’s support."}, follow=True)

    assert "Say what it is" in refused.content.decode()
    assert "Closed, with your explanation." in accepted.content.decode()
    row.refresh_from_db()
    assert row.state == DiscrepancyState.EXPLAINED


def test_money_in_dollars_is_not_shown_in_euros(treasurer: Client) -> None:
    paid_gift()
    for kind in ("charge", "payment_intent", "balance_transaction"):
        change(kind, currency="usd")
    (row,) = compare().left

    page = treasurer.get(f"/admin/donations/discrepancy/{row.pk}/change/").content.decode()

    assert "$50.00" in page
    assert "€50.00" not in page


def test_a_fundraiser_sees_no_comparison(client: Client, program: Program) -> None:
    post_by_hand(program, "re_nobody")
    (row,) = compare().left
    user = User.objects.create_user("fundraiser", is_staff=True)
    user.groups.add(Group.objects.get(name="Fundraiser"))
    client.force_login(user)

    addresses = ["comparison/", "discrepancy/", f"discrepancy/{row.pk}/change/"]
    assert [client.get(f"/admin/donations/{each}").status_code for each in addresses] == [403] * 3
    posts = [f"discrepancy/{row.pk}/look/", f"discrepancy/{row.pk}/explain/", "comparison/run/"]
    assert [client.post(f"/admin/donations/{each}").status_code for each in posts] == [403] * 3


def test_a_comparison_that_died_is_not_shown_as_being_read(treasurer: Client) -> None:
    run = Comparison.objects.create(since=MORNING, until=MORNING)
    assert "Reading" in treasurer.get("/admin/donations/comparison/").content.decode()

    Comparison.objects.filter(pk=run.pk).update(started_at=timezone.now() - dt.timedelta(hours=2))

    assert "Cut off" in treasurer.get("/admin/donations/comparison/").content.decode()


def test_comparing_now_is_asked_of_a_worker(treasurer: Client) -> None:
    answer = treasurer.post("/admin/donations/comparison/run/", follow=True)

    assert "The comparison has begun." in answer.content.decode()


def test_asking_again_keeps_the_words_that_say_what_differs() -> None:
    settled_gift()
    for each in StripeObject.objects.filter(kind__in=["charge", "balance_transaction"]):
        each.data["created"] -= 2 * 86_400
        each.save()
    (row,) = compare().left
    days = row.detail

    comparison.look_again(row, by=staff.member("Treasurer"))

    row.refresh_from_db()
    assert (row.difference, row.detail) == ("date", days)


def test_whoever_comes_second_is_not_told_that_they_closed_or_repaired_it(
    treasurer: Client, program: Program
) -> None:
    post_by_hand(program, "re_x")
    (row,) = compare().left
    comparison.explain(row, words="first", by=staff.member("Administrator"))

    said = ""
    for name, data in (("explain", {"words": "second"}), ("look", {})):
        address = reverse(f"admin:donations_discrepancy_{name}", args=[row.pk])
        said += " ".join(map(str, treasurer.post(address, data, follow=True).context["messages"]))

    row.refresh_from_db()
    assert row.explanation == "first"
    assert "with your explanation" not in said
    assert "our ledger has it now" not in said
