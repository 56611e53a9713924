import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from donations.models import Donation, ProgramTotal, Receipt, ReceiptCounter
from outreach.models import Kind, Letter, Priority, State
from programs import rows
from programs.models import Program
from tests.donations.receipt_gifts import gift

pytestmark = pytest.mark.django_db


def test_what_is_inserted_reads_back_as_it_was_written() -> None:
    letter = Letter(
        key="a",
        kind=Kind.GIFT_THANKS,
        to="camille@example.org",
        language="fr",
        facts={"name": "Zoé « É »", "cents": 5000, "nothing": None, "list": [1, "deux"]},
        not_before=dt.datetime(2026, 11, 27, 8, 30, 15, 123456, tzinfo=dt.UTC),
    )

    assert rows.insert(letter)

    kept = Letter.objects.get()
    names = [field.attname for field in Letter._meta.concrete_fields]
    assert [getattr(kept, name) for name in names] == [getattr(letter, name) for name in names]
    assert (kept.priority, kept.state, kept.claimed_at) == (Priority.PERSONAL, State.QUEUED, None)
    assert not letter._state.adding
    letter.subject = "Merci"
    letter.save()
    assert Letter.objects.get().subject == "Merci"


def test_a_second_row_with_the_same_unique_value_is_left_out_when_asked_once() -> None:
    assert rows.insert(ReceiptCounter(series="C", year=2026, last=7), once="(series, year)")

    with transaction.atomic():
        second = ReceiptCounter(series="C", year=2026, last=8)
        assert not rows.insert(second, once="(series, year)")
        assert ReceiptCounter.objects.get().last == 7  # the transaction is sound

    assert second.pk is None


def test_a_second_row_with_the_same_unique_value_undoes_the_transaction_otherwise() -> None:
    rows.insert(ReceiptCounter(series="C", year=2026, last=7))

    with transaction.atomic():
        with pytest.raises(IntegrityError):
            rows.insert(ReceiptCounter(series="C", year=2026, last=8))
        with pytest.raises(TransactionManagementError):
            ReceiptCounter.objects.get()
        transaction.set_rollback(True)


def test_a_row_that_meets_another_in_something_else_is_not_left_out_in_silence() -> None:
    first, second = gift(), gift()
    facts = {"series": "C", "year": 2026, "number": 1, "facts": {}, "issued_at": dt.datetime.now(dt.UTC)}
    one_a_gift = "(donation_id, series) WHERE state = 'issued'"
    assert rows.insert(Receipt(donation=first, **facts), once=one_a_gift)
    assert not rows.insert(Receipt(donation=first, **facts | {"number": 2}), once=one_a_gift)

    with transaction.atomic(), pytest.raises(IntegrityError):
        rows.insert(Receipt(donation=second, **facts), once=one_a_gift)

    assert Receipt.objects.get().donation == first


def test_what_a_row_points_to_is_written_before_it() -> None:
    receipt = Receipt(donation=Donation(), series="C", year=2026, number=1, issued_at=dt.datetime.now(dt.UTC))

    with pytest.raises(ValueError, match="unsaved related object"):
        rows.insert(receipt)


def test_a_table_whose_keys_are_given_is_refused(program: Program) -> None:
    with pytest.raises(TypeError, match="ProgramTotal"):
        rows.insert(ProgramTotal(program=program))


def test_a_row_is_changed_only_if_what_is_said_of_it_is_true() -> None:
    counter = ReceiptCounter.objects.create(series="C", year=2026, last=7)
    other = ReceiptCounter.objects.create(series="C", year=2027, last=7)

    assert not rows.update(counter, {"last": 9}, only_if="last > 7")
    assert counter.last == 7
    assert rows.update(counter, {"last": 9}, only_if="last > 6 AND series = 'C'")

    assert counter.last == 9
    counter.refresh_from_db()
    other.refresh_from_db()
    assert (counter.last, other.last) == (9, 7)
    assert rows.holds(counter, "last = 9 OR last = 10")
    assert not rows.holds(other, "last = 9 OR year = 2026")


def test_a_change_is_written_through_its_fields() -> None:
    receipt = Receipt(
        donation=gift(), series="C", year=2026, number=1, facts={}, issued_at=dt.datetime.now(dt.UTC)
    )
    rows.insert(receipt)

    assert rows.update(receipt, {"facts": {"à": ["é"]}, "path": "a.pdf"}, only_if="state = 'issued'")

    kept = Receipt.objects.get()
    assert (kept.facts, kept.path, kept.donation) == ({"à": ["é"]}, "a.pdf", receipt.donation)
