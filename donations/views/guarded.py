"""Between the gift form and the guard: what it is asked, and the form that is shown again."""

import uuid

from django.http import HttpRequest, QueryDict

from donations import checkout, guard
from donations.forms import GiftForm
from programs.models import Program


def weigh(request: HttpRequest, program: Program, gift: GiftForm) -> tuple[guard.Visitor, guard.Verdict]:
    """What becomes of a valid form. One that has begun already goes on, uncounted: sending it twice is one
    gift.
    """
    answers, data = gift.answers(), gift.cleaned_data
    visitor = guard.of(request.META, email=answers.email)
    if checkout.has_begun(answers, token=data["token"]):
        return visitor, guard.Verdict(guard.Outcome.GO_ON)
    sent = guard.Sent(token=data["token"], stamp=data["stamp"], proof=data["proof"], trap=data["subject"])
    return visitor, guard.consider(visitor, program, sent)


def kept(request: HttpRequest, *, anew: bool) -> QueryDict:
    """Everything that was typed, to be shown again: as it was sent, or as a form shown now."""
    data = request.POST.copy()
    data["subject"] = ""
    if anew:
        token = uuid.uuid4().hex
        data["token"], data["stamp"], data["proof"] = token, guard.stamp(token), ""
    return data


def challenge(program: Program, gift: GiftForm, *, wanted: bool) -> str:
    """The work for the browser that shows this form; empty while all is calm and it was not `wanted`."""
    token = gift["token"].value()
    return guard.challenge(program, token=token, wanted=wanted) if token else ""
