"""Stripe's published test accounts for SEPA direct debit, and how a debit of each one ends.

docs.stripe.com/payments/sepa-debit/accept-a-payment#test-your-integration
"""

import enum
import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

# A debit takes days at a real bank. Here it is seen under way, and then it is over.
_SOON = timedelta(seconds=3)
_LATER = timedelta(minutes=3)
_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


class Ending(enum.StrEnum):
    COLLECTED = "collected"
    REFUSED = "refused"
    DISPUTED = "disputed"  # collected, and claimed back at once


@dataclass(frozen=True)
class Iban:
    number: str
    ending: Ending = Ending.COLLECTED
    after: timedelta = _SOON
    failure_code: str = "generic_could_not_process"

    @property
    def country(self) -> str:
        return self.number[:2]

    @property
    def bank_code(self) -> str:
        return self.number[4:9]

    @property
    def branch_code(self) -> str:
        return self.number[9:14]

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def late(self) -> bool:
        return self.after > _SOON

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]


ALL = [
    Iban("FR1420041010050500013M02606"),
    Iban("FR3020041010050500013M02609", after=_LATER),
    Iban("FR8420041010050500013M02607", Ending.REFUSED),
    Iban("FR7920041010050500013M02600", Ending.REFUSED, after=_LATER),
    Iban("FR5720041010050500013M02608", Ending.DISPUTED),
]
_BY_NUMBER = {iban.number: iban for iban in ALL}


class WrongNumber(Exception):
    """No account has such a number."""


class NotATestAccount(Exception):
    """It could be somebody's account: test payments take Stripe's published numbers only."""


def find(typed: str) -> Iban:
    """The test account of that number, however it is spaced. Raises `WrongNumber` or `NotATestAccount`."""
    number = "".join(character for character in typed if character not in " \u00a0\u202f-").upper()
    if not (_FORM.fullmatch(number) and _checks(number)):
        raise WrongNumber
    if number not in _BY_NUMBER:
        raise NotATestAccount
    return _BY_NUMBER[number]


def _checks(number: str) -> bool:
    """ISO 13616: the first four characters moved to the end and letters read as 10 to 35, 1 modulo 97."""
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return int(digits) % 97 == 1
