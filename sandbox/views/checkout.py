"""The hosted payment page, in the place of Stripe's.

At Stripe it is another site, so nothing of the donor's session here is read or written; that is
why its forms need no token against forgery.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sandbox import cards, checkout, checkout_debits, ibans, store
from sandbox.models import StripeObject
from sandbox.resources import mandates, payment_methods
from sandbox.views import hosted, policies

# Browsers hold a form's redirect to this list, and a session may end on any site.
_leads_anywhere = policies.adding({"form-action": ["http:", "https:"]})


@csrf_exempt
@never_cache
@_leads_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, session_id: str) -> HttpResponse:
    session = _session(session_id)
    if request.method != "POST":
        return _show(request, session, typed=request.GET)
    if request.POST.get("action") == "cancel":
        return _cancel(request, session)
    pay = _by_debit if request.POST.get("iban") and not request.POST.get("card") else _by_card
    return _follow(request, pay(request, session_id), request.POST)


def _by_card(request: HttpRequest, session_id: str) -> checkout.Result:
    return checkout.pay(
        session_id,
        request.POST.get("card", ""),
        email=hosted.line(request.POST.get("email", "")),
        name=hosted.line(request.POST.get("name", "")),
        authentication=request.build_absolute_uri(reverse("sandbox:authenticate", args=[session_id])),
    )


def _by_debit(request: HttpRequest, session_id: str) -> checkout.Result:
    email = hosted.line(request.POST.get("email", ""))
    payer = checkout_debits.Payer(**asdict(hosted.payer(request)), email=email)
    return checkout_debits.pay(session_id, request.POST.get("iban", ""), payer)


@csrf_exempt
@never_cache
@_leads_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest, session_id: str) -> HttpResponse:
    """The page on which a bank would ask its customer for a code."""
    session = _session(session_id)
    if request.method != "POST":
        if not checkout.awaiting_authentication(session):
            return redirect("sandbox:checkout", session_id)
        with translation.override(_language(session)):
            return render(request, "sandbox/authenticate.html", {"session": session.data})
    passed = request.POST.get("action") == "complete"
    return _follow(request, checkout.authenticate(session_id, passed=passed), {})


def _follow(request: HttpRequest, result: checkout.Result, typed: Mapping[str, str]) -> HttpResponse:
    session = result.session
    match result.outcome:
        case checkout.Outcome.PAID:
            return hosted.see_other(_success_address(session))
        case checkout.Outcome.AUTHENTICATE:
            return hosted.see_other(reverse("sandbox:authenticate", args=[session.object_id]))
        case _:
            return _show(request, session, typed=typed, message=result.message)


def _show(
    request: HttpRequest, session: StripeObject, *, typed: Mapping[str, str], message: object = None
) -> HttpResponse:
    data = session.data
    context: dict[str, Any] = {
        "session": data,
        "items": session.private["line_items"],
        "typed": {name: typed.get(name, "")[:40] for name in ("card", "iban")},
        "message": message,
        "cards": cards.ALL,
        "ibans": ibans.ALL,
        "success_url": _success_address(session),
        "address": reverse("sandbox:checkout", args=[session.object_id]),
    }
    template = "sandbox/checkout.html" if data["status"] == "open" else "sandbox/closed.html"
    with translation.override(_language(session)):
        return render(request, template, context | _offer(session))


def _offer(session: StripeObject) -> dict[str, str]:
    """What is paid and how often, and the buttons that say so."""
    data = session.data
    if data["mode"] == "setup":
        return {"button": _("Save this card"), "debit_button": _("Accept the mandate and save this account")}
    amount = hosted.money(data["amount_total"], data["currency"])
    if data["mode"] == "payment":
        return {"amount": amount, "button": _("Pay %(amount)s") % {"amount": amount}}
    rhythm = hosted.rhythm(session.private["line_items"][0]["price"]["recurring"])
    said = {"amount": amount, "rhythm": rhythm}
    return said | {
        "button": _("Pay %(amount)s %(rhythm)s") % said,
        "debit_button": _("Accept the mandate and give %(amount)s %(rhythm)s") % said,
    }


def _cancel(request: HttpRequest, session: StripeObject) -> HttpResponse:
    if session.data["cancel_url"] and session.data["status"] == "open":
        return hosted.see_other(session.data["cancel_url"])
    return _show(request, session, typed={})


def _session(session_id: str) -> StripeObject:
    session = checkout.look(session_id)
    if session is None:
        raise Http404
    return session


def _language(session: StripeObject) -> str:
    """The session's own language, where we speak it; otherwise the browser's."""
    return hosted.language(session.data["locale"])


def _success_address(session: StripeObject) -> str:
    address: str = session.data["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session.object_id)


@require_safe
@never_cache
def mandate(request: HttpRequest, mandate_id: str) -> HttpResponse:
    """What the payer of a direct debit has agreed to."""
    row = store.find(mandates.KIND, mandate_id)
    if row is None:
        raise Http404
    method = store.fetch(payment_methods.KIND, row.data["payment_method"]).data
    return render(request, "sandbox/mandate.html", {"mandate": row.data, "method": method})
