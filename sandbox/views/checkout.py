"""The hosted payment page, in the place of Stripe's.

At Stripe it is another site, so nothing of the donor's session here is read or written; that is
why its forms need no token against forgery.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sandbox import cards, checkout, checkout_debits, ibans, store
from sandbox.models import StripeObject
from sandbox.resources import mandates, payment_methods
from sandbox.views import policies

_ID = "mandate_0"  # stands for the id of a mandate that is yet to be made
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
        email=_line(request.POST.get("email", "")),
        name=_line(request.POST.get("name", "")),
        authentication=request.build_absolute_uri(reverse("sandbox:authenticate", args=[session_id])),
    )


def _by_debit(request: HttpRequest, session_id: str) -> checkout.Result:
    payer = checkout_debits.Payer(
        email=_line(request.POST.get("email", "")),
        name=_line(request.POST.get("name", "")),
        ip_address=request.META.get("REMOTE_ADDR", ""),
        user_agent=_line(request.headers.get("User-Agent", "")),
        mandate_url=request.build_absolute_uri(reverse("sandbox:mandate", args=[_ID])).replace(_ID, "{id}"),
    )
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
            return _see_other(_success_address(session))
        case checkout.Outcome.AUTHENTICATE:
            return _see_other(reverse("sandbox:authenticate", args=[session.object_id]))
        case _:
            return _show(request, session, typed=typed, message=result.message)


def _show(
    request: HttpRequest, session: StripeObject, *, typed: Mapping[str, str], message: object = None
) -> HttpResponse:
    data = session.data
    context = {
        "session": data,
        "items": session.private["line_items"],
        "amount": data["amount_total"] / 100,
        "typed": {name: typed.get(name, "")[:40] for name in ("card", "iban")},
        "message": message,
        "cards": cards.ALL,
        "ibans": ibans.ALL,
        "success_url": _success_address(session),
        "address": reverse("sandbox:checkout", args=[session.object_id]),
    }
    template = "sandbox/checkout.html" if data["status"] == "open" else "sandbox/closed.html"
    with translation.override(_language(session)):
        return render(request, template, context)


def _cancel(request: HttpRequest, session: StripeObject) -> HttpResponse:
    if session.data["cancel_url"] and session.data["status"] == "open":
        return _see_other(session.data["cancel_url"])
    return _show(request, session, typed={})


def _session(session_id: str) -> StripeObject:
    session = checkout.look(session_id)
    if session is None:
        raise Http404
    return session


def _language(session: StripeObject) -> str:
    """The session's own language, where we speak it; otherwise the browser's."""
    asked = str(session.data["locale"] or "auto").partition("-")[0]
    return asked if asked in {"en", "fr"} else translation.get_language() or "en"


def _success_address(session: StripeObject) -> str:
    address: str = session.data["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session.object_id)


def _line(typed: str) -> str:
    """One line of text, without what no keyboard writes."""
    return "".join(character for character in typed if character.isprintable()).strip()[:200]


def _see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@require_safe
@never_cache
def mandate(request: HttpRequest, mandate_id: str) -> HttpResponse:
    """What the payer of a direct debit has agreed to."""
    row = store.find(mandates.KIND, mandate_id)
    if row is None:
        raise Http404
    method = store.fetch(payment_methods.KIND, row.data["payment_method"]).data
    return render(request, "sandbox/mandate.html", {"mandate": row.data, "method": method})
