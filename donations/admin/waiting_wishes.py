"""What donors have asked for that somebody must answer, or that Stripe has yet to carry out."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from donations.admin.waiting_kind import Kind
from donations.models import ErasureRequest, ErasureStatus, PlanStatus, RecurringDonation

# A sweep asks Stripe every few minutes: what has taken longer needs a person.
_TO_END_FOR = dt.timedelta(hours=1)
_TO_FORGET_FOR = dt.timedelta(days=1)
_RUNNING = [PlanStatus.ACTIVE, PlanStatus.PAUSED, PlanStatus.PAST_DUE]


def of_plans() -> Iterator[Kind]:
    yield Kind(
        RecurringDonation,
        "donations.view_recurringdonation",
        Q(status__in=_RUNNING, stop_requested_at__lt=timezone.now() - _TO_END_FOR),
        ngettext_lazy(
            "%(count)d recurring gift is to end, and Stripe has not ended it yet.",
            "%(count)d recurring gifts are to end, and Stripe has not ended them yet.",
            "count",
        ),
        {"status__in": ",".join(_RUNNING), "stop_requested_at__isnull": "0"},
        urgent=True,
    )


def of_erasures() -> Iterator[Kind]:
    yield Kind(
        ErasureRequest,
        "donations.answer_erasurerequest",
        Q(status=ErasureStatus.WAITING),
        ngettext_lazy(
            "%(count)d person asks to be forgotten: answer within a month.",
            "%(count)d people ask to be forgotten: answer within a month.",
            "count",
        ),
        {"status__exact": ErasureStatus.WAITING},
        urgent=True,
    )
    yield Kind(
        ErasureRequest,
        "donations.answer_erasurerequest",
        Q(
            status=ErasureStatus.DONE,
            stripe_forgotten_at=None,
            answered_at__lt=timezone.now() - _TO_FORGET_FOR,
        ),
        ngettext_lazy(
            "%(count)d person was forgotten here, and not at Stripe yet: the log says why.",
            "%(count)d people were forgotten here, and not at Stripe yet: the log says why.",
            "count",
        ),
        {"status__exact": ErasureStatus.DONE, "stripe_forgotten_at__isnull": "1"},
        urgent=True,
    )
