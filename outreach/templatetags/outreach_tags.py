import datetime as dt

from django import template

from outreach.models import Subscription
from programs.models import Program

register = template.Library()


@register.simple_tag
def subscriber_count(program: Program) -> int:
    """How many people an update of this programme is sent to."""
    return Subscription.objects.active().filter(program=program).count()


@register.filter
def day(text: str) -> dt.date:
    """A date out of a letter's facts, where it is written `2026-11-23`."""
    return dt.date.fromisoformat(text)
