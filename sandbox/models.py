"""The sandbox's memory: Stripe's objects as they are sent, requests already answered, webhooks owed."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StripeObjectQuerySet(models.QuerySet["StripeObject"]):
    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def newest_first(self) -> Self:
        """Stripe's order in every list; rows made in the same second keep the order they were made in."""
        return self.order_by("-pk")


class StripeObject(models.Model):
    """One object of Stripe's, kept as the JSON its API answers with.

    `version` is what makes a change safe: see `store.save`.
    """

    object_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=50)
    created = models.BigIntegerField(help_text="Unix time, in seconds, as in the object itself.")
    data: Any = models.JSONField()
    private: Any = models.JSONField(default=dict, help_text="What the API does not show, needed later on.")
    version = models.PositiveIntegerField(default=1)

    objects = StripeObjectQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="sandbox_kind_newest")]

    def __str__(self) -> str:
        return self.object_id


class Answer(models.Model):
    """What an idempotency key was answered with; without a status, the request is still being worked on."""

    key = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(max_length=64)
    request_id = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(default="")

    def __str__(self) -> str:
        return self.key


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        """Waiting and ripe, or left in the middle by a sender that died; the longest due first."""
        now = timezone.now()
        waiting = Q(state=Delivery.State.WAITING, due_at__lte=now)
        abandoned = Q(state=Delivery.State.SENDING, lease_until__lte=now)
        return self.filter(waiting | abandoned).order_by("due_at", "pk")

    def undelivered(self) -> Self:
        return self.exclude(state=Delivery.State.DELIVERED)


class Delivery(models.Model):
    """One webhook owed: an event, on its way to the site."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    event = models.ForeignKey(StripeObject, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(
        StripeObject,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="Where it goes; empty for the site's own endpoint.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    url = models.CharField(max_length=500, default="", help_text="Where the last attempt went.")
    status = models.PositiveSmallIntegerField(null=True, help_text="What the last attempt was answered.")
    answer = models.TextField(default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["state", "due_at"], name="sandbox_delivery_due")]

    def __str__(self) -> str:
        return f"{self.event_id} ({self.state})"


class FaultQuerySet(models.QuerySet["Fault"]):
    def live(self) -> Self:
        return self.exclude(left=0).filter(Q(until=None) | Q(until__gt=timezone.now()))


class Fault(models.Model):
    """What is to go wrong: for the next calls or events, or until a moment, or both."""

    class Kind(models.TextChoices):
        TIMEOUT = "timeout", _("calls time out")
        RATE_LIMIT = "rate_limit", _("calls are too many (429)")
        ERROR = "error", _("calls fail (500)")
        RESET = "reset", _("calls are cut off")
        DUPLICATED = "duplicated", _("events come twice")
        REORDERED = "reordered", _("events come in another order")
        DELAYED = "delayed", _("events come late")
        LOST = "lost", _("events are lost")

    kind = models.CharField(max_length=20, choices=Kind)
    left = models.PositiveIntegerField(null=True, help_text="How many more it strikes; empty for all.")
    until = models.DateTimeField(null=True)
    match = models.CharField(max_length=200, default="", blank=True)
    seconds = models.FloatField(default=5)
    done = models.BooleanField(default=False, help_text="The call is carried out, and its answer lost.")

    objects = FaultQuerySet.as_manager()

    def __str__(self) -> str:
        return self.kind


class DueQuerySet(models.QuerySet["Due"]):
    def ripe(self, at: datetime | None = None) -> Self:
        """What is to happen by now, or by `at`; the longest due first."""
        return self.filter(due_at__lte=at or timezone.now()).order_by("due_at", "pk")


class Due(models.Model):
    """Something that happens to an object by itself, once: a debit is collected, a refund arrives.

    Whoever deletes the row does it, in the same transaction: so it is done once, or not yet.
    """

    what = models.CharField(max_length=20)
    target = models.ForeignKey(StripeObject, on_delete=models.CASCADE, related_name="dues")
    due_at = models.DateTimeField()

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "target"], name="sandbox_due_once")]
        indexes = [models.Index(fields=["due_at"], name="sandbox_due_at")]

    def __str__(self) -> str:
        return f"{self.what} {self.target_id}"
