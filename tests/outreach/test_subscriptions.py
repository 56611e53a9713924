import datetime as dt
import itertools
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone

from outreach import subscriptions
from outreach.models import Subscription
from programs.models import Program

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


def confirm(program: Program, **given: Any) -> Subscription:
    return subscriptions.confirm(
        **{
            "email": "ada@example.org",
            "program": program,
            "language": "en",
            "consent_text": "Tell me.",
            "source": "gift:1",
            "consented_at": NOW,
            **given,
        }
    )


def test_agreeing_keeps_the_proof(program: Program) -> None:
    subscription = confirm(program)

    assert (subscription.consent_text, subscription.source) == ("Tell me.", "gift:1")
    assert (subscription.consented_at, subscription.language) == (NOW, "en")
    assert subscription.confirmed_at is not None
    assert subscription.unsubscribed_at is None
    assert len(subscription.token) >= 43


def test_one_subscription_an_address_and_programme_whatever_the_case(program: Program) -> None:
    first, second = confirm(program), confirm(program, email=" Ada@Example.ORG ")

    assert first.pk == second.pk
    assert first.token == second.token
    assert Subscription.objects.get().email == "ada@example.org"


def test_the_newest_consent_is_kept_in_whatever_order_they_come(program: Program) -> None:
    consents = [(NOW - 2 * HOUR, "oldest", "en"), (NOW - HOUR, "middle", "en"), (NOW, "newest", "fr")]
    for order in itertools.permutations(consents):
        Subscription.objects.all().delete()
        for consented_at, source, language in order:
            confirm(program, consented_at=consented_at, source=source, language=language)

        subscription = Subscription.objects.get()
        assert (subscription.source, subscription.language) == ("newest", "fr")


def test_agreeing_again_keeps_the_date_since_when_news_is_sent(program: Program) -> None:
    first = confirm(program)

    assert confirm(program, consented_at=NOW + HOUR).confirmed_at == first.confirmed_at


def test_an_older_consent_does_not_bring_back_who_has_left(program: Program) -> None:
    token = confirm(program).token
    subscriptions.unsubscribe(token)

    confirm(program, consented_at=NOW - HOUR)

    assert Subscription.objects.get().unsubscribed_at is not None


def test_who_agrees_again_after_leaving_is_back(program: Program) -> None:
    token = confirm(program).token
    left = subscriptions.unsubscribe(token)
    assert left.unsubscribed_at is not None

    back = confirm(program, consented_at=timezone.now())

    assert back.unsubscribed_at is None
    assert back.token == token
    assert back.confirmed_at is not None
    assert back.confirmed_at > left.unsubscribed_at


def test_leaving_twice_keeps_the_first_moment(program: Program) -> None:
    token = confirm(program).token

    first, second = subscriptions.unsubscribe(token), subscriptions.unsubscribe(token)

    assert first.unsubscribed_at == second.unsubscribed_at


def test_tokens_are_unlike(program: Program) -> None:
    tokens = {confirm(program, email=f"{number}@example.org").token for number in range(50)}

    assert len(tokens) == 50


def test_staff_see_how_many_are_told(program: Program) -> None:
    confirm(program)
    subscriptions.unsubscribe(confirm(program, email="left@example.org").token)

    shown = Template("{% load outreach_tags %}{% subscriber_count program as n %}{{ n }}").render(
        Context({"program": program})
    )

    assert shown == "1"
