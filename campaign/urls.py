"""Every address of the site, in the order they are tried."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from campaign import error_pages, health
from campaign.robots import robots
from donations import sitemaps as giving
from donations.views import progress, webhook
from programs import cached_page
from programs import sitemaps as reading
from programs.views import root

SITEMAPS = {
    "home": reading.Home,
    "programs": reading.Programs,
    "giving": giving.Giving,
    "lists": reading.UpdateLists,
    "updates": reading.Updates,
    "pages": reading.Pages,
}

ERRORS = [
    path("errors/", error_pages.show, name="errors"),
    path("errors/<slug:name>/", error_pages.show, name="error"),
]

urlpatterns = [
    path("", root),
    path("robots.txt", robots),
    path("sitemap.xml", require_safe(cached_page.kept()(sitemap)), {"sitemaps": SITEMAPS}),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("stripe/webhook/", webhook.receive, name="stripe_webhook"),
    path("programs/<slug:slug>/progress.json", progress.show, name="progress"),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    *([path("sandbox/", include("sandbox.urls"))] if settings.SANDBOX else []),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        *(ERRORS if settings.DEBUG else []),
        path("", include("donations.urls")),
        path("", include("outreach.urls")),
        path("", include("programs.urls")),  # last: a programme's address is any word
    ),
]

handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.page_not_found
handler500 = error_pages.server_error
