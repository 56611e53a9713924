"""What donors ask for that takes more than one step: another e-mail address, and to be forgotten."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EmailChange(models.Model):
    """A donor wants another address. It is theirs once whoever reads the mail of each has agreed."""

    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    old_email = models.EmailField(_("e-mail until now"), help_text=_("Kept in lower case."))
    new_email = models.EmailField(_("new e-mail"), help_text=_("Kept in lower case."))
    language = models.CharField(_("language"), max_length=5)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    old_agreed_at = models.DateTimeField(_("agreed by the old address"), null=True, blank=True)
    new_agreed_at = models.DateTimeField(_("agreed by the new address"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of e-mail")
        verbose_name_plural = _("changes of e-mail")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["new_email", "asked_at"], name="email_change_new_asked")]
        constraints = [
            models.UniqueConstraint(
                fields=["old_email"],
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="email_change_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(old_email=F("new_email")), name="email_change_changes"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True)
                | Q(old_agreed_at__isnull=False, new_agreed_at__isnull=False, dropped_at__isnull=True),
                name="email_change_agreed_by_both",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference)


class ErasureStatus(models.TextChoices):
    WAITING = "waiting", _("To be answered")
    DONE = "done", _("Erased")
    REFUSED = "refused", _("Refused")


class ErasureRequest(models.Model):
    """Somebody asks to be forgotten. Staff answer; what was done stays written here, without who it was.

    The address is kept until the letter that says so has left, then a placeholder takes its place. The
    digest stays: it answers whoever asks later whether their request was honoured.
    """

    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), help_text=_("Kept in lower case."))
    digest = models.CharField(_("digest of the address"), max_length=64)
    language = models.CharField(_("language"), max_length=5)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    status = models.CharField(
        _("status"), max_length=7, choices=ErasureStatus.choices, default=ErasureStatus.WAITING
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    reason = models.CharField(_("why it was refused"), max_length=1000, blank=True)
    # How many rows of each kind were emptied, and how many the law keeps.
    outcome = models.JSONField(_("what was done"), default=dict, blank=True)
    kept_until = models.DateField(_("the rest is kept until"), null=True, blank=True)
    finished_at = models.DateTimeField(_("the letter has left"), null=True, blank=True)
    stripe_forgotten_at = models.DateTimeField(_("forgotten at Stripe"), null=True, blank=True)
    emptied_at = models.DateTimeField(_("the rest was erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        ordering = ["-asked_at"]
        permissions = [("answer_erasurerequest", "Can answer erasure request")]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(status="waiting"), name="erasure_asked_once"
            ),
            models.CheckConstraint(condition=Q(status__in=ErasureStatus.values), name="erasure_status_known"),
            models.CheckConstraint(
                condition=Q(status="waiting", answered_at__isnull=True)
                | ~Q(status="waiting") & Q(answered_at__isnull=False),
                name="erasure_answered_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference)
