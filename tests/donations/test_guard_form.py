"""The gift form and its guard together: what a donor, a machine and a thief get to see."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from donations import guard, tasks
from donations.guard import attacks
from donations.models import Attempt, Decline, Donation, RateCount, Status
from programs.models import Program
from sandbox import deliveries
from sandbox.models import StripeObject
from tests.broken_stripe import broken_stripe
from tests.donations.guarding import solution, stamped
from tests.giving import DECLINED_CARD, form_data, give, pay
from tests.programs.forms import filled

pytestmark = pytest.mark.django_db(transaction=True)

GIVE = "/en/hematology/give/"
TOKEN = "a" * 32


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"PROOF_STEPS": 2}
    settings.REDIS_URL = ""  # counters can be read in rows


def challenge(answer: Any) -> str:
    found = re.search(r'data-challenge="([^"]+)"', answer.content.decode())
    assert found is not None
    return html.unescape(found[1])


def post(client: Client | None = None, **changes: object) -> Any:
    client = client or Client(REMOTE_ADDR="203.0.113.5")
    return client.post(GIVE, form_data(**changes))


def tell() -> None:
    deliveries.deliver_due()
    tasks.process_events()


def test_a_form_that_comes_back_keeps_all_and_is_sent_again_by_its_script(program: Program) -> None:
    attacks.sign(program)
    client = Client(REMOTE_ADDR="203.0.113.5")

    again = post(client, city="Sainte-Retenue", display="name", public_name="Madame")
    values = filled(again)
    sent_again = client.post(GIVE, values | {"proof": solution(challenge(again))})

    assert again.status_code == 422
    assert b"data-resend" in again.content
    assert (values["city"], values["public_name"]) == ("Sainte-Retenue", "Madame")
    assert sent_again.status_code == 303
    assert Attempt.objects.get().proven


def test_while_all_is_calm_the_form_asks_for_no_work(program: Program) -> None:
    page = Client().get(GIVE).content.decode()

    assert "data-challenge" not in page
    assert "proof.js" not in page


def test_under_attack_the_form_brings_its_work_along_in_every_language(program: Program) -> None:
    attacks.sign(program)
    client = Client(REMOTE_ADDR="203.0.113.5")
    values = filled(client.get(GIVE)) | form_data()
    proof = solution(challenge(client.get(GIVE)))

    french = client.post("/fr/hematologie/give/", values | {"switch": "1", "proof": proof})
    kept = filled(french)
    done = client.post("/fr/hematologie/give/", kept | {"proof": solution(challenge(french))})

    assert {name: kept[name] for name in ("token", "stamp", "proof")} == {
        "token": values["token"],
        "stamp": values["stamp"],
        "proof": proof,
    }
    assert done.status_code == 303


def test_a_refusal_looks_exactly_like_a_stripe_that_does_not_answer(settings: Any) -> None:
    def seen(answer: Any) -> tuple[int, str, dict[str, str]]:
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
        return answer.status_code, body, dict(answer.headers) | {"Content-Length": "", "Expires": ""}

    form = form_data(token=TOKEN, stamp=stamped(TOKEN, 60))
    refused = Client(REMOTE_ADDR="203.0.113.5").post(GIVE, form | {"subject": "Buy now"})
    with broken_stripe(500) as address:
        settings.STRIPE_API_BASE = address
        unavailable = Client(REMOTE_ADDR="203.0.113.5").post(GIVE, form)

    assert seen(refused) == seen(unavailable)
    assert refused.status_code == 503
    assert b"Buy now" not in refused.content


def test_the_field_for_machines_is_hidden_from_everybody(program: Program) -> None:
    page = Client().get(GIVE).content.decode()
    trap = re.search(r'<div class="form__trap" aria-hidden="true">.*?</div>', page, re.DOTALL)

    assert trap is not None
    assert 'autocomplete="off"' in trap[0]
    assert 'tabindex="-1"' in trap[0]


def test_the_same_form_twice_is_one_gift_however_often_it_was_counted(settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"ADDRESS_PER_HOUR": 1}
    stamp = stamped(TOKEN, 60)

    assert [post(token=TOKEN, stamp=stamp).status_code for _time in range(3)] == [303, 303, 303]
    assert Donation.objects.count() == Attempt.objects.count() == 1
    assert post(email="other@example.org", token="b" * 32).status_code == 422


def test_a_stripe_that_is_down_costs_no_attempt(settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"ADDRESS_PER_HOUR": 1}
    sandbox = settings.STRIPE_API_BASE
    with broken_stripe(500) as address:
        settings.STRIPE_API_BASE = address
        for number in range(2):
            token = f"{number}" * 32
            assert post(token=token, stamp=stamped(token, 60)).status_code == 503
    settings.STRIPE_API_BASE = sandbox

    assert post(token=TOKEN, stamp=stamped(TOKEN, 60)).status_code == 303


@pytest.mark.parametrize("status", [500, 400])
def test_the_same_failing_form_again_and_again_buys_no_attempts(settings: Any, status: int) -> None:
    sandbox = settings.STRIPE_API_BASE
    with broken_stripe(status) as address:
        settings.STRIPE_API_BASE = address
        failed = {post(token=TOKEN, stamp=stamped(TOKEN, 5)).status_code for _time in range(5)}
    settings.STRIPE_API_BASE = sandbox
    counted = set(RateCount.objects.exclude(key__contains="program").values_list("count", flat=True))
    tokens = [f"{number}" * 32 for number in range(8)]

    answers = [post(token=t, stamp=stamped(t, 5), email=f"{t[0]}@example.org").status_code for t in tokens]

    assert failed == {503 if status == 500 else 502}
    assert counted == {0}
    assert answers == [303] * 5 + [422] * 3


def test_stripes_words_on_a_declined_card_are_counted_once_and_a_paid_gift_is_not_counted() -> None:
    client = Client(REMOTE_ADDR="203.0.113.5")
    donation = give(client)
    pay(donation, DECLINED_CARD)
    tell()

    assert Decline.objects.count() == 1

    pay(donation)
    tell()
    assert Attempt.objects.get().paid_at is not None
    counted = RateCount.objects.filter(key__contains="address").values_list("count", flat=True)
    assert list(counted) == [0]


def test_a_payment_page_that_has_seen_too_many_cards_is_closed(settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_HOUR": 2}
    donation = give(Client(REMOTE_ADDR="203.0.113.5"))
    for _card in range(2):
        pay(donation, DECLINED_CARD)
    tell()

    assert StripeObject.objects.of_kind("checkout.session").get().data["status"] == "expired"
    tell()
    donation.refresh_from_db()
    assert donation.status == Status.EXPIRED


def test_a_suspicious_gift_is_marked_to_be_looked_at_first(program: Program) -> None:
    attacks.sign(program, level=attacks.REVIEW)
    donation = give(Client(REMOTE_ADDR="203.0.113.5"), token=TOKEN, stamp=stamped(TOKEN, 60))

    assert donation.review_first
    assert "without a proof" in donation.review_reason


def test_donors_whose_address_is_not_known_are_not_taken_for_one_thief(settings: Any) -> None:
    """A proxy that was not told of: everybody comes from 10.0.0.2."""
    settings.GUARD = settings.GUARD | {"ADDRESS_PER_HOUR": 1, "NETWORK_PER_HOUR": 1}

    answers = [post(Client(REMOTE_ADDR="10.0.0.2"), email=f"{n}@example.org") for n in range(4)]

    assert [answer.status_code for answer in answers] == [303] * 4


def test_no_address_is_kept(program: Program) -> None:
    give(Client(REMOTE_ADDR="203.0.113.5"))
    rows = [*Attempt.objects.values(), *RateCount.objects.values(), *Donation.objects.values()]

    assert "203.0.113" not in str(rows)
    assert guard.of({"REMOTE_ADDR": "203.0.113.5"}, email="").address in str(rows)
