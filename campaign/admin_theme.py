"""How the admin looks and what its menu holds: the settings of its theme, django-unfold.

The menu is grouped by what people do, and each entry asks for the permission of the page it opens:
a role sees its own and nothing else.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The public site's paper, ink and carmine (static/css/tokens.css), in the steps that unfold asks for.
_PAPER_AND_INK = {
    "50": "oklch(97.4% 0.011 84.6)",
    "100": "oklch(94.5% 0.019 83.1)",
    "200": "oklch(89% 0.026 78.9)",
    "300": "oklch(80.6% 0.027 61.9)",
    "400": "oklch(69.2% 0.033 64.1)",
    "500": "oklch(49.5% 0.028 54.8)",
    "600": "oklch(41.1% 0.024 49.7)",
    "700": "oklch(35.2% 0.023 53.4)",
    "800": "oklch(28.6% 0.017 48.1)",
    "900": "oklch(20.2% 0.011 48.1)",
    "950": "oklch(16.5% 0.01 43)",
}
_CARMINE = {
    "50": "oklch(97.1% 0.011 31.1)",
    "100": "oklch(93.5% 0.024 30.5)",
    "200": "oklch(87.4% 0.045 26.6)",
    "300": "oklch(78.7% 0.081 20)",
    "400": "oklch(78.1% 0.112 18.5)",
    "500": "oklch(71.7% 0.14 16.3)",  # for text on dark paper
    "600": "oklch(44% 0.16 18.5)",  # for text on light paper, and under white text
    "700": "oklch(38.8% 0.141 18.1)",
    "800": "oklch(35.1% 0.127 17.4)",
    "900": "oklch(27.9% 0.095 15)",
    "950": "oklch(22.3% 0.07 17.2)",
}


def environment(request: HttpRequest) -> list[str | Promise] | None:
    """A badge on every page where no real money moves."""
    return [_("Demonstration"), "warning"] if settings.SANDBOX else None


def _asset(path: str) -> Callable[[HttpRequest], str]:
    return lambda _request: static(path)


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _entry(title: str | Promise, icon: str, model: str) -> dict[str, Any]:
    """A line of the menu: the list of a model, for those who may look at it."""
    application, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{application}_{name}_changelist"),
        "permission": _may(f"{application}.view_{name}"),
    }


_MENU = [
    {
        "items": [
            {"title": _("Where we are"), "icon": "monitoring", "link": reverse_lazy("admin:index")},
        ],
    },
    {
        "title": _("The page"),
        "items": [
            _entry(_("Programmes"), "science", "programs.program"),
            _entry(_("Progress updates"), "campaign", "programs.progressupdate"),
            _entry(_("Pages"), "description", "programs.page"),
        ],
    },
    {
        "title": _("Money"),
        "items": [
            _entry(_("Gifts"), "volunteer_activism", "donations.donation"),
            _entry(_("Recurring gifts"), "event_repeat", "donations.recurringdonation"),
            _entry(_("Refunds"), "undo", "donations.refund"),
            _entry(_("Disputes"), "gavel", "donations.dispute"),
            _entry(_("Fraud warnings"), "warning", "donations.fraudwarning"),
            _entry(_("Received otherwise"), "payments", "donations.offlinegift"),
            _entry(_("Bank lines"), "rule", "donations.bankline"),
            _entry(_("Bank statements"), "receipt", "donations.bankstatement"),
            _entry(_("Announced gifts"), "pending_actions", "donations.pledge"),
            _entry(_("Ledger"), "account_balance", "donations.ledgerentry"),
            _entry(_("Programme totals"), "functions", "donations.programtotal"),
            _entry(_("Receipts"), "receipt_long", "donations.receipt"),
            _entry(_("Stripe events"), "sync_alt", "donations.stripeevent"),
            _entry(_("Differences with Stripe"), "difference", "donations.discrepancy"),
            _entry(_("Comparisons with Stripe"), "balance", "donations.comparison"),
        ],
    },
    {
        "title": _("People and letters"),
        "items": [
            _entry(_("Donors"), "groups", "donations.donor"),
            _entry(_("Subscribers"), "contact_mail", "outreach.subscription"),
            _entry(_("Letters"), "mail", "outreach.letter"),
            _entry(_("Broadcasts"), "send", "outreach.broadcast"),
            _entry(_("Erasure requests"), "person_remove", "donations.erasurerequest"),
            _entry(_("Not to be written to"), "unsubscribe", "outreach.suppression"),
        ],
    },
    {
        "title": _("Settings"),
        "items": [
            _entry(_("Tax rules"), "percent", "donations.taxrule"),
            _entry(_("Issuer of documents"), "domain", "donations.issuer"),
            _entry(_("Staff"), "badge", "auth.user"),
            _entry(_("Roles"), "key", "auth.group"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Institut Imagine: the campaign"),
    "SITE_HEADER": "Institut Imagine",
    "SITE_SUBHEADER": _("The campaign"),
    "SITE_URL": "/",
    "SITE_ICON": _asset("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _asset("img/mark.svg")}],
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": _PAPER_AND_INK, "primary": _CARMINE},
    "DASHBOARD_CALLBACK": "donations.admin.dashboard.fill",
    "ENVIRONMENT": environment,
    "LOGIN": {"form": "campaign.staff_sign_in.SignInForm"},
    "STYLES": [_asset("css/admin.css")],
    "SCRIPTS": [_asset("js/admin.js")],
    "SIDEBAR": {"navigation": _MENU},
}
