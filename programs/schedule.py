"""Publishing what is due. Programmes first: an update due at the same minute needs its programme."""

import datetime as dt
import logging

from django.utils import timezone

from programs.models import Page, Program, ProgressUpdate
from programs.models.update import ProgramIsDraft

logger = logging.getLogger(__name__)


def publish_due() -> int:
    """Publish whatever staff wanted on the site by now, and return how much that was.

    Safe to repeat and to run twice at once: a time is spent by publishing. What staff call off or
    postpone between the look and the step stays where it is. The letters of an update follow as they
    do when a person publishes it.
    """
    moment = timezone.now()
    return _programs_and_pages(moment) + _updates(moment)


def _programs_and_pages(moment: dt.datetime) -> int:
    return sum(
        row.publish(due_by=moment)
        for rows in (Program.objects.due(moment), Page.objects.due(moment))
        for row in rows
    )


def _updates(moment: dt.datetime) -> int:
    published = 0
    for update in ProgressUpdate.objects.due(moment).select_related("program"):
        try:
            published += update.publish(due_by=moment)
        except ProgramIsDraft:  # taken off the site just now
            logger.info("Update %s waits for its programme.", update.pk)
    return published
