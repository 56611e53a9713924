import datetime as dt
import hashlib
import threading
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone

from donations import receipts, tasks, thanks
from donations.models import Issuer, Receipt
from donations.receipts import documents
from donations.receipts.rendering import render
from outreach import delivery
from outreach.attachments import Attachment, resolve
from outreach.models import Letter, Suppression
from tests.donations import pdf_text
from tests.donations.receipt_gifts import donor, gift

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def issued(name: str = "Dupont") -> Receipt:
    with transaction.atomic():
        return receipts.issue(gift(donor(last_name=name)), paid_at=NOON)


def kept() -> list[Path]:
    return sorted((Path(settings.VAR_DIR) / "private").rglob("*.pdf"))


def test_the_document_is_made_when_first_asked_for_and_kept() -> None:
    receipt = issued()
    content = receipts.document(receipt)

    receipt.refresh_from_db()
    assert receipt.rendered_at is not None
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()
    assert [path.read_bytes() for path in kept()] == [content]
    assert receipt.path.startswith("receipts/2026/C-2026-000001-")
    assert "Marie Dupont" in pdf_text.text(content)


def test_asking_again_hands_over_the_kept_bytes_whatever_has_changed() -> None:
    receipt = issued()
    first = receipts.document(receipt)
    Receipt.objects.filter(pk=receipt.pk).update(facts={"nonsense": True})
    again = receipts.document(Receipt.objects.get(pk=receipt.pk))

    assert again == first
    assert len(kept()) == 1


def test_a_name_that_cannot_be_shown_leaves_a_note_for_staff() -> None:
    receipt = issued("\ue000Dupont")
    receipts.document(receipt)

    assert "Dupont" in receipt.rendering_note


@pytest.mark.parametrize("damage", [b"", b"%PDF-1.7 another document", None])
def test_a_damaged_file_is_reported_and_never_made_again(damage: bytes | None) -> None:
    receipt = issued()
    receipts.document(receipt)
    if damage is None:
        kept()[0].unlink()
    else:
        kept()[0].write_bytes(damage)
    with pytest.raises(receipts.Damaged, match="C-2026-000001"):
        receipts.document(Receipt.objects.get(pk=receipt.pk))

    assert [path.read_bytes() for path in kept()] == ([] if damage is None else [damage])


def test_a_worker_that_dies_before_the_row_is_written_leaves_a_file_nobody_refers_to() -> None:
    receipt = issued()
    orphan = ContentFile(render(receipt.facts).pdf)
    storages["private"].save("receipts/2026/C-2026-000001-0000.pdf", orphan)
    content = receipts.document(receipt)

    assert len(kept()) == 2
    assert content == receipts.document(Receipt.objects.get(pk=receipt.pk))


def test_a_receipt_whose_letter_could_not_leave_has_a_document_all_the_same() -> None:
    receipt = issued()
    thanks.owe(receipt.donation, receipt, updates=False)
    Suppression.objects.create(email=receipt.donation.donor.email, reason="hard_bounce")
    delivery.deliver(0)
    assert Letter.objects.get().state == "suppressed"

    tasks.make_documents()
    assert kept() == []  # a letter may be about to leave with it
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        tasks.make_documents()

    receipt.refresh_from_db()
    assert receipt.rendered_at is not None
    assert [path.read_bytes() for path in kept()] == [receipts.document(receipt)]


def test_a_receipt_that_cannot_be_made_keeps_no_other_waiting_and_is_an_error_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, sound = issued(), issued()
    Receipt.objects.filter(pk=broken.pk).update(facts={})

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        for _ in range(3):
            receipts.make_missing(limit=1)

    sound.refresh_from_db()
    assert sound.rendered_at is not None
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_make_it_at_once_hand_over_one_document() -> None:
    receipt = issued()
    gate = threading.Barrier(4)
    made: list[bytes] = []

    def make() -> None:
        mine = Receipt.objects.get(pk=receipt.pk)
        gate.wait()
        made.append(receipts.document(mine))
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == len(kept()) == 1


def test_who_comes_second_throws_their_own_away() -> None:
    receipt = issued()
    stale = Receipt.objects.get(pk=receipt.pk)
    first = receipts.document(receipt)
    documents._keep(stale)
    stale.refresh_from_db()

    assert stale.path == receipt.path
    assert [path.read_bytes() for path in kept()] == [first]


def test_a_letter_gets_the_document_by_reference_under_a_telling_name() -> None:
    receipt = issued()
    attached = resolve("receipt", str(receipt.pk))

    assert attached == Attachment(
        filename="Institut-Imagine-confirmation-C-2026-000001.pdf",
        content=receipts.document(Receipt.objects.get(pk=receipt.pk)),
        mimetype="application/pdf",
    )


def test_the_file_name_is_plain_whatever_the_issuer_is_called() -> None:
    Issuer.objects.create(name='../Fondation «Étoile» "x"\r\n')

    assert (
        resolve("receipt", str(issued().pk)).filename == "Fondation-Etoile-x-confirmation-C-2026-000001.pdf"
    )


@pytest.mark.parametrize("reference", ["", "0", "-1", "x", "1; DROP TABLE"])
def test_a_reference_to_nothing_raises(reference: str) -> None:
    with pytest.raises((Receipt.DoesNotExist, ValueError)):
        resolve("receipt", reference)


def test_kept_files_are_nobody_elses_business() -> None:
    receipts.document(issued())

    assert kept()[0].stat().st_mode & 0o077 == 0
