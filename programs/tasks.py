"""Celery's door. Each task finds its work in the database: running one twice, or late, does no harm."""

from celery import shared_task

from programs import schedule
from programs.pictures import rendering


@shared_task
def publish_due() -> int:
    """Publish what staff wanted on the site by now."""
    return schedule.publish_due()


@shared_task
def make_pictures() -> int:
    """Make the sizes and formats that pictures still lack."""
    return rendering.make_owed()


@shared_task
def tidy_pictures() -> None:
    """Throw away the files of pictures that nothing shows any more, and order those that are lost."""
    rendering.forget_unused()
    rendering.notice_lost()
