"""What partners may show on their own sites: a card without a script, and the page that says how."""

from typing import Final

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from donations import dots
from donations.progress import Progress
from programs import cached_page
from programs.addresses import absolute
from programs.models import Program
from programs.views import finding

# The smallest frame that shows the whole card; it grows with any larger one.
CARD_WIDTH: Final = 300
CARD_HEIGHT: Final = 220
_DOTS_A_LINE: Final = 25


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no word in the address
@cached_page.kept()
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme on one card, for a frame on anybody's page: the only address that may be framed."""
    program = finding.one(Program.objects.published().called(slug), slug)
    if program.slug != slug:
        return redirect("donations:card", program.slug, permanent=True)
    progress = Progress.of(program)
    filled = min(max(progress.percent, 0), 100)
    return render(
        request,
        "donations/card.html",
        {
            "program": program,
            "progress": progress,
            "filled_dots": dots.path(0, filled, _DOTS_A_LINE),
            "empty_dots": dots.path(filled, 100, _DOTS_A_LINE),
        },
    )


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@cached_page.kept()
def instructions(request: HttpRequest, slug: str) -> HttpResponse:
    """How a partner shows the card, or the figures in a form of their own."""
    program = finding.one(Program.objects.published().called(slug), slug)
    if program.slug != slug:
        return redirect("donations:embed", program.slug, permanent=True)
    with translation.override("en"):
        figures = absolute(reverse("progress", args=[program.slug]))
    return render(
        request,
        "donations/embed.html",
        {
            "program": program,
            "codes": [(code, name, _code(program, code)) for code, name in settings.LANGUAGES],
            "card_url": reverse("donations:card", args=[program.slug]),
            "figures_url": figures,
            "width": CARD_WIDTH,
            "height": CARD_HEIGHT,
        },
    )


def _code(program: Program, language: str) -> str:
    """What a partner pastes, in that language."""
    with translation.override(language):
        return format_html(
            '<iframe src="{}" title="{}" lang="{}" width="{}" height="{}" loading="lazy"'
            ' style="border:0;max-width:100%"></iframe>',
            absolute(reverse("donations:card", args=[program.slug])),
            _("Support: %(programme)s") % {"programme": program.title},
            language,
            CARD_WIDTH,
            CARD_HEIGHT,
        )
