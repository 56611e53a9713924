"""Deciding on a gift that is held, from its page: what each decision will do, then the deed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from donations import gateway, ledger, review
from donations.admin import reasons, shown
from donations.forms.fields import LineField
from donations.models import Donation, Status

PERMISSION = "donations.review_donation"


class NoteForm(forms.Form):
    note = LineField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "For whoever looks later. No letter tells the donor; a copy of everything kept about them, which"
            " they may ask for, has it."
        ),
    )


class ReviewingAdmin(ModelAdmin):  # type: ignore[misc]  # the library says nothing of its types
    """A held gift's page with two buttons, for those with the right to decide."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/release/", wrap(self.release_view), name="donations_donation_release"),
            path("<path:object_id>/reject/", wrap(self.reject_view), name="donations_donation_reject"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("why it is held"))
    def why_held(self, gift: Donation) -> str:
        return reasons.say(gift.review_reason, gift.currency)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION) and self.has_view_permission(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        gift = context.get("original")
        held = isinstance(gift, Donation) and gift.status == Status.HELD
        context["may_review"] = held and self.has_review_permission(request)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def release_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "release")

    def reject_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "reject")

    def _decide(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        if not self.has_review_permission(request):
            raise PermissionDenied
        gift = self.get_object(request, unquote(object_id))
        if gift is None:
            raise Http404
        form = NoteForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._do(request, gift, deed, form.cleaned_data["note"])
            return redirect("admin:donations_donation_change", gift.pk)
        cents = gift.amount_cents
        try:
            if deed == "release":
                cents = review.worth(gift)
        except (review.NotPossible, gateway.Unavailable, gateway.Refused) as error:
            self._say_no(request, error)
            return redirect("admin:donations_donation_change", gift.pk)
        raised = ledger.read_total(gift.program).raised_cents
        return TemplateResponse(
            request,
            "admin/donations/review.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": gift,
                "title": _("A gift held for review"),
                "deed": deed,
                "form": form,
                "why": self.why_held(gift),
                "set_aside": gift.review_first,
                "raised_before": raised,
                "cents": cents,
                "raised_after": raised + cents,
            },
            status=422 if form.errors else 200,
        )

    def _do(self, request: HttpRequest, gift: Donation, deed: str, note: str) -> None:
        asked = gift.amount_cents
        try:
            if deed == "release":
                review.release(gift, by=request.user)  # type: ignore[arg-type]  # signed in
            else:
                review.reject(gift, by=request.user, note=note)  # type: ignore[arg-type]
        except (review.NotPossible, gateway.Unavailable, gateway.Refused) as error:
            self._say_no(request, error)
            return
        said = _("Released.") if deed == "release" else _("Refused.")
        if gift.amount_cents != asked:
            said = f"{said} {shown.money(asked)} → {shown.money(gift.amount_cents)}"
        self.log_change(request, gift, said)
        match gift.status:
            case Status.PAID:
                self.message_user(request, _("The gift counts now, and the donor is thanked."))
            case Status.FAILED | Status.REFUNDED:
                self.message_user(request, _("The gift is refused, and the donor is told."))
            case _other:
                self.message_user(request, _("Decided. Stripe has not finished yet."), messages.WARNING)

    def _say_no(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, gateway.Unavailable):
            text = _(
                "Stripe does not answer now. Look again in a moment, and decide again if it is still held."
            )
            self.message_user(request, text, messages.WARNING)
        else:
            self.message_user(request, str(error), messages.ERROR)
