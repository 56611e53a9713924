from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programs.models import ProgressUpdate


class Broadcast(models.Model):
    """A published update told to every subscriber of its programme, once.

    The words are frozen here when the broadcast begins, so that all readers get the same text and it is
    stored once. `cursor` is the last subscription that was owed its letter: a run that dies goes on there.
    """

    # Deleting an update keeps the record of what was sent.
    update = models.OneToOneField(
        ProgressUpdate,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("progress update"),
    )
    # {"en": {"title", "body", "url", "program_title", "program_url"}, "fr": …}
    facts = models.JSONField(_("facts"))
    cursor = models.PositiveBigIntegerField(_("owed up to subscription"), default=0)
    created_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("all letters owed"), null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(finished_at__isnull=True), name="broadcast_unfinished"
            )
        ]

    def __str__(self) -> str:
        told = self.facts.get(get_language() or "") or self.facts.get(settings.LANGUAGE_CODE, {})
        return str(told.get("title", self.pk))
