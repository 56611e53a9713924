"""What a page says of giving to search engines and networks."""

from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from donations.sharing import pictures
from donations.templatetags.giving import account_of
from programs import structured_data
from programs.addresses import absolute
from programs.models import Program, ProgressUpdate

register = template.Library()


@register.simple_tag(takes_context=True)
def share_picture(context: RequestContext, shown: Program | ProgressUpdate) -> pictures.SharePicture:
    """The picture that the page is shared with now: of the moment of all that the page shows of the money."""
    if isinstance(shown, ProgressUpdate):
        return pictures.of_update(shown)
    return pictures.of_program(shown, account_of(context, shown).total)


@register.simple_tag
def program_data(program: Program) -> SafeString:
    """The page of a programme, and how one gives to it."""
    return structured_data.script(
        structured_data.organization(),
        {**structured_data.web_page(program), "potentialAction": _donate_action(program)},
        structured_data.breadcrumbs(
            [
                (structured_data.NAME, reverse("programs:home")),
                (program.title, program.get_absolute_url()),
            ]
        ),
    )


def _donate_action(program: Program) -> dict[str, Any]:
    return {
        "@type": "DonateAction",
        "name": _("Make a gift"),
        "recipient": structured_data.reference(structured_data.organization()),
        "target": {
            "@type": "EntryPoint",
            "urlTemplate": absolute(reverse("donations:give", args=[program.slug])),
        },
        "priceSpecification": {
            "@type": "PriceSpecification",
            "priceCurrency": program.currency,
            "minPrice": settings.DONATION_MINIMUM_CENTS / 100,
        },
    }
