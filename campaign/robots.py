"""What search engines are asked to leave alone. A request, not a lock: what is private has its own."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# Work places, and addresses whose holder is one person.
_CLOSED: Final = ("/admin/", "/stripe/", "/healthz", "/readyz")
_CLOSED_IN_EACH_LANGUAGE: Final = ("gifts/", "my-gifts/", "preview/", "unsubscribe/")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Everything but that; nothing at all of a site that only shows how it would be."""
    closed = [
        *_CLOSED,
        *(f"/{code}/{path}" for code, _name in settings.LANGUAGES for path in _CLOSED_IN_EACH_LANGUAGE),
    ]
    if settings.DEBUG or settings.SANDBOX:
        closed = ["/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
