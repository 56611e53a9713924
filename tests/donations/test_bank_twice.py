"""One movement in two statements that word it differently: recognised as the same, and not recorded twice."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from donations import offline
from donations.models import BankLine, LineState, OfflineGift
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import ADD as RECORD
from tests.donations.offline_gifts import draft_in, received, typed
from tests.donations.statements import bring, entry, in_a_table, one_line, statement

OPEN_LINES = reverse("admin:donations_bankline_changelist") + "?state__exact=open"


@pytest.fixture
def treasurer(db: None) -> User:
    return staff.member("Treasurer")


@pytest.fixture
def campaign(db: None) -> Program:
    return receipt_gifts.program()


@pytest.mark.parametrize(
    ("row", "same"),
    [
        ("04/05/2026;VIR SEPA DE CAMILLE EXEMPLE DON;50,00", True),
        ("06/05/2026;VIR SEPA DE CAMILLE EXEMPLE DON;50,00", True),  # by the day of value
        ("08/05/2026;VIR SEPA DE CAMILLE EXEMPLE DON;50,00", False),
        ("04/05/2026;VIR SEPA DE CAMILLE EXEMPLE DON;51,00", False),
        ("04/05/2026;VIR SEPA DE ZOE AUTREMENT;50,00", False),
    ],
)
def test_a_movement_in_another_format_is_recognised(treasurer: User, row: str, same: bool) -> None:
    first = one_line(treasurer)
    in_a_table(treasurer, row)

    second = BankLine.objects.latest("pk")

    assert (second.resembles == first) is same
    assert list(first.doubles()) == [second] * same
    page = staff.signed_in("Treasurer").get(OPEN_LINES).content.decode()
    assert page.count("Perhaps there already") == 2 * same


def test_each_movement_is_recognised_once_and_two_days_of_one_format_are_two(treasurer: User) -> None:
    bring(statement(entry(), entry()), treasurer)
    bring(statement(entry(day="2026-05-05")), treasurer)
    assert not BankLine.objects.exclude(resembles=None).exists()

    in_a_table(treasurer, *["04/05/2026;CAMILLE EXEMPLE;50,00"] * 4)

    found = list(BankLine.objects.exclude(resembles=None).values_list("resembles", flat=True))
    assert len(found) == len(set(found)) == 3


def test_what_was_recorded_from_one_is_a_doubt_for_the_other(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    gift = offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)
    in_a_table(treasurer, "04/05/2026;VIR DE CAMILLE EXEMPLE;50,00")
    second = BankLine.objects.latest("pk")
    client = staff.signed_in("Treasurer")
    page = client.get(reverse("admin:donations_bankline_change", args=[second.pk])).content.decode()
    assert "may be the same movement" in page
    assert "Recorded as a gift" in page

    other = typed(campaign, line=second.pk, email="zoe@example.org", last_name="Autrement", first_name="Zoé")
    confirm = client.post(RECORD, other)
    refused = client.post(RECORD, {"draft": draft_in(confirm), "record": "1"})

    assert refused.status_code == 409
    assert list(OfflineGift.objects.all()) == [gift]


def test_a_line_that_is_the_same_is_put_aside_in_one_step(treasurer: User) -> None:
    one_line(treasurer)
    in_a_table(treasurer, "04/05/2026;VIR DE CAMILLE EXEMPLE;50,00")
    line = BankLine.objects.latest("pk")
    client = staff.signed_in("Treasurer")
    place = reverse("admin:donations_bankline_change", args=[line.pk])
    form = client.get(place)
    assert "It is the same: put this line aside" in form.content.decode()

    client.post(
        reverse("admin:donations_bankline_dismiss", args=[line.pk]), {"reason": form.context["same_reason"]}
    )

    line.refresh_from_db()
    assert line.state == LineState.DISMISSED
    assert "releve.xml" in line.reason
