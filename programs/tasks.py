"""Celery's door. Each task finds its work in the database: running one twice, or late, does no harm."""

from celery import shared_task

from programs import schedule


@shared_task
def publish_due() -> int:
    """Publish what staff wanted on the site by now."""
    return schedule.publish_due()
