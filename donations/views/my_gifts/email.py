"""Another e-mail address: asked for from the old one's space, agreed to from both mailboxes."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from donations import tasks
from donations.donors import email_change, limits
from donations.forms.my_gifts import EmailForm
from donations.views.my_gifts import room


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, email: str) -> HttpResponse:
    posted = request.method == "POST"
    form = EmailForm(request.POST if posted else None, old=email)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if posted else HTTPStatus.OK
        waiting = email_change.waiting(email)
        return room.page(request, "email", status=status, form=form, waiting=waiting)
    try:
        email_change.ask(old=email, new=form.cleaned_data["email"], language=room.language())
    except limits.TooOften:
        status = HTTPStatus.TOO_MANY_REQUESTS
        return room.page(request, "email", status=status, form=form, too_often=True)
    return room.back("email")


@room.private
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, since mail scanners follow links. Needs no session: the letter is one."""
    try:
        change, side = email_change.find(token)
        if request.method != "POST":
            return room.page(request, "email_agree", change=change, side=side)
        if request.POST.get("action") == "refuse":
            email_change.refuse(token)
            return room.page(request, "email_answered", outcome="refused")
        done = email_change.agree(token)
        if done:
            tasks.wake(tasks.tell_new_addresses)
        outcome = "done" if done else "half"
        return room.page(request, "email_answered", outcome=outcome, side=side, change=change)
    except email_change.Unusable as error:
        status = HTTPStatus.NOT_FOUND if isinstance(error, email_change.NotOurs) else HTTPStatus.GONE
        return room.page(request, "email_over", status=status)
