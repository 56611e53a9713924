"""The Celery application, and what beat asks for again and again.

Every entry finds work that lies in the database; none of it depends on a message having arrived.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

app = Celery("campaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "process-events": {"task": "donations.tasks.process_events", "schedule": 10.0},
    "reconcile-pending": {"task": "donations.tasks.reconcile_pending", "schedule": 120.0},
    "owe-updates": {"task": "outreach.tasks.owe_updates", "schedule": 10.0},
    "deliver-letters": {"task": "outreach.tasks.deliver_letters", "schedule": 10.0},
}
