"""What waits for the person who is signed in: each a sentence, with the list where it is dealt with."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext_lazy

from donations.admin import waiting_plans, waiting_reversals, waiting_wishes
from donations.admin.waiting_kind import Kind
from donations.models import (
    BankLine,
    Discrepancy,
    DiscrepancyState,
    Donation,
    LineState,
    Receipt,
    Status,
    StripeEvent,
    TaxRule,
)
from outreach.models import Letter, State
from programs.models import Page, Program, ProgressUpdate, UpdateStatus
from programs.models.translated import untranslated

# An event or a document is dealt with in seconds: one that is older is stuck.
STUCK_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Task:
    text: str
    address: str
    urgent: bool


def tasks(person: User | AnonymousUser) -> list[Task]:
    """The urgent ones first. One query for each model, however much there is of it."""
    kinds = [kind for kind in _kinds() if person.has_perm(kind.permission)]
    found = [
        task
        for model, group in groupby(kinds, lambda kind: kind.model)
        for task in _count(model, list(group))
    ]
    return sorted(found, key=lambda task: not task.urgent)


def _count(model: type[Model], kinds: list[Kind]) -> Iterator[Task]:
    wanted = reduce(or_, (kind.rows for kind in kinds))
    counts = {str(number): Count("pk", filter=kind.rows) for number, kind in enumerate(kinds)}
    found = model._default_manager.filter(wanted).aggregate(**counts)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for number, kind in enumerate(kinds):
        if count := found[str(number)]:
            text = str(kind.text % {"count": count})
            yield Task(text, f"{address}?{urlencode(kind.filters)}", kind.urgent)


def _kinds() -> list[Kind]:
    """In the order in which they are shown; those of one model beside one another."""
    stuck = timezone.now() - STUCK_AFTER
    return [
        Kind(
            Donation,
            "donations.view_donation",
            Q(status=Status.HELD),
            ngettext_lazy(
                "%(count)d gift is held for review.", "%(count)d gifts are held for review.", "count"
            ),
            {"status__exact": Status.HELD},
            urgent=True,
        ),
        Kind(
            Donation,
            "donations.view_donation",
            Q(status=Status.DISPUTED),
            ngettext_lazy("%(count)d gift is disputed.", "%(count)d gifts are disputed.", "count"),
            {"status__exact": Status.DISPUTED},
            urgent=True,
        ),
        *waiting_reversals.kinds(),
        *waiting_plans.kinds(),
        *waiting_wishes.of_plans(),
        *waiting_wishes.of_erasures(),
        Kind(
            StripeEvent,
            "donations.view_stripeevent",
            Q(processed_at=None) & ~Q(error=""),
            ngettext_lazy(
                "%(count)d event from Stripe could not be handled yet.",
                "%(count)d events from Stripe could not be handled yet.",
                "count",
            ),
            {"state": "failing"},
            urgent=True,
        ),
        Kind(
            StripeEvent,
            "donations.view_stripeevent",
            Q(processed_at=None, error="", received_at__lt=stuck),
            ngettext_lazy(
                "%(count)d event from Stripe has waited for more than ten minutes.",
                "%(count)d events from Stripe have waited for more than ten minutes.",
                "count",
            ),
            {"state": "waiting"},
            urgent=True,
        ),
        Kind(
            Discrepancy,
            "donations.view_discrepancy",
            Q(state=DiscrepancyState.OPEN),
            ngettext_lazy(
                "%(count)d difference between our ledger and Stripe’s books.",
                "%(count)d differences between our ledger and Stripe’s books.",
                "count",
            ),
            {"state__exact": DiscrepancyState.OPEN},
            urgent=True,
        ),
        Kind(
            Receipt,
            "donations.view_receipt",
            Q(rendered_at=None, issued_at__lt=stuck),
            ngettext_lazy(
                "%(count)d receipt has no document yet.", "%(count)d receipts have no document yet.", "count"
            ),
            {"rendered_at__isnull": "1"},
            urgent=True,
        ),
        Kind(
            Letter,
            "outreach.view_letter",
            Q(state=State.FAILED),
            ngettext_lazy(
                "%(count)d letter could not be sent: see why, and send it again.",
                "%(count)d letters could not be sent: see why, and send them again.",
                "count",
            ),
            {"state__exact": State.FAILED},
            urgent=True,
        ),
        Kind(
            BankLine,
            "donations.change_bankline",
            Q(state=LineState.OPEN),
            ngettext_lazy(
                "%(count)d line of a bank statement waits to be looked at.",
                "%(count)d lines of bank statements wait to be looked at.",
                "count",
            ),
            {"state__exact": LineState.OPEN},
        ),
        *_words(),
        Kind(
            TaxRule,
            "donations.change_taxrule",
            Q(confirmed=False),
            ngettext_lazy(
                "%(count)d tax rule is not confirmed.", "%(count)d tax rules are not confirmed.", "count"
            ),
            {"confirmed__exact": "0"},
        ),
    ]


def _words() -> Iterator[Kind]:
    by_hand, by_itself = Q(publish_at=None), Q(publish_at__isnull=False)
    update: dict[str, Any] = {"model": ProgressUpdate, "permission": "programs.change_progressupdate"}
    yield Kind(
        **update,
        rows=Q(status=UpdateStatus.APPROVED) & by_hand,
        text=ngettext_lazy(
            "%(count)d update is approved and waits to be published.",
            "%(count)d updates are approved and wait to be published.",
            "count",
        ),
        filters={"status__exact": UpdateStatus.APPROVED, "publish_at__isnull": "1"},
    )
    yield Kind(
        **update,
        rows=Q(status=UpdateStatus.DRAFT) & by_hand,
        text=ngettext_lazy(
            "%(count)d update is a draft: finish it, then approve it.",
            "%(count)d updates are drafts: finish them, then approve them.",
            "count",
        ),
        filters={"status__exact": UpdateStatus.DRAFT, "publish_at__isnull": "1"},
    )
    yield Kind(
        **update,
        rows=~Q(status=UpdateStatus.PUBLISHED) & by_itself,
        text=ngettext_lazy(
            "%(count)d update will be published by itself.",
            "%(count)d updates will be published by themselves.",
            "count",
        ),
        filters={"publish_at__isnull": "0"},
    )
    yield Kind(
        **update,
        rows=untranslated(ProgressUpdate),
        text=ngettext_lazy(
            "%(count)d update has words that one language lacks.",
            "%(count)d updates have words that one language lacks.",
            "count",
        ),
        filters={"words": "missing"},
    )
    yield Kind(
        Program,
        "programs.change_program",
        Q(status="draft") & by_itself,
        ngettext_lazy(
            "%(count)d programme will be published by itself.",
            "%(count)d programmes will be published by themselves.",
            "count",
        ),
        {"publish_at__isnull": "0"},
    )
    yield Kind(
        Program,
        "programs.change_program",
        untranslated(Program),
        ngettext_lazy(
            "%(count)d programme has words that one language lacks.",
            "%(count)d programmes have words that one language lacks.",
            "count",
        ),
        {"words": "missing"},
    )
    yield Kind(
        Page,
        "programs.change_page",
        untranslated(Page),
        ngettext_lazy(
            "%(count)d page has words that one language lacks.",
            "%(count)d pages have words that one language lacks.",
            "count",
        ),
        {"words": "missing"},
    )
