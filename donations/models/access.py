import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInLink(models.Model):
    """Somebody asked for a link to the gifts of an e-mail address. Whether it has any is not known here.

    The link itself is kept nowhere: it is signed anew when the letter leaves.
    """

    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), help_text=_("Kept in lower case."))
    language = models.CharField(_("language"), max_length=5)
    # A keyed digest of the network it was asked from: enough to count, nothing to look anybody up with.
    network = models.CharField(_("network"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["email", "asked_at"], name="sign_in_email_asked"),
            models.Index(fields=["network", "asked_at"], name="sign_in_network_asked"),
            models.Index(
                fields=["asked_at"], condition=models.Q(answered_at__isnull=True), name="sign_in_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(email=""), name="sign_in_has_email"),
        ]

    def __str__(self) -> str:
        return str(self.reference)


class DonorSession(models.Model):
    """A browser that has proved an e-mail address. It holds the key; here lies what recognises it."""

    digest = models.CharField(_("digest of the key"), max_length=64, unique=True)
    email = models.EmailField(_("e-mail"), db_index=True, help_text=_("Kept in lower case."))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("donor’s session")
        verbose_name_plural = _("donors’ sessions")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
