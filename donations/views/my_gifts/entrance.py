"""In and out of the donor's space: ask for a link, open it, sign out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import guard, tasks
from donations.donors import contact, giving, limits, sign_in
from donations.forms.my_gifts import SignInForm
from donations.views.my_gifts import room
from outreach import subscriptions


@room.private
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The donor's gifts; for anybody else the way to them."""
    if request.method == "POST":
        return _ask(request)
    email = room.email_of(request)
    if not email:
        return room.page(request, "sign_in", form=SignInForm())
    done = request.GET.get("done", "")
    return room.page(
        request,
        "overview",
        email=email,
        plans=giving.plans_of(email),
        years=giving.by_year(email),
        givers=contact.givers(email),
        told=subscriptions.told(email),
        done=done,
        stopped=done == "news" and subscriptions.stopped(email),
    )


@room.private
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The same words whoever asked: they say where to look, not whether there is something to find."""
    return room.page(request, "sent", minutes=int(sign_in.LIFETIME.total_seconds()) // 60)


@room.private
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and uses nothing up, since mail scanners follow links; POST signs in, once."""
    try:
        if request.method == "POST":
            return room.let_in(request, sign_in.use(token))
        sign_in.find(token)
    except sign_in.Unusable as error:
        status = HTTPStatus.NOT_FOUND if isinstance(error, sign_in.NotOurs) else HTTPStatus.GONE
        return room.page(request, "link_over", status=status, form=SignInForm())
    return room.page(request, "open")


@room.private
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return room.let_out(request)


def _ask(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST)
    if not form.is_valid():
        return room.page(request, "sign_in", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    email = form.cleaned_data["email"]
    network = guard.of(request.META, email=email).network
    try:
        sign_in.ask(email=email, language=room.language(), network=network)
    except limits.TooOften as error:
        minutes = int(error.wait.total_seconds()) // 60
        response = room.page(
            request, "sign_in", status=HTTPStatus.TOO_MANY_REQUESTS, form=form, wait_minutes=minutes
        )
        response["Retry-After"] = str(minutes * 60)
        return response
    tasks.wake(tasks.answer_sign_ins)
    return redirect("donations:my_gifts_sent")
