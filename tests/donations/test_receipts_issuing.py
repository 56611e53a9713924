import datetime as dt
import json
import threading
import time
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from donations import receipts
from donations.models import Donation, Issuer, Receipt, ReceiptCounter, ReceiptState, Series
from tests.donations.receipt_gifts import donor, gift, need

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def numbers() -> list[str]:
    return [receipt.reference for receipt in Receipt.objects.order_by("year", "number")]


def test_receipts_are_numbered_from_one_in_their_series_and_year() -> None:
    for _ in range(3):
        receipts.issue(gift(), paid_at=NOON)
    receipts.issue(gift(), paid_at=NOON.replace(year=2027))

    assert numbers() == ["C-2026-000001", "C-2026-000002", "C-2026-000003", "C-2027-000001"]


def test_the_year_is_the_year_in_paris() -> None:
    late = receipts.issue(gift(), paid_at=dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC))
    after_midnight = receipts.issue(gift(), paid_at=dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC))

    assert (late.year, late.facts["paid_on"]) == (2026, "2026-12-31")
    assert (after_midnight.year, after_midnight.facts["paid_on"]) == (2027, "2027-01-01")


def test_issuing_again_returns_the_receipt_that_was_issued() -> None:
    given = gift()
    first = receipts.issue(given, paid_at=NOON)
    second = receipts.issue(given, paid_at=NOON + dt.timedelta(days=400))

    assert second.pk == first.pk
    assert ReceiptCounter.objects.get().last == 1


def test_a_voided_receipt_leaves_its_number_and_makes_room_for_another() -> None:
    given = gift()
    first = receipts.issue(given, paid_at=NOON)
    Receipt.objects.filter(pk=first.pk).update(state=ReceiptState.VOIDED, voided_at=timezone.now())
    second = receipts.issue(given, paid_at=NOON)

    assert (first.number, second.number) == (1, 2)


def test_each_series_counts_on_its_own() -> None:
    ReceiptCounter.objects.create(series=Series.TAX, year=2026, last=41)

    assert receipts.issue(gift(), paid_at=NOON).reference == "C-2026-000001"
    assert ReceiptCounter.objects.get(series=Series.TAX).last == 41


def test_a_settlement_undone_gives_its_number_back() -> None:
    receipts.issue(gift(), paid_at=NOON)
    with transaction.atomic():
        receipts.issue(gift(), paid_at=NOON)
        transaction.set_rollback(True)
    receipts.issue(gift(), paid_at=NOON)

    assert numbers() == ["C-2026-000001", "C-2026-000002"]


def test_a_receipt_states_what_was_true_when_it_was_issued() -> None:
    giver = donor()
    given = gift(giver, amount_cents=12345, designation=need())
    with time_machine.travel(NOON, tick=False):
        receipt = receipts.issue(given, paid_at=NOON)
    giver.last_name = "Durand"
    giver.save()
    Issuer.objects.update(name="Renamed")
    receipt.refresh_from_db()

    assert receipt.facts == {
        "number": "C-2026-000001",
        "template_version": "payment_confirmation-3",
        "replaces": "",
        "credited_later": False,
        "language": "fr",
        "specimen": True,
        "issued_at": "2026-05-04T12:00:00+00:00",
        "paid_on": "2026-05-04",
        "amount_cents": 12345,
        "currency": "EUR",
        "amount_words": {"fr": "cent vingt-trois euros et quarante-cinq centimes"},
        "method": "card",
        "program": {"fr": "Hématologie"},
        "designation": {"fr": "Projets de recherche"},
        "donor": {"kind": "individual", "name": "Marie Dupont", "lines": ["12 rue des Lilas", "69003 Lyon"]},
        "issuer": {
            "name": "Institut Imagine",
            "legal_form": "Fondation Imagine, fondation de coopération scientifique",
            "siren": "",
            "lines": ["24 boulevard du Montparnasse", "75015 Paris"],
            "contact_email": "",
        },
    }
    assert json.loads(json.dumps(receipt.facts)) == receipt.facts


def test_an_english_reader_gets_both_languages() -> None:
    given = gift(donor(country="DE", city="Berlin", postal_code="10115"), language="en", designation=need())
    facts = receipts.issue(given, paid_at=NOON).facts

    assert facts["amount_words"] == {"fr": "cinquante euros", "en": "fifty euros"}
    assert facts["program"] == {"fr": "Hématologie", "en": "Hematology"}
    assert facts["designation"] == {"fr": "Projets de recherche", "en": "Research projects"}
    assert facts["donor"]["lines"] == ["12 rue des Lilas", "10115 Berlin", "Germany"]


def test_a_company_is_named_with_its_siren() -> None:
    company = donor(kind="company", company_name="Exemple SAS", siren="123456789")
    facts = receipts.issue(gift(company), paid_at=NOON).facts

    assert facts["donor"]["name"] == "Exemple SAS"
    assert facts["donor"]["lines"][-1] == "SIREN 123\u00a0456\u00a0789"


def test_the_letterhead_is_as_staff_filled_it_in() -> None:
    Issuer.objects.create(name="Fondation", siren="987654321", contact_email="dons@example.org")
    facts = receipts.issue(gift(), paid_at=NOON).facts

    assert facts["issuer"]["siren"] == "987\u00a0654\u00a0321"
    assert (facts["issuer"]["name"], facts["issuer"]["contact_email"]) == ("Fondation", "dons@example.org")


def test_only_a_gift_in_live_mode_is_no_specimen() -> None:
    assert receipts.issue(gift(livemode=True), paid_at=NOON).facts["specimen"] is False


@pytest.mark.django_db(transaction=True)
def test_a_receipt_is_never_issued_outside_a_transaction() -> None:
    given = gift()
    with pytest.raises(transaction.TransactionManagementError):
        receipts.issue(given, paid_at=NOON)

    assert not Receipt.objects.exists()


def in_threads(work: list[Any]) -> list[BaseException]:
    """Start every piece of work at the same moment; what they raised."""
    raised: list[BaseException] = []
    gate = threading.Barrier(len(work))

    def run(piece: Any) -> None:
        try:
            gate.wait()
            piece()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(piece,)) for piece in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


class Killed(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_workers_that_settle_at_once_and_fail_at_times_leave_no_gap() -> None:
    gifts = [gift() for _ in range(12)]

    def settle(given: Donation, fails: bool) -> None:
        with transaction.atomic():
            receipts.issue(given, paid_at=NOON)
            time.sleep(0.01)
            if fails:
                raise Killed

    raised = in_threads([lambda g=g, i=i: settle(g, i % 3 == 0) for i, g in enumerate(gifts)])

    assert [type(error) for error in raised] == [Killed] * 4
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 9))
    assert ReceiptCounter.objects.get().last == 8


@pytest.mark.django_db(transaction=True)
def test_one_gift_issued_by_eight_workers_at_once_has_one_receipt() -> None:
    given = gift()
    issued: list[int] = []

    def settle() -> None:
        with transaction.atomic():
            issued.append(receipts.issue(given, paid_at=NOON).pk)

    raised = in_threads([settle] * 8)

    assert raised == []
    assert set(issued) == {Receipt.objects.get().pk}
    assert ReceiptCounter.objects.get().last == 1
