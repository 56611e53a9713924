"""A recurring gift in its donor's hands. Deeds may be repeated; Stripe down is said."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import plans
from donations.donors import giving
from donations.forms.my_gifts import AmountForm, ReasonForm
from donations.models import EndReason, RecurringDonation
from donations.views.my_gifts import room


@room.donor_only
@require_safe
def show(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    return _page(request, _find(email, plan))


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def amount(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    """Another amount, from the next payment on."""
    found = _find(email, plan)
    if found.asks_no_more:
        return _page(request, found, status=HTTPStatus.CONFLICT, problem="refused")
    if request.method != "POST":
        return room.page(request, "plan_amount", plan=found, form=AmountForm(cents=found.amount_cents))
    form = AmountForm(request.POST, cents=found.amount_cents)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return room.page(request, "plan_amount", status=status, plan=found, form=form)
    cents = form.cleaned_data["cents"]
    return _deed(request, found, lambda: plans.change_amount(found, cents), "amount")


@room.donor_only
@require_POST
def pause(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    found = _find(email, plan)
    return _deed(request, found, lambda: plans.pause(found), "paused")


@room.donor_only
@require_POST
def resume(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    found = _find(email, plan)
    return _deed(request, found, lambda: plans.resume(found), "resumed")


@room.donor_only
@require_POST
def payment(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    """To Stripe's page, where a card or an IBAN is changed: neither ever reaches this site."""
    found = _find(email, plan)
    back = urljoin(settings.SITE_URL, f"{_address(found)}?done=payment")
    try:
        page = plans.payment_page(found, return_url=back)
    except (plans.Unavailable, plans.Refused) as error:
        return _not_done(request, found, error)
    return HttpResponseRedirect(page, status=HTTPStatus.SEE_OTHER)


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, email: str, plan: UUID) -> HttpResponse:
    """One page, one button; the reason is the donor's to give or not."""
    found = _find(email, plan)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return room.page(request, "plan_cancel", status=status, plan=found, form=form)
    ended = plans.cancel(found, reason=EndReason.DONOR, comment=form.cleaned_data["reason"])
    return _back(found, "cancelled" if ended else "ending")


def _find(email: str, public_id: UUID) -> RecurringDonation:
    """A plan of this address; anybody else's is as unknown as one that never was."""
    found = giving.plans_of(email).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _deed(request: HttpRequest, plan: RecurringDonation, do: Callable[[], None], done: str) -> HttpResponse:
    try:
        do()
    except (plans.Unavailable, plans.Refused) as error:
        return _not_done(request, plan, error)
    return _back(plan, done)


def _not_done(request: HttpRequest, plan: RecurringDonation, error: Exception) -> HttpResponse:
    """Say plainly what is known: nothing has changed, or Stripe did not say whether it has."""
    plan.refresh_from_db()
    if isinstance(error, plans.Refused):
        return _page(request, plan, status=HTTPStatus.CONFLICT, problem="refused")
    problem = "unanswered" if isinstance(error, plans.Unanswered) else "silent"
    return _page(request, plan, status=HTTPStatus.SERVICE_UNAVAILABLE, problem=problem)


def _back(plan: RecurringDonation, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{_address(plan)}?done={done}", status=HTTPStatus.SEE_OTHER)


def _page(
    request: HttpRequest, plan: RecurringDonation, *, status: int = HTTPStatus.OK, problem: str = ""
) -> HttpResponse:
    done = "" if problem else request.GET.get("done", "")
    return room.page(request, "plan", status=status, plan=plan, problem=problem, done=done)


def _address(plan: RecurringDonation) -> str:
    return reverse("donations:my_gifts_plan", kwargs={"plan": plan.public_id})
