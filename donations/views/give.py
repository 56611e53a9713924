import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import checkout, guard, tasks, tax
from donations.forms import OTHER, GiftForm, shown_amount, typed_amount
from donations.models import Display, Donation, Regime, Status, TaxRule
from donations.views import guarded
from programs.models import Program

# The gifts begun in this browser: what lets a cancelled one come back filled in.
_BEGUN = "gifts"
_GIVEN_UP = "given_up"
_REMEMBER_SECONDS = 2 * 60 * 60
_NOTHING_CHARGED = (Status.PENDING, Status.EXPIRED, Status.FAILED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The gift form, and the way from it to Stripe's payment page."""
    program = find_program(slug)
    if program is None:
        return other_language(slug)
    if request.method != "POST":
        left = _left(request, program)
        if left is not None and left.status not in _NOTHING_CHARGED:
            return redirect("donations:gift", public_id=left.public_id)
        return show(request, program, *_empty(request, program, left))
    if "switch" in request.POST:
        return show(request, program, unchecked(request, program))
    gift = GiftForm(request.POST, program=program, tax_rule=_tax_rule())
    if not gift.is_valid():
        return show(request, program, gift, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to_payment(request, program, gift)


def _to_payment(request: HttpRequest, program: Program, gift: GiftForm) -> HttpResponse:
    """Begin the gift and send its donor to pay, or show the form again and say that nothing happened."""
    answers, token = gift.answers(), gift.cleaned_data["token"]
    visitor, verdict = guarded.weigh(request, program, gift)
    if verdict.outcome is not guard.Outcome.GO_ON:
        return _stopped(request, program, verdict)
    try:
        donation = checkout.start(program, answers, token=token, review_because=verdict.review_because)
    except (checkout.Unavailable, checkout.Refused) as error:
        if verdict.counted:
            guard.take_back(visitor)
        refused = isinstance(error, checkout.Refused)
        status = HTTPStatus.BAD_GATEWAY if refused else HTTPStatus.SERVICE_UNAVAILABLE
        return show(request, program, gift, status=status, unavailable=True)
    guard.record(visitor, donation, verdict)
    _remember(request, donation)
    if donation.status != Status.PENDING:
        return redirect("donations:gift", public_id=donation.public_id)
    return HttpResponseRedirect(donation.checkout_url, status=HTTPStatus.SEE_OTHER)


def _stopped(request: HttpRequest, program: Program, verdict: guard.Verdict) -> HttpResponse:
    """The form again, with everything typed. A refusal looks like a Stripe that does not answer."""
    anew = verdict.outcome is not guard.Outcome.REFUSE
    gift = GiftForm(guarded.kept(request, anew=anew), program=program, tax_rule=_tax_rule())
    if not anew:
        return show(request, program, gift, status=HTTPStatus.SERVICE_UNAVAILABLE, unavailable=True)
    stale = verdict.outcome is guard.Outcome.STALE
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return show(request, program, gift, status=status, stale=stale, proving=not stale)


def find_program(slug: str) -> Program | None:
    """The published programme at this address in the current language."""
    return Program.objects.published().filter(slug=slug).first()


def other_language(slug: str, name: str = "donations:give") -> HttpResponse:
    """Send an address with another language's word to the right one, or answer 404."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            program = find_program(slug)
        if program is not None:
            return redirect(name, slug=program.slug, permanent=True)
    raise Http404


def unchecked(request: HttpRequest, program: Program) -> GiftForm:
    """The form with everything that was typed, and nothing said about it yet."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in GiftForm.base_fields}
    typed["updates"] = "updates" in request.POST
    return GiftForm(initial=typed, program=program, tax_rule=_tax_rule())


def _empty(request: HttpRequest, program: Program, left: Donation | None) -> tuple[GiftForm, bool]:
    """A form to begin with, and whether it has the answers of the gift whose payment page was `left`."""
    token = uuid.uuid4().hex
    initial: dict[str, Any] = {
        "token": token,
        "stamp": guard.stamp(token),
        "frequency": "once",
        "donor_kind": "individual",
        "country": "FR",
        "display": Display.ANONYMOUS,
    }
    begun = request.session.get(_BEGUN, [])
    # Whoever has begun another gift since may have paid that one.
    came_back = left is not None and left.status == Status.PENDING and begun[-1] == str(left.public_id)
    if left is not None and came_back:
        request.session[_GIVEN_UP] = left.pk
        initial |= _as_typed(left, program)
    return GiftForm(initial=initial, program=program, tax_rule=_tax_rule()), came_back


def _left(request: HttpRequest, program: Program) -> Donation | None:
    """The gift whose payment page the donor came back from, if it was begun in this browser.

    It may have been paid since: the browser's own way back leads here too.
    """
    named = request.GET.get("cancelled", "")
    if named not in request.session.get(_BEGUN, []):
        return None
    return Donation.objects.select_related("donor").filter(public_id=named, program=program).first()


def _as_typed(donation: Donation, program: Program) -> dict[str, Any]:
    donor = donation.donor
    amount, other = typed_amount(donation.amount_cents), shown_amount(donation.amount_cents)
    suggested = program.suggestedamounts.filter(
        amount_cents=donation.amount_cents, frequency=donation.frequency
    )
    return {
        **({"amount": amount} if suggested.exists() else {"amount": OTHER, "other_amount": other}),
        "frequency": donation.frequency,
        "designation": donation.designation_id,
        "donor_kind": donor.kind,
        "first_name": donor.first_name,
        "last_name": donor.last_name,
        "company_name": donor.company_name,
        "siren": donor.siren,
        "email": donor.email,
        "address": donor.address,
        "postal_code": donor.postal_code,
        "city": donor.city,
        "country": donor.country,
        "display": donation.display,
        "public_name": donation.public_name,
        "updates": bool(donation.updates_consent),
    }


def _remember(request: HttpRequest, donation: Donation) -> None:
    this = str(donation.public_id)
    begun = [each for each in request.session.get(_BEGUN, []) if each != this]
    request.session[_BEGUN] = [*begun, this][-5:]  # the newest last
    request.session.set_expiry(_REMEMBER_SECONDS)
    given_up = request.session.pop(_GIVEN_UP, None)
    if given_up is not None and given_up != donation.pk:
        tasks.wake(tasks.close_checkout, given_up)


def _tax_rule() -> TaxRule | None:
    return TaxRule.objects.in_force(Regime.INCOME, timezone.localdate())


def show(
    request: HttpRequest,
    program: Program,
    gift: GiftForm,
    came_back: bool = False,
    *,
    status: int = HTTPStatus.OK,
    unavailable: bool = False,
    stale: bool = False,
    proving: bool = False,
) -> HttpResponse:
    """The page with a form on it. `came_back`, `unavailable`, `stale` and `proving` say above it why it is
    here again.
    """
    return render(
        request,
        "donations/give.html",
        {
            "program": program,
            "form": gift,
            "tax_rule": gift.tax_rule,
            "minimum_cents": settings.DONATION_MINIMUM_CENTS,
            "december": tax.debit_may_arrive_next_year(timezone.localdate()),
            "cancelled": "cancelled" in request.GET and request.method != "POST",
            "came_back": came_back,
            "unavailable": unavailable,
            "stale": stale,
            "proving": proving,
            "challenge": guarded.challenge(program, gift, wanted=proving),
        },
        status=status,
    )
