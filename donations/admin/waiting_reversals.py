"""Money that went back, or may, and wants something done."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import ngettext_lazy

from donations.admin.waiting_kind import Kind
from donations.models import Dispute, DisputeStatus, FraudWarning, Refund, RefundStatus


def kinds() -> Iterator[Kind]:
    yield Kind(
        Dispute,
        "donations.view_dispute",
        Q(status__in=[DisputeStatus.OPEN, DisputeStatus.INQUIRY]),
        ngettext_lazy(
            "%(count)d dispute waits for an answer: see until when.",
            "%(count)d disputes wait for an answer: see until when.",
            "count",
        ),
        {"o": "4"},  # the nearest deadline first
        urgent=True,
    )
    yield Kind(
        FraudWarning,
        "donations.view_fraudwarning",
        Q(actionable=True, seen_at=None),
        ngettext_lazy("%(count)d gift may be fraudulent.", "%(count)d gifts may be fraudulent.", "count"),
        {"actionable__exact": "1", "seen_at__isempty": "1"},
        urgent=True,
    )
    yield Kind(
        Refund,
        "donations.view_refund",
        Q(status=RefundStatus.FAILED, seen_at=None),
        ngettext_lazy("%(count)d refund came back.", "%(count)d refunds came back.", "count"),
        {"status__exact": RefundStatus.FAILED, "seen_at__isempty": "1"},
        urgent=True,
    )
    yield Kind(
        Refund,
        "donations.view_refund",
        Q(status=RefundStatus.REQUESTED),
        ngettext_lazy(
            "%(count)d refund waits for Stripe’s answer.",
            "%(count)d refunds wait for Stripe’s answer.",
            "count",
        ),
        {"status__exact": RefundStatus.REQUESTED},
    )
