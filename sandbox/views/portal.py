"""The billing portal, in the place of Stripe's: change the card or the account, or end a plan.

Whoever has the address may use it while it lives, as at Stripe; nothing of the site's own session is read.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sandbox import cards, ibans, store
from sandbox.billing import clocks, means, portal
from sandbox.models import StripeObject
from sandbox.resources import customers, subscriptions
from sandbox.views import hosted, policies

# Browsers hold a form's redirect to this list, and the way back may lead to any site.
_leads_anywhere = policies.adding({"form-action": ["http:", "https:"]})


@csrf_exempt
@never_cache
@_leads_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, session_id: str) -> HttpResponse:
    session = _session(session_id)
    with translation.override(_language(session)), clocks.of_customer(session.data["customer"]):
        if request.method != "POST" or _expired(session):
            return _show(request, session, typed=request.GET)
        if request.POST.get("action") == "end" and _flow(session) == "subscription_cancel":
            store.retrying(lambda: portal.end_plan(store.fetch(portal.KIND, session_id)))
            return _done(request, session, _("Your plan ends. Nothing more is charged after that."))
        return _save(request, session)


@csrf_exempt
@never_cache
@_leads_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest, session_id: str) -> HttpResponse:
    """The page on which a bank would ask its customer for a code."""
    session = _session(session_id)
    with translation.override(_language(session)), clocks.of_customer(session.data["customer"]):
        if _expired(session) or not portal.awaiting_authentication(session):
            return redirect("sandbox:portal", session_id)
        if request.method != "POST":
            return render(request, "sandbox/authenticate.html")
        passed = request.POST.get("action") == "complete"
        saved = store.retrying(
            lambda: portal.authenticate(store.fetch(portal.KIND, session_id), passed=passed)
        )
        return _follow(request, session, saved=saved, typed={})


def _save(request: HttpRequest, session: StripeObject) -> HttpResponse:
    name = hosted.line(request.POST.get("name", ""))
    try:
        if request.POST.get("iban"):
            iban = means.iban(request.POST["iban"])
            payer = hosted.payer(request)
            store.retrying(lambda: portal.save_account(_again(session), iban, payer))
            saved = True
        else:
            card = means.card(request.POST.get("card", ""))
            bank = request.build_absolute_uri(
                reverse("sandbox:authenticate_portal", args=[session.object_id])
            )
            saved = store.retrying(lambda: portal.save_card(_again(session), card, name, bank))
    except means.Unreadable as unreadable:
        return _show(request, session, typed=request.POST, message=unreadable.message)
    return _follow(request, session, saved=saved, typed=request.POST)


def _follow(
    request: HttpRequest, session: StripeObject, *, saved: bool, typed: Mapping[str, str]
) -> HttpResponse:
    if saved:
        return _done(request, session, _("It is kept: your next payments are made with it."))
    if portal.awaiting_authentication(_again(session)):
        return hosted.see_other(reverse("sandbox:authenticate_portal", args=[session.object_id]))
    return _show(request, session, typed=typed, message=_("Your bank refused this card. Try another one."))


def _done(request: HttpRequest, session: StripeObject, message: str) -> HttpResponse:
    """As the flow asked: back to the site, or a word and a link."""
    after = (session.data["flow"] or {}).get("after_completion") or {}
    if after.get("type") == "redirect":
        return hosted.see_other(after["redirect"]["return_url"])
    custom = (after.get("hosted_confirmation") or {}).get("custom_message")
    return _show(request, session, typed={}, done=custom or message)


def _show(
    request: HttpRequest,
    session: StripeObject,
    *,
    typed: Mapping[str, str],
    message: object = None,
    done: str = "",
) -> HttpResponse:
    customer = store.fetch(customers.KIND, session.data["customer"]).data
    flow = session.data["flow"] or {}
    plans = StripeObject.objects.of_kind(subscriptions.KIND).filter(data__customer=customer["id"])
    if cancels := flow.get("subscription_cancel"):
        plans = plans.filter(object_id=cancels["subscription"])
    context = {
        # What the forms for a card and an account read of a Checkout Session.
        "session": {"customer_details": customer, "payment_method_types": portal.TYPES},
        "address": reverse("sandbox:portal", args=[session.object_id]),
        "typed": {name: typed.get(name, "")[:40] for name in ("card", "iban")},
        "message": message,
        "done": done,
        "expired": _expired(session),
        "flow": _flow(session),
        "return_url": session.data["return_url"],
        "plans": [hosted.plan(row.data) for row in plans.exclude(data__status="canceled")],
        "button": _("Save this card"),
        "debit_button": _("Accept the mandate and save this account"),
        "cards": cards.ALL,
        "ibans": ibans.ALL,
    }
    return render(request, "sandbox/portal.html", context)


def _session(session_id: str) -> StripeObject:
    session = store.find(portal.KIND, session_id)
    if session is None or store.find(customers.KIND, session.data["customer"]) is None:
        raise Http404
    return session


def _flow(session: StripeObject) -> str:
    return str((session.data["flow"] or {}).get("type", ""))


def _again(session: StripeObject) -> StripeObject:
    """As it stands now: it may have changed since the request began."""
    return store.fetch(portal.KIND, session.object_id)


def _expired(session: StripeObject) -> bool:
    with store.at(None):
        return portal.expired(session)


def _language(session: StripeObject) -> str:
    customer = store.fetch(customers.KIND, session.data["customer"]).data
    spoken = customer["preferred_locales"]
    asked = session.data["locale"]
    return hosted.language(asked if asked not in {None, "auto"} else spoken[0] if spoken else None)
