"""The reference that a donor quotes on a transfer or a cheque, such as `IM-7KQ4-2M9H`.

It is read by people and copied by banks. So it has no letter that looks like a figure, the last
character checks the others (any one that is wrong, any two that changed places), and reading takes
spaces, small letters and the usual mistakes. Pure.
"""

import re
import secrets
import unicodedata

PREFIX = "IM"
# Without I, L, O, U and Z. That they are a prime number is what makes the check see every slip.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
_MISREAD = str.maketrans("ILOUZ", "110V2")
_MISREAD_PREFIX = PREFIX.translate(_MISREAD)
_LENGTH = 8
# Longer than any bank's text about one payment: what is longer is not read to its end.
_READ = 2_000


def make() -> str:
    """A new reference, at random: some 27 thousand million are possible."""
    data = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return _shown(data + _check(data))


def read(text: str) -> str:
    """The reference that somebody typed, and nothing else, as it is kept; empty when it is none."""
    marks = _marks(text).removeprefix(_MISREAD_PREFIX)
    return _shown(marks) if _is_whole(marks) else ""


def find(text: str) -> list[str]:
    """Every reference that may be in a text, as it is kept; those with their prefix first.

    A text that holds none yields one about once in thirty places: whoever asks looks them up.
    """
    marks = _marks(text)
    named: list[str] = []
    bare: list[str] = []
    for start in range(len(marks) - _LENGTH + 1):
        part = marks[start : start + _LENGTH]
        if _is_whole(part):
            (named if marks[:start].endswith(_MISREAD_PREFIX) else bare).append(_shown(part))
    return list(dict.fromkeys(named + bare))


def _marks(text: str) -> str:
    """The letters and figures of a text, each as the alphabet has it."""
    plain = unicodedata.normalize("NFKC", text[:_READ]).upper()
    return re.sub("[^0-9A-Z]", "", plain).translate(_MISREAD)


def _is_whole(marks: str) -> bool:
    return len(marks) == _LENGTH and _check(marks[:-1]) == marks[-1]


def _check(data: str) -> str:
    """The character that makes the sum of all, each by its own weight, a multiple of 31."""
    total = sum(weight * ALPHABET.index(mark) for weight, mark in enumerate(data, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def _shown(marks: str) -> str:
    return f"{PREFIX}-{marks[:4]}-{marks[4:]}"
