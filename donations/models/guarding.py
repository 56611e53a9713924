"""What the protection against card testing remembers, for two days at most: no address, no name, no card."""

from django.db import models

from donations.models.donation import Donation
from programs.models import Program


class Attempt(models.Model):
    """One gift that was let through to the payment page, and from where. Hashes are keyed."""

    donation = models.OneToOneField(Donation, models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    # Keyed hashes; the first two are empty where the address was not known.
    address = models.CharField(max_length=32, blank=True)
    network = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=32)
    proven = models.BooleanField(default=False)
    began_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["network", "began_at"], name="attempt_network_began"),
            models.Index(fields=["program", "began_at"], name="attempt_program_began"),
            models.Index(fields=["began_at"], name="attempt_began"),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.began_at}"


class Decline(models.Model):
    """One card that was declined. Stripe tells of it twice, and again: the same `source_ref` is one row."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="declines")
    source_ref = models.CharField(max_length=255, unique=True)
    occurred_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.source_ref


class Attack(models.Model):
    """Somebody tests cards on a programme's form: since when, how bad, and the last sign of it.

    The level falls by one for each quiet time after `last_sign_at`, so that all processes agree on it
    without anybody lowering it (`donations.guard.attacks`).
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    began_at = models.DateTimeField()
    last_sign_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stopped = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=models.Q(ended_at__isnull=True), name="attack_one_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(level__in=[1, 2]), name="attack_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.began_at}"


class RateCount(models.Model):
    """A counter that ends: where there is no Redis, the site's processes share these rows instead."""

    key = models.CharField(max_length=200, unique=True)
    count = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
