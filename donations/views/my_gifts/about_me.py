"""Address and language, news, and a copy of everything."""

import json
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from donations.donors import contact, export
from donations.forms import UPDATES_CONSENT
from donations.forms.my_gifts import ContactForm, NewsForm
from donations.views.my_gifts import room
from outreach import subscriptions
from programs.models import Program


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, email: str, gift: UUID) -> HttpResponse:
    """The address and language of whoever made this gift, for gifts to come."""
    donor = contact.find(email, gift)
    if donor is None:
        raise Http404
    if request.method != "POST":
        form = ContactForm(initial=vars(contact.of(donor)))
        return room.page(request, "address", form=form, donor=donor)
    form = ContactForm(request.POST)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return room.page(request, "address", status=status, form=form, donor=donor)
    contact.change(donor, contact.Contact(**form.cleaned_data))
    return room.back("address")


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: HttpRequest, email: str) -> HttpResponse:
    """What I agreed to receive, programme by programme."""
    told = subscriptions.told(email)
    offered = list((Program.objects.published() | told).distinct())
    initial = {"programs": [program.slug_en for program in told]}
    form = NewsForm(request.POST if request.method == "POST" else None, offered=offered, initial=initial)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        stopped = subscriptions.stopped(email)
        return room.page(request, "news", status=status, form=form, stopped=stopped)
    for program in offered:
        if program.slug_en not in form.cleaned_data["programs"]:
            subscriptions.refuse(email, program, language=room.language())
        elif program.slug_en not in initial["programs"]:
            subscriptions.confirm(
                email=email,
                program=program,
                language=room.language(),
                consent_text=str(UPDATES_CONSENT),
                source="my gifts",
                consented_at=timezone.now(),
            )
    return room.back("news")


@room.donor_only
@require_safe
def data(request: HttpRequest, email: str) -> HttpResponse:
    """A copy of everything, to keep or to take elsewhere."""
    text = json.dumps(export.everything(email), ensure_ascii=False, indent=2)
    response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    name = f"my-gifts-{timezone.localdate().isoformat()}.json"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
