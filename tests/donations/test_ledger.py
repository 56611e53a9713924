"""The total, and what it is made of: kept in the transaction that posts, and always what the ledger says."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from donations import ledger
from donations.models import Donation, Donor, EntryKind, LedgerEntry, MonthlyTotal, ProgramTotal
from programs.models import Program

_SIGN = {EntryKind.REFUND: -1, EntryKind.DISPUTE: -1, EntryKind.DISPUTE_FEE: 0}
_NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
_EVENING = dt.datetime(2025, 11, 1, 23, 30, tzinfo=dt.UTC)  # tomorrow already in Paris


def post(
    program: Program, kind: str = EntryKind.GIFT, cents: int = 5000, at: dt.datetime = _NOON, ref: str = ""
) -> None:
    """An entry of any kind; gifts are all by the same donor."""
    ref = ref or f"ref-{LedgerEntry.objects.count()}"
    with transaction.atomic():
        if kind == EntryKind.GIFT:
            donor, _ = Donor.objects.get_or_create(email="camille@example.org", last_name="Exemple")
            donation = Donation.objects.create(program=program, donor=donor, amount_cents=cents)
            ledger.post_gift(donation, charge_id=ref, fee_cents=100, occurred_at=at)
        else:
            ledger.post(
                LedgerEntry(
                    program=program,
                    kind=kind,
                    amount_cents=cents * _SIGN.get(EntryKind(kind), 1),
                    fee_cents=1500,
                    occurred_at=at,
                    source="test",
                    source_ref=ref,
                )
            )


def kept_is_summed(program: Program) -> bool:
    account = ledger.read_account(program)
    return (
        account.total == ledger.read_total(program) == ledger.sum_entries(program)
        and account.months == ledger.sum_months(program)
        and account.total.raised_cents == account.sums(*EntryKind.values).cents
    )


_ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(EntryKind.values),
        st.integers(1, 10**10),
        st.integers(0, 460).map(lambda days: _EVENING + dt.timedelta(days)),
    ),
    max_size=12,
)


@given(entries=_ENTRIES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_posted_the_months_add_up_to_the_total(
    program: Program, entries: list[tuple[str, int, dt.datetime]]
) -> None:
    with transaction.atomic():
        for number, (kind, cents, at) in enumerate(entries):
            post(program, kind, cents, at, f"ref-{number}")

        assert kept_is_summed(program)
        assert ledger.read_total(program).entries == len(entries)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-02-28T22:59:59+00:00", "2026-02-01"),
        ("2026-02-28T23:00:00+00:00", "2026-03-01"),  # winter: Paris is an hour ahead
        ("2026-06-30T21:59:59+00:00", "2026-06-01"),
        ("2026-06-30T22:00:00+00:00", "2026-07-01"),  # summer: two hours
        ("2026-12-31T23:30:00+00:00", "2027-01-01"),
    ],
)
def test_an_entry_belongs_to_the_month_that_it_was_in_paris(
    program: Program, moment: str, month: str
) -> None:
    post(program, at=dt.datetime.fromisoformat(moment))

    assert MonthlyTotal.objects.get().month.isoformat() == month
    assert kept_is_summed(program)


def test_a_gift_is_posted_in_four_statements(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    post(program)
    gift = Donation.objects.select_related("donor").get()
    gift = Donation.objects.create(program=program, donor=gift.donor, amount_cents=5000)

    with transaction.atomic(), django_assert_num_queries(4):
        ledger.post_gift(gift, charge_id="ch_2", fee_cents=0, occurred_at=_NOON)


def test_an_entry_is_posted_once(program: Program) -> None:
    post(program, EntryKind.OFFLINE, ref="cheque 12")

    with pytest.raises(IntegrityError):
        post(program, EntryKind.OFFLINE, ref="cheque 12")

    assert ledger.read_total(program) == ledger.Total(raised_cents=5000, entries=1)
    assert kept_is_summed(program)


def test_a_gift_is_never_posted_without_its_donation(program: Program) -> None:
    with pytest.raises(ValueError, match="with its donation"):
        ledger.post(LedgerEntry(program=program, kind=EntryKind.GIFT, amount_cents=1, occurred_at=_NOON))


@pytest.mark.django_db(transaction=True)
def test_entries_posted_at_once_are_all_in_their_months(program: Program) -> None:
    def one(number: int) -> None:
        try:
            kind = [EntryKind.OFFLINE, EntryKind.REFUND, EntryKind.OFFLINE][number % 3]
            post(program, kind, 100 + number, ref=f"at once {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(24)))

    assert LedgerEntry.objects.count() == 24
    assert MonthlyTotal.objects.count() == 2
    assert kept_is_summed(program)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: MonthlyTotal.objects.update(amount_cents=4999),
        lambda: MonthlyTotal.objects.update(entries=2),
        lambda: MonthlyTotal.objects.update(month=dt.date(2026, 4, 1)),
        lambda: MonthlyTotal.objects.all().delete(),
        lambda: ProgramTotal.objects.update(raised_cents=5001),
    ],
)
def test_a_wrong_total_is_found(program: Program, spoil: Callable[[], object]) -> None:
    post(program)
    call_command("check_totals", stdout=StringIO())
    spoil()

    with pytest.raises(CommandError, match="differ from the ledger"):
        call_command("check_totals", stderr=(told := StringIO()))

    assert "the ledger adds up to" in told.getvalue()


def test_a_gift_that_arrives_while_the_totals_are_proved_is_no_difference(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm hangs on this command, and the site goes on meanwhile."""
    post(program)
    read, arrived = ledger.read_total, list[str]()

    def read_and_then_a_gift_comes(each: Program) -> ledger.Total:
        kept = read(each)
        if not arrived:
            arrived.append("meanwhile")
            post(program, ref="meanwhile")
        return kept

    monkeypatch.setattr(ledger, "read_total", read_and_then_a_gift_comes)

    call_command("check_totals", stdout=(told := StringIO()))

    assert "10000 cents in 2 entries, as kept" in told.getvalue()


def test_months_of_entries_from_before_are_added_up_by_the_migration(program: Program) -> None:
    for kind, moment in (
        ("gift", "2026-06-30T22:00:00+00:00"),
        ("gift", "2026-07-05T10:00:00+00:00"),
        ("refund", "2026-01-01T00:00:00+00:00"),
    ):
        post(program, kind, at=dt.datetime.fromisoformat(moment))
    kept = ledger.read_account(program)
    MonthlyTotal.objects.all().delete()

    import_module("donations.migrations.0004_monthly_totals").add_up(apps, None)

    assert ledger.read_account(program) == kept
    assert len(kept.months) == 2


def test_an_account_is_one_moment_read_in_one_query(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert ledger.read_account(program) == ledger.Account()
    for month in (3, 4):
        for kind in EntryKind.values:
            post(program, kind, at=_NOON.replace(month=month))

    with django_assert_num_queries(1):
        account = ledger.read_account(program)

    assert account.total == ledger.Total(raised_cents=5000 * 2 * 3, gifts=2, donors=1, entries=16)
    assert account.sums(EntryKind.REFUND, EntryKind.REFUND_REVERSED) == (0, 4)
