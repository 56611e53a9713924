"""Ending letters: one click in the mail reader (RFC 8058), two on the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from outreach import subscriptions


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, since mail scanners follow links; POST ends the subscription.

    Mail readers post without a cookie, a session or a CSRF token, and follow no redirect: the token is
    what allows it. Repeating is fine. `action=resubscribe` undoes it, from the button on the page.
    """
    try:
        if request.method != "POST":
            return _page(request, "unsubscribe", subscription=subscriptions.find(token))
        if request.POST.get("action") == "resubscribe":
            subscription = subscriptions.resubscribe(token)
        else:
            subscription = subscriptions.unsubscribe(token)
        return _page(request, "unsubscribed", subscription=subscription)
    except subscriptions.UnknownToken:
        return _page(request, "unsubscribe_unknown", status=404)


def _page(request: HttpRequest, name: str, status: int = 200, **context: object) -> HttpResponse:
    response = render(request, f"outreach/{name}.html", context, status=status)
    # The address is a key: it is not handed to the pages linked from here, nor to search engines.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
