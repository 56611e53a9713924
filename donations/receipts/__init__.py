"""Numbered documents about gifts: issue, render once, keep, hand over.

Payment confirmations today. A tax receipt is another series with another template: a number, frozen
facts and one stored PDF in the same way.
"""

from donations.receipts.documents import Damaged, document, make_missing
from donations.receipts.issuing import issue
from donations.receipts.voiding import Restated, restate

__all__ = ["Damaged", "Restated", "document", "issue", "make_missing", "restate"]
