from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeEvent(models.Model):
    """The inbox: what Stripe told us, kept as it came, handled until it is done."""

    event_id = models.CharField(_("event id"), max_length=255, unique=True)
    type = models.CharField(_("type"), max_length=100)
    livemode = models.BooleanField(_("live mode"))
    api_version = models.CharField(_("API version"), max_length=40, blank=True)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("created at Stripe"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("next attempt not before"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        ordering = ["-received_at", "-pk"]
        permissions = [("replay_stripeevent", "Can handle Stripe event again")]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(processed_at__isnull=True),
                name="stripe_event_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Replay(models.Model):
    """Somebody asked that an event be handled again, and what it had come to by then."""

    event = models.ForeignKey(
        StripeEvent, models.PROTECT, related_name="replays", verbose_name=_("Stripe event")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    attempts = models.PositiveIntegerField(_("attempts until then"))
    outcome = models.CharField(_("outcome until then"), max_length=200, blank=True)
    error = models.TextField(_("error until then"), blank=True)

    class Meta:
        verbose_name = _("handling asked for again")
        verbose_name_plural = _("handlings asked for again")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.event_id} {self.asked_at:%Y-%m-%d %H:%M}"
