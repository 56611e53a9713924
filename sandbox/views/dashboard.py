"""What the sandbox holds, for the eyes of a developer, and the buttons that make webhooks misbehave."""

import json
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sandbox import actions, deliveries
from sandbox.models import Delivery, StripeObject, StripeObjectQuerySet

_SHOWN = 20
_SHOWN_OF_A_KIND = 100
_DECIDABLE = ("charge", "refund", "dispute")
_DECIDABLE_SHOWN = 5
_LATE = timedelta(minutes=1)
_IN_REVERSE = 5
KINDS = [
    "checkout.session",
    "payment_intent",
    "charge",
    "balance_transaction",
    "refund",
    "dispute",
    "radar.early_fraud_warning",
    "customer",
    "payment_method",
    "mandate",
    "subscription",
    "invoice",
    "setup_intent",
    "price",
    "product",
    "billing_portal.session",
    "test_helpers.test_clock",
    "webhook_endpoint",
    "event",
]


@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    rows = StripeObject.objects
    kinds = [(kind, rows.of_kind(kind).count()) for kind in KINDS]
    context = {
        "kinds": kinds,
        "empty": not any(count for _kind, count in kinds),
        "decidable": _decidable(),
        "recent": rows.exclude(kind__in=["event", "payment_method"]).newest_first()[:_SHOWN],
        "deliveries": Delivery.objects.select_related("event").order_by("-pk")[:_SHOWN],
        "reversed": _IN_REVERSE,
        "late_seconds": int(_LATE.total_seconds()),
    }
    return render(request, "sandbox/dashboard.html", context)


@require_safe
@never_cache
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    rows = StripeObject.objects.of_kind(kind).newest_first()[:_SHOWN_OF_A_KIND]
    return render(request, "sandbox/kind.html", {"kind": kind, "rows": rows})


@require_safe
@never_cache
def stripe_object(request: HttpRequest, object_id: str) -> HttpResponse:
    row = _find(StripeObject.objects.all(), object_id)
    context = {
        "row": row,
        "json": json.dumps(row.data, indent=2, ensure_ascii=False),
        "actions": actions.available(row),
        "left": row.data["amount"] - row.data["amount_refunded"] if actions.refundable(row) else 0,
        "deliveries": row.deliveries.order_by("pk"),
        "late_seconds": int(_LATE.total_seconds()),
    }
    return render(request, "sandbox/object.html", context)


@require_POST
def act(request: HttpRequest, object_id: str) -> HttpResponse:
    """Make something happen to the object at once: `what` is the name of one of `actions.ALL`."""
    row = _find(StripeObject.objects.all(), object_id)
    try:
        actions.perform(row.object_id, request.POST.get("what", ""))
    except actions.Impossible:
        messages.error(request, _("That cannot happen to it now."))
    else:
        messages.success(request, _("Done. The webhooks are on their way."))
    return redirect("sandbox:object", object_id)


@require_POST
def refund(request: HttpRequest, object_id: str) -> HttpResponse:
    """Give back a part of a charge: `amount`, in cents."""
    row = _find(StripeObject.objects.all(), object_id)
    amount = request.POST.get("amount", "")
    try:
        readable = amount.isascii() and amount.isdigit() and len(amount) < 19
        actions.refund(row.object_id, int(amount) if readable else 0)
    except actions.Impossible:
        messages.error(request, _("So much cannot be refunded now."))
    else:
        messages.success(request, _("Done. The webhooks are on their way."))
    return redirect("sandbox:object", object_id)


@require_POST
def send(request: HttpRequest, object_id: str) -> HttpResponse:
    """Owe the site an event again: `how` is again, twice, late or hold."""
    event = _find(StripeObject.objects.of_kind("event"), object_id)
    match request.POST.get("how"):
        case "again":
            deliveries.resend(event)
            messages.success(request, _("The event is sent again."))
        case "twice":
            deliveries.resend(event, times=2)
            messages.success(request, _("The event is sent twice more."))
        case "late":
            deliveries.resend(event, delay=_LATE)
            messages.success(request, _("The event is sent again in a minute."))
        case "hold":
            held = sum(deliveries.hold(delivery, _LATE) for delivery in event.deliveries.all())
            messages.success(
                request,
                ngettext("%(count)d delivery is held back.", "%(count)d deliveries are held back.", held)
                % {"count": held},
            )
        case _:
            messages.error(request, _("Choose how to send the event."))
    return redirect("sandbox:object", object_id)


@require_POST
def send_in_reverse(request: HttpRequest) -> HttpResponse:
    """Owe the site its last events again, the newest first."""
    last = StripeObject.objects.of_kind("event").newest_first()[:_IN_REVERSE]
    count = len(deliveries.resend_in_reverse(last))
    messages.success(
        request,
        ngettext(
            "%(count)d event is sent again.", "%(count)d events are sent again, the newest first.", count
        )
        % {"count": count},
    )
    return redirect("sandbox:index")


def _decidable() -> list[tuple[StripeObject, float, list[actions.Action]]]:
    """The last payments, refunds and disputes, with what can still be made of each, and its amount."""
    rows = StripeObject.objects.filter(kind__in=_DECIDABLE).newest_first()[:_DECIDABLE_SHOWN]
    return [(row, row.data["amount"] / 100, actions.available(row)) for row in rows]


def _find(rows: StripeObjectQuerySet, object_id: str) -> StripeObject:
    if "\x00" in object_id:  # PostgreSQL cannot even be asked
        raise Http404
    return get_object_or_404(rows, object_id=object_id)
