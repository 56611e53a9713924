"""Rules for single values that the typed parameters cannot say: currencies, amounts, e-mails, addresses."""

from typing import Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sandbox import errors

# Smallest charge by currency, in its smallest unit
# (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
MINIMUM = {
    "aud": 50,
    "bgn": 100,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "usd": 50,
}
_LARGEST_AMOUNT = 99_999_999
_LONGEST_EMAIL = 512
_LONGEST_URL = 5_000


def currency(value: str, param: str) -> str:
    lower = value.lower()
    if lower not in MINIMUM:
        raise errors.InvalidRequest(
            f"Invalid currency: {value[:20]}. The sandbox knows these currencies: {', '.join(MINIMUM)}",
            param=param,
        )
    return lower


def not_negative(value: int, param: str) -> int:
    if value < 0:
        raise errors.too_small(0, param)
    return value


def chargeable(amount: int, code: str, param: str) -> None:
    if amount < MINIMUM[code]:
        raise errors.InvalidRequest(
            "The Checkout Session's total amount due must add up to at least "
            f"{MINIMUM[code] / 100:.2f} {code}",
            code="amount_too_small",
            param=param,
        )
    if amount > _LARGEST_AMOUNT:
        raise errors.InvalidRequest(
            "The Checkout Session's total amount due must be no more than "
            f"{_LARGEST_AMOUNT / 100:,.2f} {code}",
            code="amount_too_large",
            param=param,
        )


def email(value: str, param: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise errors.InvalidRequest(
            f"Invalid email address: {value[:100]}", code="email_invalid", param=param
        ) from None
    if len(value) > _LONGEST_EMAIL:
        raise errors.InvalidRequest(
            f"Invalid email address: {value[:100]}", code="email_invalid", param=param
        )
    return value


def url(value: str, param: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or len(value) > _LONGEST_URL or any(character <= " " for character in value):
        raise errors.InvalidRequest("Not a valid URL", code="url_invalid", param=param)
    return value


def merged_metadata(before: dict[str, str], change: dict[str, str] | Literal[""] | None) -> dict[str, str]:
    """Stripe merges: what is not named stays, an empty value unsets its key, `""` unsets all."""
    if change is None:
        return before
    if change == "":
        return {}
    merged = {**before, **change}
    return {key: text for key, text in merged.items() if text}


def address(given: Any) -> dict[str, Any] | None:
    """An address with all of its keys, as Stripe shows it; None when none was given or it was unset."""
    if not given:
        return None
    return {
        part: given.get(part) or None
        for part in ("city", "country", "line1", "line2", "postal_code", "state")
    }
