"""Who asked to be told: agreeing, leaving, coming back."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.models import Reason, Subscription, Suppression
from outreach.models.subscription import new_token
from programs import rows
from programs.models import Program

# One statement, as every gift with a consent comes by here. Those already told keep the date of it; those
# who come back are told from now on.
_KEEP_CONSENT = """
    INSERT INTO outreach_subscription AS kept
        (email, program_id, language, consent_text, source, consented_at, confirmed_at, token)
    VALUES (
        %(email)s, %(program)s, %(language)s,
        %(consent_text)s, %(source)s, %(consented_at)s, %(now)s, %(token)s
    )
    ON CONFLICT (email, program_id) DO UPDATE SET
        language = excluded.language,
        consent_text = excluded.consent_text,
        source = excluded.source,
        consented_at = excluded.consented_at,
        confirmed_at = CASE
            WHEN kept.unsubscribed_at IS NULL AND kept.confirmed_at IS NOT NULL THEN kept.confirmed_at
            ELSE excluded.confirmed_at
        END,
        unsubscribed_at = NULL
    WHERE kept.unsubscribed_at < excluded.consented_at
        OR kept.unsubscribed_at IS NULL
            AND (kept.confirmed_at IS NULL OR kept.consented_at < excluded.consented_at)
    RETURNING EXISTS (SELECT 1 FROM outreach_suppression WHERE email = %(email)s)"""


class UnknownToken(LookupError):
    """No subscription has this token."""


def confirm(
    *, email: str, program: Program, language: str, consent_text: str, source: str, consented_at: dt.datetime
) -> Subscription:
    """The confirmed subscription of this address to this programme, with its newest proof of consent.

    Safe to repeat and in any order: one subscription per address (in lower case) and programme, an older
    consent never replaces a newer one, and a consent given before an unsubscription does not undo it.
    Safe inside the caller's transaction.
    """
    keep_consent(
        email=email,
        program=program,
        language=language,
        consent_text=consent_text,
        source=source,
        consented_at=consented_at,
    )
    return Subscription.objects.get(email=email.strip().lower(), program=program)


def keep_consent(
    *, email: str, program: Program, language: str, consent_text: str, source: str, consented_at: dt.datetime
) -> bool:
    """What `confirm` does, for whoever has no use for the subscription. Whether news is sent."""
    values: dict[str, Any] = {
        "email": email.strip().lower(),
        "program": program.pk,
        "language": language,
        "consent_text": consent_text,
        "source": source,
        "consented_at": connection.ops.adapt_datetimefield_value(consented_at),
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        "token": new_token(),
    }
    with rows.cursor() as cursor:
        cursor.execute(_KEEP_CONSENT, values)
        kept = cursor.fetchone()
    if kept:
        return not kept[0]
    # What was not written is newer: they are told already, or have stopped it.
    mine = Subscription.objects.active().filter(email=values["email"], program=program)
    return mine.exists() and not stopped(values["email"])


def told(email: str) -> QuerySet[Program]:
    """The programmes whose news this address receives."""
    active = Subscription.objects.active().filter(email=email.strip().lower())
    return Program.objects.filter(pk__in=active.values("program"))


def end(email: str, program: Program) -> None:
    """End one address's subscription to one programme, as its owner asked; repeating is fine."""
    mine = Subscription.objects.filter(email=email.strip().lower(), program=program)
    mine.filter(unsubscribed_at=None).update(unsubscribed_at=timezone.now())


def refuse(email: str, program: Program, *, language: str) -> None:
    """No news of this programme from now on: also where an older consent is only heard of later."""
    now = timezone.now()
    said = Subscription(
        email=email.strip().lower(),
        program=program,
        language=language,
        source="my gifts",
        consented_at=now,
        unsubscribed_at=now,
    )
    Subscription.objects.bulk_create([said], ignore_conflicts=True)
    end(email, program)


def move(old: str, new: str) -> None:
    """Send news to another address of the same person. What that one has chosen already stands."""
    _refuse_too(old, new)
    chosen = Subscription.objects.filter(email=new).values("program")
    for each in Subscription.objects.filter(email=old, program__in=chosen):
        # Nobody is at the old address any more, and no later erasure would look there.
        Subscription.objects.filter(pk=each.pk).update(
            email=f"moved-{each.pk}@moved.invalid",
            unsubscribed_at=Coalesce(F("unsubscribed_at"), timezone.now()),
        )
    Subscription.objects.filter(email=old).exclude(program__in=chosen).update(email=new)


def _refuse_too(old: str, new: str) -> None:
    """Whoever asked for no news asked it as a person, unless they have asked for some at the new address
    since; that letters bounce is true of the mailbox alone.
    """
    asked = Subscription.objects.active().filter(email=new)
    for said in Suppression.objects.filter(email=old).exclude(reason=Reason.HARD_BOUNCE):
        if asked.filter(consented_at__gt=said.at).exists():
            ended = Subscription.objects.active().filter(email=old, consented_at__lte=said.at)
            ended.update(unsubscribed_at=said.at)
        else:
            same = {"reason": said.reason, "note": said.note, "at": said.at}
            Suppression.objects.get_or_create(email=new, defaults=same)
        said.delete()


def write_in(email: str, language: str) -> None:
    """Send this address its news in another language from now on."""
    Subscription.objects.filter(email=email).update(language=language)


def stopped(email: str) -> bool:
    """Whether no news is sent to this address, whatever it has asked for."""
    return Suppression.objects.filter(email=email.strip().lower()).exists()


def find(token: str) -> Subscription:
    """The subscription behind an unsubscribe address. Raises `UnknownToken`."""
    try:
        return _holding(token).select_related("program").get()
    except Subscription.DoesNotExist:
        raise UnknownToken from None


def unsubscribe(token: str) -> Subscription:
    """End a subscription, from this moment; repeating keeps the first moment. Raises `UnknownToken`."""
    _holding(token).filter(unsubscribed_at=None).update(unsubscribed_at=timezone.now())
    return find(token)


def resubscribe(token: str) -> Subscription:
    """Undo an unsubscription, as its owner asked on the page; repeating is fine. Raises `UnknownToken`."""
    _holding(token).filter(unsubscribed_at__isnull=False).update(
        unsubscribed_at=None, consented_at=timezone.now(), source="unsubscribe page"
    )
    return find(token)


def _holding(token: str) -> QuerySet[Subscription]:
    if "\x00" in token:  # PostgreSQL takes no NUL, not even to look for it
        raise UnknownToken
    return Subscription.objects.filter(token=token)
