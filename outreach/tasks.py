"""Celery's door. Each task finds its work in the database: running one twice, or late, does no harm."""

from celery import shared_task

from outreach import broadcasts, delivery, waking


@shared_task
def deliver_letters() -> int:
    """Send what is due."""
    waking.taken()
    return delivery.deliver()


@shared_task
def owe_updates() -> int:
    """Owe subscribers the updates published since the last look, and have their letters sent."""
    finished = broadcasts.owe_published()
    if finished:
        deliver_letters.apply_async(expires=60)
    return finished
