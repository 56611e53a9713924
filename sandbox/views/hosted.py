"""What the hosted pages have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from sandbox.billing import saving

_ID = "mandate_0"  # stands for the id of a mandate that is yet to be made
_EVERY = {"day": _("every day"), "week": _("every week"), "month": _("every month"), "year": _("every year")}
_EVERY_SEVERAL = {
    "day": _("every %(count)d days"),
    "week": _("every %(count)d weeks"),
    "month": _("every %(count)d months"),
    "year": _("every %(count)d years"),
}


def line(typed: str) -> str:
    """One line of text, without what no keyboard writes."""
    return "".join(character for character in typed if character.isprintable()).strip()[:200]


def see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def language(asked: str | None) -> str:
    """The language that was asked for, where we speak it; otherwise the browser's."""
    wanted = str(asked or "auto").partition("-")[0]
    return wanted if wanted in {"en", "fr"} else translation.get_language() or "en"


def payer(request: HttpRequest) -> saving.Payer:
    """Who accepts a mandate on this page."""
    mandate = request.build_absolute_uri(reverse("sandbox:mandate", args=[_ID]))
    return saving.Payer(
        name=line(request.POST.get("name", "")),
        ip_address=request.META.get("REMOTE_ADDR", ""),
        user_agent=line(request.headers.get("User-Agent", "")),
        mandate_url=mandate.replace(_ID, "{id}"),
    )


def money(cents: int, currency: str) -> str:
    return f"{number_format(cents / 100, 2, force_grouping=True)}\u00a0{currency.upper()}"


def rhythm(recurring: dict[str, Any]) -> str:
    """How often, in the reader's words."""
    count, interval = recurring["interval_count"], recurring["interval"]
    return str(_EVERY[interval]) if count == 1 else _EVERY_SEVERAL[interval] % {"count": count}


def plan(subscription: dict[str, Any]) -> dict[str, Any]:
    """A subscription as a hosted page shows it."""
    item = subscription["items"]["data"][0]
    return {
        "id": subscription["id"],
        "amount": money(item["price"]["unit_amount"] * item["quantity"], subscription["currency"]),
        "rhythm": rhythm(item["price"]["recurring"]),
        "until": subscription["cancel_at"],
        "next": item["current_period_end"],
    }
