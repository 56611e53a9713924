"""Whatever tells us of a payment, in whatever order and however often, it is settled once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from donations import gateway, ledger, payments, reconcile
from donations.models import AppendOnly, Donation, Donor, LedgerEntry, Receipt, Status
from outreach import subscriptions
from outreach.models import Letter, Subscription
from programs.models import Program
from tests.giving import DECLINED_CARD, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def payment_of(donation: Donation) -> gateway.Payment:
    state = gateway.fetch_checkout(donation.stripe_session_id or "")
    assert state.payment
    return state.payment


def test_a_paid_gift_is_in_the_ledger_the_total_and_the_post(program: Program) -> None:
    donation = give(updates="on")
    pay(donation)

    assert reconcile.refresh(donation) == "settled"

    donation.refresh_from_db()
    entry = LedgerEntry.objects.get()
    assert donation.status == Status.PAID
    assert donation.paid_at
    assert (entry.amount_cents, entry.fee_cents, entry.source_ref) == (5000, 100, donation.stripe_charge_id)
    assert ledger.read_total(program) == ledger.Total(raised_cents=5000, gifts=1, donors=1, entries=1)
    assert Receipt.objects.get().donation == donation
    assert Letter.objects.get().to == "camille@example.org"
    assert Subscription.objects.get().email == "camille@example.org"


def test_settling_again_changes_nothing(program: Program) -> None:
    donation = give()
    pay(donation)
    payment = payment_of(donation)

    assert payments.settle(donation, payment) is True
    assert payments.settle(donation, payment) is False
    assert payments.settle(Donation.objects.get(), payment) is False

    assert ledger.read_total(program).gifts == LedgerEntry.objects.count() == 1
    assert Letter.objects.count() == Receipt.objects.count() == 1


def test_eight_at_once_settle_once(program: Program) -> None:
    donation = give()
    pay(donation)
    payment = payment_of(donation)

    def settle(_number: int) -> bool:
        try:
            return payments.settle(Donation.objects.get(), payment)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(settle, range(8)))

    assert sorted(answers) == [False] * 7 + [True]
    assert ledger.read_total(program) == ledger.sum_entries(program)
    assert Letter.objects.count() == Receipt.objects.count() == LedgerEntry.objects.count() == 1


def test_gifts_settled_at_once_have_numbers_without_gaps(program: Program) -> None:
    gifts = [give(email=f"donor{number % 3}@example.org") for number in range(6)]
    for donation in gifts:
        pay(donation)
    states = [(donation.pk, payment_of(donation)) for donation in gifts]

    def settle(state: tuple[int, gateway.Payment]) -> None:
        try:
            payments.settle(Donation.objects.get(pk=state[0]), state[1])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(settle, states))

    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert ledger.read_total(program) == ledger.sum_entries(program)
    assert ledger.read_total(program).donors == 3


def test_a_failure_in_the_middle_leaves_nothing_behind(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = give()
    pay(donation)

    def die(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr("donations.thanks.owe", die)
        with pytest.raises(RuntimeError):
            reconcile.refresh(donation)

    assert Donation.objects.get().status == Status.PENDING
    assert not LedgerEntry.objects.exists()
    assert not Receipt.objects.exists()
    assert reconcile.refresh(Donation.objects.get()) == "settled"
    assert Receipt.objects.get().number == 1


@pytest.mark.parametrize("change", [{"amount_cents": 4000}, {"currency": "USD"}, {"livemode": True}])
def test_a_payment_other_than_asked_is_held_and_not_counted(program: Program, change: dict[str, Any]) -> None:
    donation = give()
    pay(donation)
    payment = replace(payment_of(donation), **change)

    assert payments.settle(donation, payment) is True

    donation.refresh_from_db()
    assert donation.status == Status.HELD
    assert "asked" in donation.review_reason
    assert ledger.read_total(program) == ledger.Total()
    assert not Letter.objects.exists()
    assert payments.settle(donation, payment_of(donation)) is False


def test_a_declined_card_then_a_good_one_is_one_gift(program: Program) -> None:
    donation = give()

    pay(donation, DECLINED_CARD)
    assert reconcile.refresh(donation) == "still open"
    pay(donation)
    assert reconcile.refresh(donation) == "settled"

    assert ledger.read_total(program).gifts == 1


def test_a_payment_page_that_ran_out_charges_nothing() -> None:
    donation = give()
    gateway.expire_checkout(donation.stripe_session_id or "")

    assert reconcile.refresh(donation) == "expired"
    assert reconcile.refresh(donation) == "nothing new"

    assert Donation.objects.get().status == Status.EXPIRED


def test_a_move_outside_the_table_is_refused() -> None:
    donation = give()
    payments.expire(donation)

    with pytest.raises(payments.Impossible):
        payments.process(donation)

    assert Donation.objects.get().status == Status.EXPIRED


def test_every_status_has_its_row_in_the_table_of_moves() -> None:
    assert set(payments.MOVES) == set(Status)


def test_the_ledger_is_append_only() -> None:
    donation = give()
    pay(donation)
    reconcile.refresh(donation)
    entry = LedgerEntry.objects.get()

    for change in (entry.save, entry.delete, LedgerEntry.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        LedgerEntry.objects.update(amount_cents=1)


def test_the_same_donor_twice_is_one_donor(program: Program) -> None:
    for amount in ("30", "50"):
        donation = give(amount=amount)
        pay(donation)
        reconcile.refresh(donation)

    assert ledger.read_total(program) == ledger.Total(raised_cents=8000, gifts=2, donors=1, entries=2)


def test_a_donor_who_gives_from_another_postal_address_is_one_donor(program: Program) -> None:
    for address in ("1 rue de l’Exemple", "2 rue Neuve"):
        donation = give(address=address)
        pay(donation)
        reconcile.refresh(donation)

    assert Donor.objects.count() == 2
    assert ledger.read_total(program).donors == 1
    call_command("check_totals", verbosity=0)


def test_totals_are_proved_by_a_command(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    donation = give()
    pay(donation)
    reconcile.refresh(donation)

    call_command("check_totals")

    assert "5000 cents in 1 entries" in capsys.readouterr().out


def test_the_thank_you_page_settles_by_itself(program: Program) -> None:
    donation = give()
    address = pay(donation).headers["Location"]

    page = Client().get(address[address.index("/en/") :])

    assert Donation.objects.get().status == Status.PAID
    assert "Refresh" not in page
    assert "Camille" not in page.content.decode()


def test_the_thank_you_page_looks_again_while_the_gift_is_pending() -> None:
    donation = give()

    first = Client().get(f"/en/gifts/{donation.public_id}/")
    last = Client().get(f"/en/gifts/{donation.public_id}/?looks=11")

    assert first["Refresh"] == f"2; url=/en/gifts/{donation.public_id}/?looks=1"
    assert "Refresh" not in last


def test_the_thank_you_page_reads_while_stripe_is_down(settings: Any) -> None:
    donation = give()
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"

    assert Client().get(f"/en/gifts/{donation.public_id}/").status_code == 200


@pytest.mark.parametrize("looks", ["-1", "x", "9" * 5000, "٣", ""])
def test_the_thank_you_page_takes_no_nonsense(looks: str) -> None:
    donation = give()

    assert Client().get(f"/en/gifts/{donation.public_id}/", {"looks": looks}).status_code == 200


def test_the_sweep_settles_what_nobody_told_us(program: Program) -> None:
    donation = give()
    pay(donation)
    Donation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))

    assert reconcile.sweep() == 1
    assert reconcile.sweep() == 0

    assert ledger.read_total(program).raised_cents == 5000


def test_the_sweep_begins_with_what_was_looked_at_longest_ago() -> None:
    lately, long_ago = give(), give(email="other@example.org")
    pay(lately)
    pay(long_ago)
    now = timezone.now()
    for donation, hours in ((lately, 1), (long_ago, 2)):
        looked = now - dt.timedelta(hours=hours)
        Donation.objects.filter(pk=donation.pk).update(created_at=looked, checked_at=looked)

    assert reconcile.sweep(limit=1) == 1

    statuses = Donation.objects.in_bulk()
    assert (statuses[lately.pk].status, statuses[long_ago.pk].status) == (Status.PENDING, Status.PAID)


def test_the_sweep_leaves_a_donor_who_is_still_typing() -> None:
    give()

    assert reconcile.sweep() == 0


def test_the_sweep_ends_what_never_reached_the_payment_page(settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    donation = give_without_stripe()
    Donation.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))

    reconcile.sweep()

    donation.refresh_from_db()
    assert donation.status == Status.EXPIRED


def give_without_stripe() -> Donation:
    with pytest.raises(AssertionError):
        give()
    return Donation.objects.get()


def test_the_page_shows_the_gift_at_once(client: Client) -> None:
    assert "€50 raised" not in text_of(client.get("/en/hematology/"))
    donation = give()
    pay(donation)

    reconcile.refresh(donation)

    assert "€50 raised" in text_of(client.get("/en/hematology/"))
    assert client.get("/programs/hematology/progress.json").json()["raised_cents"] == 5000


def text_of(page: HttpResponseBase) -> str:
    """What a reader reads of a page: no tags, single spaces."""
    return " ".join(strip_tags(b"".join(page).decode()).split())


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the guard is a PostgreSQL trigger")
def test_the_database_itself_refuses_to_change_an_entry() -> None:
    donation = give()
    pay(donation)
    reconcile.refresh(donation)

    for statement in (
        "UPDATE donations_ledgerentry SET amount_cents = 1",
        "DELETE FROM donations_ledgerentry",
    ):
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_debit_that_arrives_after_news_were_stopped_promises_none(program: Program) -> None:
    donation = give(updates="on")
    pay(donation)
    subscriptions.confirm(
        email=donation.donor.email,
        program=program,
        language="en",
        consent_text="Yes",
        source="form",
        consented_at=donation.created_at,
    )
    subscriptions.end(donation.donor.email, program)

    reconcile.refresh(donation)

    assert Letter.objects.get(kind="gift_thanks").facts["updates"] is False
    assert not subscriptions.told(donation.donor.email).exists()
