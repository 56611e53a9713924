"""The hosted invoice page, in the place of Stripe's: pay a renewal that failed.

As on the payment page, nothing of the donor's session here is read or written.
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
from sandbox.billing import settling
from sandbox.checkout import Outcome
from sandbox.models import StripeObject
from sandbox.resources import customers, invoices
from sandbox.views import hosted


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, invoice_id: str) -> HttpResponse:
    invoice = _invoice(invoice_id)
    if request.method != "POST":
        return _show(request, invoice, typed=request.GET)
    if request.POST.get("iban"):
        return _follow(request, settling.debit(invoice_id, request.POST["iban"], hosted.payer(request)))
    result = settling.pay(
        invoice_id,
        request.POST.get("card", ""),
        name=hosted.line(request.POST.get("name", "")),
        authentication=request.build_absolute_uri(reverse("sandbox:authenticate_invoice", args=[invoice_id])),
    )
    return _follow(request, result)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """The page on which a bank would ask its customer for a code."""
    invoice = _invoice(invoice_id)
    if request.method != "POST":
        if invoice.data["status"] != "open" or settling.intent_status(invoice) != "requires_action":
            return redirect("sandbox:invoice", invoice_id)
        with translation.override(_language(invoice)):
            return render(request, "sandbox/authenticate.html")
    passed = request.POST.get("action") == "complete"
    return _follow(request, settling.authenticate(invoice_id, passed=passed))


def _follow(request: HttpRequest, result: settling.Result) -> HttpResponse:
    match result.outcome:
        case Outcome.PAID:
            return hosted.see_other(reverse("sandbox:invoice", args=[result.invoice.object_id]))
        case Outcome.AUTHENTICATE:
            return hosted.see_other(reverse("sandbox:authenticate_invoice", args=[result.invoice.object_id]))
        case _:
            return _show(request, result.invoice, typed=request.POST, message=result.message)


def _show(
    request: HttpRequest, invoice: StripeObject, *, typed: Mapping[str, str], message: object = None
) -> HttpResponse:
    data = invoice.data
    context = {
        "invoice": data,
        # What the forms for a card and an account read of a Checkout Session.
        "session": {
            "customer_details": {"email": data["customer_email"]},
            "payment_method_types": ["card", "sepa_debit"],
        },
        "typed": {name: typed.get(name, "")[:40] for name in ("card", "iban")},
        "message": message,
        "cards": cards.ALL,
        "address": reverse("sandbox:invoice", args=[invoice.object_id]),
        "ibans": ibans.ALL,
        "payment": settling.intent_status(invoice),
    }
    with translation.override(_language(invoice)):
        amount = hosted.money(data["amount_due"], data["currency"])
        said = {
            "amount": amount,
            "button": _("Pay %(amount)s") % {"amount": amount},
            "debit_button": _("Accept the mandate and pay %(amount)s") % {"amount": amount},
        }
        return render(request, "sandbox/invoice.html", context | said)


def _invoice(invoice_id: str) -> StripeObject:
    invoice = store.find(invoices.KIND, invoice_id)
    if invoice is None or invoice.data["status"] == "draft":
        raise Http404
    return invoice


def _language(invoice: StripeObject) -> str:
    customer = store.find(customers.KIND, invoice.data["customer"])
    spoken = customer.data["preferred_locales"] if customer else []
    return hosted.language(spoken[0] if spoken else None)
