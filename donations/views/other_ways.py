from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import guard, iban, transfers
from donations.forms import PledgeForm
from donations.models import Kind, Pledge
from donations.receipts import issuer
from donations.views.give import find_program, other_language
from programs.models import Program

# The reference last given to this browser, so that the page can show it after the form.
_GIVEN = "pledge"
_REMEMBER_SECONDS = 2 * 60 * 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """How to give by transfer or cheque, and the form that gives a reference to quote."""
    program = find_program(slug)
    if program is None:
        return other_language(slug, "donations:other_ways")
    ways = transfers.ways()
    if request.method != "POST":
        return _page(request, program, PledgeForm(ways=ways), pledge=_given(request, program))
    if "switch" in request.POST:
        return _page(request, program, _unchecked(request))
    form = PledgeForm(request.POST, ways=ways)
    if not form.is_valid():
        return _page(request, program, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    visitor = guard.of(request.META, email=form.cleaned_data["email"])
    pledge = transfers.announce(program, form.answers(), network=visitor.network)
    request.session[_GIVEN] = pledge.reference
    request.session.set_expiry(_REMEMBER_SECONDS)
    return HttpResponseRedirect(f"{request.path}#reference", status=HTTPStatus.SEE_OTHER)


def _given(request: HttpRequest, program: Program) -> Pledge | None:
    reference = request.session.get(_GIVEN)
    if not reference:
        return None
    return Pledge.objects.filter(reference=reference, program=program).select_related("donor").first()


def _unchecked(request: HttpRequest) -> PledgeForm:
    """The form with everything that was typed, and nothing said about it yet."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in PledgeForm.base_fields}
    typed["updates"] = "updates" in request.POST
    return PledgeForm(initial=typed, ways=transfers.ways())


def _page(
    request: HttpRequest,
    program: Program,
    form: PledgeForm,
    *,
    pledge: Pledge | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    foundation = issuer.current()
    form.initial.setdefault("country", "FR")
    form.initial.setdefault("donor_kind", Kind.INDIVIDUAL)
    return render(
        request,
        "donations/other_ways.html",
        {
            "program": program,
            "form": form,
            "issuer": foundation,
            "iban": iban.grouped(foundation.iban),
            "envelope": transfers.envelope(foundation),
            "pledge": pledge,
        },
        status=status,
    )
