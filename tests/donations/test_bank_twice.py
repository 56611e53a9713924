"""One movement in two statements is one, however they word it; two that look the same are not lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from donations import offline
from donations.bank import importing
from donations.models import BankLine, LineState, OfflineGift
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import ADD as RECORD
from tests.donations.offline_gifts import draft_in, received, typed
from tests.donations.statements import ADD, bring, entry, in_a_table, one_line, statement, upload

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


FIRST_PAGE, SECOND_PAGE = (entry(), entry("9", name="ZOE")), (entry(), entry("8", name="LOU"))


def test_two_parts_of_a_day_have_nothing_in_common_but_what_looks_the_same(treasurer: User) -> None:
    bring(statement(*FIRST_PAGE), treasurer)
    second = bring(statement(*SECOND_PAGE), treasurer)

    one, other = BankLine.objects.filter(name="CAMILLE EXEMPLE").order_by("pk")
    assert (second.added, second.known) == (2, 0)
    assert (other.statement, other.resembles, other.state) == (second, one, LineState.OPEN)
    assert staff.signed_in("Treasurer").get(OPEN_LINES).content.decode().count("Perhaps there already") == 2


@pytest.mark.parametrize(
    "again",
    [
        (*FIRST_PAGE, *SECOND_PAGE),
        FIRST_PAGE,
        SECOND_PAGE,
        SECOND_PAGE[::-1],
        (*FIRST_PAGE, SECOND_PAGE[1]),
        (*SECOND_PAGE, *FIRST_PAGE, entry("7", name="NOE", day="2026-05-05")),
    ],
)
def test_what_was_read_in_two_parts_is_known_in_every_later_statement(
    treasurer: User, again: tuple[str, ...]
) -> None:
    bring(statement(*FIRST_PAGE), treasurer)
    bring(statement(*SECOND_PAGE), treasurer)

    later = bring(statement(*again) + b"\n", treasurer)

    assert later.added == len([each for each in again if "2026-05-05" in each])
    assert BankLine.objects.filter(name="CAMILLE EXEMPLE").count() == 2


def test_a_day_that_is_told_again_with_what_came_later_overlaps(treasurer: User) -> None:
    bring(statement(*FIRST_PAGE), treasurer)

    later = bring(statement(*FIRST_PAGE, entry("8", name="LOU"), entry()), treasurer)

    assert (later.added, later.known) == (2, 2)


def test_a_line_that_the_bank_words_anew_does_not_make_others_doubtful(treasurer: User) -> None:
    bring(statement(entry(), entry("9", name="ZOE AUTREMENT")), treasurer)

    later = bring(statement(entry(), entry("9", name="MME ZOE AUTREMENT")), treasurer)

    assert (later.added, later.known) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_parts_of_a_day_read_at_once_lose_nothing() -> None:
    treasurer = staff.member("Treasurer")

    def read(page: tuple[str, ...]) -> int:
        try:
            return bring(statement(*page), treasurer).added
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(read, (FIRST_PAGE, SECOND_PAGE))) == [2, 2]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ((entry(), entry("8", day="2026-05-05")), True),
        ((entry(),), True),
        ((entry(), entry("9", name="ZOE")), False),  # two in common: they overlap
    ],
)
def test_what_is_known_by_its_words_alone_is_told_to_whoever_reads_it(
    treasurer: User, entries: tuple[str, ...], told: bool
) -> None:
    bring(statement(entry(), entry("9", name="ZOE")), treasurer)

    answer = staff.signed_in("Treasurer").post(ADD, upload(statement(*entries) + b"\n"), follow=True)

    page = answer.content.decode()
    assert ("1 line counts as known already" in page) is told
    assert ("04/05/2026, €50.00, CAMILLE EXEMPLE" in page) is told


def test_a_reference_of_the_banks_tells_that_a_line_is_the_same(treasurer: User) -> None:
    bring(statement(entry(ref="R1")), treasurer)

    answer = staff.signed_in("Treasurer").post(ADD, upload(statement(entry(ref="R1")) + b"\n"), follow=True)

    assert "1 known already" in answer.content.decode()
    assert "counts as known already" not in answer.content.decode()


def test_a_bank_that_writes_one_reference_on_every_line_hides_no_movement(treasurer: User) -> None:
    alike, anne, boris = (entry(name=name, ref="SAME") for name in ("XAVIER", "ANNE", "BORIS"))
    bring(statement(alike, anne), treasurer)

    assert bring(statement(alike, boris), treasurer).added == 2


def test_a_reference_that_every_line_has_is_no_reason_to_say_nothing(treasurer: User) -> None:
    alike, anne = entry(ref="SAME"), entry("10", name="ANNE", ref="SAME")
    bring(statement(alike, anne), treasurer)
    remarks = importing.Remarks()

    importing.upload("more.xml", statement(alike) + b"\n", by=treasurer, remarks=remarks)

    assert len(remarks.unsure) == 1


def test_a_reference_of_its_own_is_the_same_movement_though_the_day_is_cut(treasurer: User) -> None:
    anne, boris, clara = (
        entry(f"{number}0", name=name, ref=f"R{number}")
        for number, name in enumerate(("ANNE", "BORIS", "CLARA"), 1)
    )
    bring(statement(anne, boris), treasurer)

    later = bring(statement(boris, clara), treasurer)

    assert (later.added, later.known) == (1, 1)


def test_what_came_on_a_friday_and_was_booked_on_monday_is_recognised(treasurer: User) -> None:
    first = one_line(treasurer, day="2026-05-18")  # a Monday, the day it was booked
    in_a_table(treasurer, "15/05/2026;VIR INST DE CAMILLE EXEMPLE DON;50,00")  # the day it was made

    assert BankLine.objects.latest("pk").resembles == first
