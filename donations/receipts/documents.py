"""The PDF of a receipt: made once, kept in private storage, handed over as it was kept."""

import datetime as dt
import hashlib
import logging
import os
import re
import secrets
from typing import cast

from anyascii import anyascii
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from donations.models import Receipt, Series
from donations.receipts.facts import Facts
from donations.receipts.rendering import render
from outreach.attachments import Attachment

logger = logging.getLogger(__name__)

# The letter that carries it leaves within seconds, and makes it.
_ASKED_FOR_WITHIN = dt.timedelta(minutes=10)
_FILENAMES = {Series.CONFIRMATION: "confirmation", Series.TAX: "recu-fiscal"}


class Damaged(Exception):
    """The kept file is missing or is not the one that was kept. It is never made again: a person looks."""


def document(receipt: Receipt) -> bytes:
    """The receipt's PDF, the same bytes for ever; made now when this is the first time.

    Call it outside any transaction. Two workers may both make it: the first to say so in the row
    wins and both return that one. A worker that dies before leaves a file nobody refers to.
    Raises `Damaged`.
    """
    if receipt.rendered_at is None:
        _keep(receipt)
        receipt.refresh_from_db()
    return _kept(receipt)


def make_missing(*, limit: int = 100) -> int:
    """Make the documents that nobody has asked for: their letter did not leave, as its reader has no mailbox
    any more or was forgotten. The foundation keeps a copy of each all the same. Returns how many.

    One that could not be made before is noted: it comes last, and is no news in the log.
    """
    issued_long_ago = Receipt.objects.filter(
        rendered_at=None, issued_at__lt=timezone.now() - _ASKED_FOR_WITHIN
    )
    made = 0
    for receipt in issued_long_ago.order_by("rendering_note", "pk")[:limit]:
        try:
            document(receipt)
            made += 1
        except Exception as error:  # whatever is wrong with one: the others are made
            noted = issued_long_ago.filter(pk=receipt.pk, rendering_note="")
            if noted.update(rendering_note=f"It could not be made: {type(error).__name__}."):
                logger.exception("receipt %s has no document", receipt.reference)
    return made


def attachment(reference: str) -> Attachment:
    """The document that a letter names by the receipt's primary key, under the name donors save it as."""
    receipt = Receipt.objects.get(pk=int(reference))
    facts = cast(Facts, receipt.facts)
    issuer = re.sub("[^A-Za-z0-9]+", "-", anyascii(facts["issuer"]["name"])).strip("-")
    filename = f"{issuer}-{_FILENAMES[Series(receipt.series)]}-{receipt.reference}.pdf".lstrip("-")
    return Attachment(filename=filename, content=document(receipt), mimetype="application/pdf")


def _keep(receipt: Receipt) -> None:
    """Make the document, put it in storage, and only then say so, if nobody has yet."""
    rendered = render(cast(Facts, receipt.facts))
    storage = storages["private"]
    name = f"receipts/{receipt.year}/{receipt.reference}-{secrets.token_hex(8)}.pdf"
    path = storage.save(name, ContentFile(rendered.pdf))
    _flush(path)
    won = Receipt.objects.filter(pk=receipt.pk, rendered_at__isnull=True).update(
        path=path,
        sha256=hashlib.sha256(rendered.pdf).hexdigest(),
        rendered_at=timezone.now(),
        rendering_note=rendered.note,
    )
    if not won:
        storage.delete(path)


def _flush(path: str) -> None:
    """On the disk before the database says that it is: a power cut must not leave a row without a file."""
    with storages["private"].open(path) as kept:
        try:
            os.fsync(kept.fileno())
        except (AttributeError, OSError):  # not a local file: its storage answers for it
            return


def _kept(receipt: Receipt) -> bytes:
    try:
        with storages["private"].open(receipt.path) as kept:
            content = kept.read()
    except FileNotFoundError as missing:
        raise Damaged(f"{receipt.reference}: {receipt.path} is missing") from missing
    if hashlib.sha256(content).hexdigest() != receipt.sha256:
        raise Damaged(f"{receipt.reference}: {receipt.path} is not the file that was kept")
    return cast(bytes, content)
