"""Telling subscribers of a published update: the words frozen once, then one letter a subscription.

Letters are owed in chunks. A chunk and the cursor that says how far we are move in one transaction, so a
run that is killed leaves whole chunks behind it and the next run goes on there; two runs at once meet at
the cursor and one of them stops. Memory holds one chunk, whatever the number of subscribers.
"""

import logging
from urllib.parse import urljoin

import nh3
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from outreach.models import WITHDRAWN, Broadcast, Kind, Letter, Priority, State, Subscription
from programs.models import ProgressUpdate

logger = logging.getLogger(__name__)

CHUNK = 2000
# What rich text may hold in a letter; the site's own editor writes nothing else.
TAGS = {"p", "br", "strong", "em", "b", "i", "ul", "ol", "li", "blockquote", "h3", "h4", "a"}


def owe_published() -> int:
    """Begin the broadcast of each update published since the last look, and owe its letters.

    Returns the number of broadcasts finished. Safe to repeat and to run twice at once. An update that is
    withdrawn while its letters are being owed waits, and goes on if it is published again.
    """
    _stop()
    _go_on()
    begun = Broadcast.objects.filter(update=OuterRef("pk"))
    for update in ProgressUpdate.objects.published().filter(~Exists(begun)).select_related("program"):
        begin(update)
    unfinished = Broadcast.objects.filter(
        finished_at=None, update__in=ProgressUpdate.objects.published()
    ).select_related("update")
    return sum(fan_out(broadcast) for broadcast in unfinished)


def begin(update: ProgressUpdate) -> None:
    """Freeze what an update says, once: a second call changes nothing."""
    facts = {code: _facts(update, code) for code, _name in settings.LANGUAGES}
    Broadcast.objects.bulk_create(
        [Broadcast(update=update, facts=facts, created_at=timezone.now())], ignore_conflicts=True
    )


def _stop() -> None:
    """Whoever still waits when an update is withdrawn waits as those do whose turn comes meanwhile: once it
    is published again, they too are told in the words that it has by then.
    """
    withdrawn = Broadcast.objects.exclude(update__in=ProgressUpdate.objects.published())
    waiting = Letter.objects.filter(broadcast__in=withdrawn, state=State.QUEUED)
    waiting.update(state=State.SUPPRESSED, error=WITHDRAWN)


def _go_on() -> None:
    """Whose turn came while an update was withdrawn are told once it is published again, in the words that
    it has by then: what it was withdrawn for may be mended. What earlier readers were told stays beside it.
    """
    published = ProgressUpdate.objects.published().values("pk")
    waited = Letter.objects.filter(state=State.SUPPRESSED, error=WITHDRAWN)
    stopped = Broadcast.objects.filter(Exists(waited.filter(broadcast=OuterRef("pk"))), update__in=published)
    for pk in stopped.values_list("pk", flat=True):
        with transaction.atomic():
            broadcast = Broadcast.objects.select_for_update(of=("self",)).select_related("update").get(pk=pk)
            if broadcast.update is None:  # removed meanwhile
                continue
            said = {code: _facts(broadcast.update, code) for code, _name in settings.LANGUAGES}
            before = broadcast.facts.pop("before", [])
            if said != broadcast.facts:
                broadcast.facts = said | {"before": [*before, broadcast.facts]}
                broadcast.save(update_fields=["facts"])
            waited.filter(broadcast=broadcast).update(state=State.QUEUED, error="")


def fan_out(broadcast: Broadcast) -> bool:
    """Owe the letters of a broadcast that are not owed yet. False when another run is doing it."""
    while broadcast.finished_at is None:
        if not _owe_chunk(broadcast):
            logger.info("Broadcast %s is being owed elsewhere", broadcast.pk)
            return False
    return True


def _owe_chunk(broadcast: Broadcast) -> bool:
    with transaction.atomic():
        # Held until their letters are there: whoever moves, leaves or is forgotten meanwhile finds them.
        chunk = list(_readers(broadcast).select_for_update(of=("self",), no_key=True)[:CHUNK])
        here = Broadcast.objects.filter(pk=broadcast.pk, cursor=broadcast.cursor, finished_at=None)
        if chunk:
            broadcast.cursor = chunk[-1][0]
            moved = here.update(cursor=broadcast.cursor)
        else:
            broadcast.finished_at = timezone.now()
            moved = here.update(finished_at=broadcast.finished_at)
        if not moved:
            return False
        Letter.objects.bulk_create([_letter(broadcast, *reader) for reader in chunk], ignore_conflicts=True)
    return True


def _readers(broadcast: Broadcast) -> "QuerySet[Subscription, tuple[int, str, str]]":
    """Those who had asked to be told when the broadcast began, after the cursor."""
    return (
        Subscription.objects.active()
        .filter(
            program__updates=broadcast.update,
            confirmed_at__lte=broadcast.created_at,
            pk__gt=broadcast.cursor,
        )
        .order_by("pk")
        .values_list("pk", "email", "language")
    )


def _letter(broadcast: Broadcast, subscription: int, email: str, language: str) -> Letter:
    return Letter(
        key=f"update:{broadcast.update_id}:{subscription}",
        kind=Kind.PROGRESS_UPDATE,
        to=email,
        language=language,
        priority=Priority.BROADCAST,
        broadcast_id=broadcast.pk,
        subscription_id=subscription,
    )


def _facts(update: ProgressUpdate, language: str) -> dict[str, str]:
    program = update.program
    with translation.override(language):
        url = _address("programs:update", slug=program.slug, update_slug=update.slug)
        return {
            "title": update.title,
            "title_language": update.other_language_of("title"),
            "body": _for_mail(update.body, url),
            "body_language": update.other_language_of("body"),
            "url": url,
            "program_title": program.title,
            "program_title_language": program.other_language_of("title"),
            "program_url": _address("programs:program", slug=program.slug),
        }


def _address(name: str, **kwargs: str) -> str:
    return urljoin(settings.SITE_URL, reverse(name, kwargs=kwargs))


def _for_mail(html: str, page: str) -> str:
    """Rich text that a mail reader can show: nothing but text marks, and links that work from anywhere."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, name, value: urljoin(page, value) if name == "href" else value,
        url_schemes={"https", "http", "mailto"},
    )
