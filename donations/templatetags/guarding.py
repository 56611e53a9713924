"""What staff are told while somebody tests cards on a form."""

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.http import urlencode

from donations.guard import attacks
from donations.models import Status

register = template.Library()


@register.inclusion_tag("admin/_attacks.html", takes_context=True)
def attack_banner(context: RequestContext) -> dict[str, object]:
    """For whoever is signed in to the admin, on each of its pages; nothing while all is calm."""
    user = context["request"].user
    held = reverse("admin:donations_donation_changelist") + "?" + urlencode({"status__exact": Status.HELD})
    return {
        "attacks": attacks.standing() if user.is_staff else [],
        "reviewing": attacks.REVIEW,
        "held_address": held if user.has_perm("donations.view_donation") else "",
    }
