"""Account numbers as banks write them. Pure: knows no bank, and asks none."""

import re

# ISO 13616: how long an IBAN is, in the countries of SEPA. Elsewhere only its check is known.
# fmt: off
_LENGTHS = {
    "NO": 15, "BE": 16, "DK": 18, "FI": 18, "NL": 18, "SI": 19, "AT": 20, "EE": 20, "LT": 20, "LU": 20,
    "CH": 21, "HR": 21, "LI": 21, "LV": 21, "BG": 22, "DE": 22, "GB": 22, "IE": 22, "AD": 24, "CZ": 24,
    "ES": 24, "RO": 24, "SE": 24, "SK": 24, "PT": 25, "VA": 22, "IS": 26, "FR": 27, "GR": 27, "IT": 27,
    "MC": 27, "SM": 27, "CY": 28, "HU": 28, "PL": 28, "MT": 31, "GI": 23,
}
# fmt: on


def tidy(text: str) -> str:
    """Without spaces and in capitals, however it was typed."""
    return re.sub(r"\s", "", text).upper()


def is_iban(text: str) -> bool:
    """Whether a tidy text is an IBAN: its shape, its country's length, and 1 as its rest by 97."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        return False
    if len(text) != _LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(mark, 36)) for mark in text[4:] + text[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether a tidy text has the shape of a BIC (ISO 9362): 8 or 11 characters."""
    return re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", text) is not None


def grouped(iban: str) -> str:
    """In fours, as it is read and typed; the spaces do not break."""
    return "\u00a0".join(iban[start : start + 4] for start in range(0, len(iban), 4))
