"""Celery's door. Each task finds its work in the database: running one twice, or late, does no harm."""

from celery import shared_task


@shared_task
def deliver_letters() -> None:
    """Send what is due."""


@shared_task
def owe_updates() -> None:
    """Owe subscribers the updates published since the last look."""
