"""Recurring gifts that staff should know of."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import ngettext_lazy

from donations.admin.waiting_kind import Kind
from donations.models import PlanStatus, RecurringDonation


def kinds() -> Iterator[Kind]:
    yield Kind(
        RecurringDonation,
        "donations.view_recurringdonation",
        Q(status=PlanStatus.PAST_DUE),
        ngettext_lazy(
            "%(count)d recurring gift has a payment that failed.",
            "%(count)d recurring gifts have a payment that failed.",
            "count",
        ),
        {"status__exact": PlanStatus.PAST_DUE},
    )
