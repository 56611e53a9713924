"""Units for templates: `{{ cents|money }}`, `{{ date|long_date }}`, in the page's language."""

import datetime as dt

from django import template
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

from donations.money import format_money
from donations.money import long_date as format_long_date

register = template.Library()


@register.filter
def money(cents: int | None, currency: str = "EUR") -> str:
    """Whole euros without decimals, others with two; nothing for a missing amount."""
    return "" if cents is None else format_money(cents, currency, get_language() or "en")


@register.filter
def euros_exact(cents: int | None, currency: str = "EUR") -> str:
    """Always two decimals, as a receipt or a table of sums writes it."""
    return "" if cents is None else format_money(cents, currency, get_language() or "en", always_cents=True)


@register.filter
def long_date(date: dt.date | None) -> str:
    """The day in full; a moment is shown as the day it was in Paris."""
    if date is None:
        return ""
    if isinstance(date, dt.datetime) and is_aware(date):
        date = localtime(date).date()
    return format_long_date(date, get_language() or "en")
