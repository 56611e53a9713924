"""Giving a gift back from its page: a form, then what it will do, then the deed."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from donations import ledger, refunds
from donations.admin import shown
from donations.forms import RefundForm
from donations.models import Donation, Receipt, ReceiptState, RefundReason, RefundStatus, Status
from outreach import refusals

PERMISSION = "donations.refund_donation"


class RefundingAdmin(ModelAdmin):  # type: ignore[misc]  # the library says nothing of its types
    """A gift's page with a button that gives it back, for those with the right to."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refund_view)
        return [path("<path:object_id>/refund/", view, name="donations_donation_refund"), *super().get_urls()]

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION) and self.has_view_permission(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        gift = context.get("original")
        context["may_refund"] = isinstance(gift, Donation) and self._can_refund(request, gift)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def refund_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask how much and why; show the effect; do it. Nothing is done before the effect was shown."""
        if not self.has_refund_permission(request):
            raise PermissionDenied
        gift = self.get_object(request, unquote(object_id))
        if gift is None:
            raise Http404
        left = refunds.left(gift)
        if not self._can_refund(request, gift):
            self.message_user(request, _("There is nothing to give back of this gift."), messages.WARNING)
            return redirect("admin:donations_donation_change", gift.pk)
        form = RefundForm(request.POST or None, left_cents=left)
        confirmed = request.method == "POST" and form.is_valid()
        if confirmed and "confirm" in request.POST:
            return self._give_back(request, gift, form)
        return TemplateResponse(
            request,
            "admin/donations/refund.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": gift,
                "title": _("Give back"),
                "form": form,
                "left": left,
                "told": refusals.reachable(gift.donor.email),
                "effect": _effect(gift, form.cleaned_data["amount"]) if confirmed else None,
                "reason": RefundReason(form.cleaned_data["reason"]).label if confirmed else "",
            },
        )

    def _can_refund(self, request: HttpRequest, gift: Donation) -> bool:
        paid = gift.status == Status.PAID and bool(gift.stripe_charge_id)
        return paid and self.has_refund_permission(request) and refunds.left(gift) > 0

    def _give_back(self, request: HttpRequest, gift: Donation, form: RefundForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            refund = refunds.ask(
                gift,
                cents=data["amount"],
                reason=data["reason"],
                note=data["note"],
                by=request.user,  # type: ignore[arg-type]  # signed in
                key=data["key"],
            )
        except refunds.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:donations_donation_change", gift.pk)
        amount = shown.money(refund.amount_cents, refund.currency)
        match refund.status:
            case RefundStatus.REFUSED:
                text = _("Stripe did not give %(amount)s back: %(error)s")
                level = messages.ERROR
            case RefundStatus.REQUESTED:
                text = _("Stripe does not answer now. %(amount)s will be asked back of it again, by itself.")
                level = messages.WARNING
            case _other if refusals.reachable(gift.donor.email):
                text = _("%(amount)s goes back to the donor, who is told by letter.")
                level = messages.SUCCESS
            case _other:
                text = _("%(amount)s goes back to the donor. Nobody is written to: no letter can arrive.")
                level = messages.SUCCESS
        told = text % {"amount": amount, "error": refund.error}
        self.message_user(request, told, level)
        is_made = level == messages.SUCCESS
        self.log_change(request, gift, _("Gave back %(amount)s.") % {"amount": amount} if is_made else told)
        return redirect("admin:donations_donation_change", gift.pk)


def _effect(gift: Donation, cents: int) -> dict[str, Any]:
    """What giving back so much will do to the meter, the gift and its document."""
    raised = ledger.read_total(gift.program).raised_cents
    left = refunds.left(gift) - cents
    receipt = Receipt.objects.filter(donation=gift, state=ReceiptState.ISSUED).first()
    return {
        "cents": cents,
        "raised_before": raised,
        "raised_after": raised - cents,
        "left": left,
        "status": shown.gift_status(Status.PAID if left else Status.REFUNDED),
        "receipt": receipt.reference if receipt else "",
    }
