"""The letters owed: a row here is the work order, whatever becomes of the message that wakes a worker."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.models.broadcast import Broadcast
from outreach.models.subscription import Subscription


class Kind(models.TextChoices):
    """What a letter says: its templates lie in `templates/letters/<kind>/`."""

    GIFT_THANKS = "gift_thanks", _("Thanks for a gift")
    GIFT_PROCESSING = "gift_processing", _("A debit is on its way")
    GIFT_FAILED = "gift_failed", _("A debit was refused")
    RENEWAL_UPCOMING = "renewal_upcoming", _("A yearly payment is near")
    RENEWAL_FAILED = "renewal_failed", _("A payment of a recurring gift failed")
    CARD_EXPIRING = "card_expiring", _("A card is about to expire")
    PLAN_CHANGED = "plan_changed", _("A recurring gift was changed")
    PLAN_ENDED = "plan_ended", _("A recurring gift has ended")
    GIFT_REFUNDED = "gift_refunded", _("A gift was refunded")
    REFUND_RETURNED = "refund_returned", _("A refund came back")
    GIFT_DISPUTED = "gift_disputed", _("A gift is contested")
    GIFT_RESTORED = "gift_restored", _("A contested gift counts again")
    GIFT_NOT_TAKEN = "gift_not_taken", _("A gift was not charged")
    GIFT_UNDONE = "gift_undone", _("A gift was recorded by mistake")
    STAFF_NOTICE = "staff_notice", _("Notice to staff")
    PLEDGE = "pledge", _("How to send a gift")
    PROGRESS_UPDATE = "progress_update", _("Progress update")
    SIGN_IN = "sign_in", _("Link to one’s gifts")
    EMAIL_CHANGE_OLD = "email_change_old", _("Change of e-mail, to the old address")
    EMAIL_CHANGE_NEW = "email_change_new", _("Change of e-mail, to the new address")
    ERASURE = "erasure", _("Answer to an erasure request")


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent on purpose")


# Why a letter was not sent that is, once its update is published again.
WITHDRAWN = "The update was withdrawn."


class Priority(models.IntegerChoices):
    """The smaller goes first: a thank-you never waits behind a hundred thousand updates."""

    PERSONAL = 10, _("Personal")
    BROADCAST = 50, _("To many")


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self) -> "LetterQuerySet":
        """What may be sent now, in the order it is sent."""
        return self.filter(state=State.QUEUED, not_before__lte=timezone.now()).order_by(
            "priority", "not_before", "pk"
        )


class Letter(models.Model):
    """One e-mail owed to one person. `key` says what it is about: it is owed once, however often asked."""

    key = models.CharField(_("key"), max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    # By reference ({"kind": "receipt", "reference": "12"}): the document is fetched when the letter leaves.
    attachments = models.JSONField(_("attachments"), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.PERSONAL
    )
    broadcast = models.ForeignKey(
        Broadcast,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("broadcast"),
        db_index=False,  # the index with the state, below, serves
    )
    subscription = models.ForeignKey(
        Subscription,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("subscription"),
    )

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed by a worker"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("owed since"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    # As it was sent. A broadcast's letters leave the text empty: their broadcast keeps it once. So do
    # letters that carry a key, which nobody but their reader may have.
    message_id = models.CharField(_("message id"), max_length=255, blank=True)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["priority", "not_before", "id"],
                condition=models.Q(state="queued"),
                name="letter_queued",
            ),
            models.Index(fields=["claimed_at"], condition=models.Q(state="sending"), name="letter_sending"),
            models.Index(fields=["broadcast", "state"], name="letter_broadcast_state"),
            # Looked for every few seconds; of those that are suppressed for another reason there are many.
            models.Index(
                fields=["broadcast"],
                condition=models.Q(state="suppressed", error=WITHDRAWN),
                name="letter_withdrawn",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="letter_owed_once"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="letter_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="sending", claimed_at__isnull=False)
                | (~models.Q(state="sending") & models.Q(claimed_at__isnull=True)),
                name="letter_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="letter_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.key
