"""The Celery application, and what beat asks for again and again.

Every entry finds work that lies in the database; none of it depends on a message having arrived.
"""

import os

from celery import Celery
from celery.schedules import crontab

from campaign import file_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

file_queue.register()
app = Celery("campaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _every(seconds: float, task: str) -> dict[str, object]:
    """A message that no worker has taken when the next is due is worth nothing: it expires."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "process-events": _every(10, "donations.tasks.process_events"),
    "reconcile-pending": _every(120, "donations.tasks.reconcile_pending"),
    "tidy-guard": _every(300, "donations.tasks.tidy_guard"),
    "watch-plans": _every(120, "donations.tasks.watch_plans"),
    "announce-plans": {
        "task": "donations.tasks.announce_plans",
        "schedule": crontab(hour="9", minute="0"),
        "options": {"expires": 3600},
    },
    # In the night, when Stripe's books of the day before are complete, until it is done.
    "compare-with-stripe": {
        "task": "donations.tasks.compare_nightly",
        "schedule": crontab(hour="4-9", minute="*/15"),
        "options": {"expires": 900},
    },
    "answer-sign-ins": _every(10, "donations.tasks.answer_sign_ins"),
    "finish-erasures": _every(600, "donations.tasks.finish_erasures"),
    "tidy-sign-ins": _every(3600, "donations.tasks.tidy_sign_ins"),
    "review-held": _every(600, "donations.tasks.review_held"),
    "make-documents": _every(600, "donations.tasks.make_documents"),
    "send-refunds": _every(300, "donations.tasks.send_refunds"),
    "publish-due": _every(60, "programs.tasks.publish_due"),
    "make-pictures": _every(10, "programs.tasks.make_pictures"),
    "tidy-pictures": _every(600, "programs.tasks.tidy_pictures"),
    "owe-updates": _every(10, "outreach.tasks.owe_updates"),
    "deliver-letters": _every(10, "outreach.tasks.deliver_letters"),
}
