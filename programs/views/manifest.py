"""The web app manifest: name and icons for who puts the site on a phone's first screen."""

from typing import Final

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from programs.structured_data import NAME

# The light paper of static/css/tokens.css: a manifest knows one scheme only.
_PAPER: Final = "#faf6ee"
_ICONS: Final = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable.png", 512, "maskable"),
)


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    home = reverse("programs:home")
    return JsonResponse(
        {
            "name": NAME,
            "short_name": "Imagine",
            "description": _("Programmes of the Institut Imagine that you can support."),
            "lang": get_language(),
            "dir": "ltr",
            "id": home,
            "start_url": home,
            "scope": "/",
            "display": "browser",
            "background_color": _PAPER,
            "theme_color": _PAPER,
            "icons": [
                {
                    "src": static(f"img/{name}"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, size, purpose in _ICONS
            ],
        },
        content_type="application/manifest+json",
    )
