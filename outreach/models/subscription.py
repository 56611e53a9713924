import datetime as dt
import secrets
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models import Program


def new_token() -> str:
    """256 random bits: whoever holds the address may unsubscribe, nobody can guess it."""
    return secrets.token_urlsafe(32)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> "SubscriptionQuerySet":
        """Confirmed and not ended: those who are told."""
        return self.filter(confirmed_at__isnull=False, unsubscribed_at__isnull=True)


class Subscription(models.Model):
    """Someone who asked to be told how a programme goes, with the proof of what they agreed to."""

    email = models.EmailField(_("e-mail"), help_text=_("Kept in lower case."))
    program = models.ForeignKey(Program, models.CASCADE, related_name="+", verbose_name=_("programme"))
    language = models.CharField(_("language"), max_length=10)
    consent_text = models.TextField(_("words agreed to"))
    source = models.CharField(_("where it was given"), max_length=200)
    consented_at = models.DateTimeField(_("agreed"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)
    token = models.CharField(_("token"), max_length=64, default=new_token, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["email", "program"], name="subscription_once"),
            models.UniqueConstraint(fields=["token"], name="subscription_token_once"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def agreed_at(self) -> dt.datetime | None:
        """When they agreed; never, for whoever has only said that they want none (`subscriptions.refuse`)."""
        only_refused = self.confirmed_at is None and self.consented_at == self.unsubscribed_at
        return None if only_refused else self.consented_at


class Reason(models.TextChoices):
    HARD_BOUNCE = "hard_bounce", _("The address does not exist (hard bounce)")
    COMPLAINT = "complaint", _("Complained of unwanted mail")
    REQUEST = "request", _("Asked us not to write")


class Suppression(models.Model):
    """An address we no longer write to. Letters about a person's own gift stop only after a hard bounce."""

    email = models.EmailField(_("e-mail"), unique=True, help_text=_("Kept in lower case."))
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=Reason.values), name="suppression_reason_known"
            )
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        # Before the form looks whether the address is known already.
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)
