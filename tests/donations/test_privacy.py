"""Who gives is told to nobody: no page that others may see, no address, no log, no session."""

import json
import logging
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponseBase
from django.test import Client

from donations import tasks
from donations.models import Donation, Status
from outreach import delivery
from outreach.models import Letter, State
from programs.models import Program
from sandbox import deliveries
from sandbox.models import StripeObject
from tests.broken_stripe import broken_stripe
from tests.giving import DECLINED_CARD, form_data, give, pay
from tests.outreach import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)

GIVE = "/en/hematology/give/"
_PERSON: dict[str, Any] = {
    "first_name": "Philomène",
    "last_name": "Quelconque",
    "email": "philomene@example.org",
    "address": "7 impasse Discrète",
    "postal_code": "69003",
    "city": "Sainte-Retenue",
    "display": "name",
    "public_name": "Madame Incognita",
    "updates": "on",
}
_SECRETS = re.compile("Philom|Quelconque|Discr(è|%C3%A8)te|69003|Retenue|Incognita", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def tells(answer: HttpResponseBase) -> bool:
    """Whether an answer, its headers included, says anything about the donor."""
    return bool(_SECRETS.search(b"".join(answer).decode() + str(answer.headers)))


def settled() -> Donation:
    donation = give(**_PERSON)
    pay(donation)
    deliveries.deliver_due()
    tasks.process_events()
    donation.refresh_from_db()
    assert donation.status == Status.PAID
    return donation


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PAID])
def test_the_thank_you_page_says_nothing_of_the_donor_however_the_gift_stands(status: Status) -> None:
    donation = give(**_PERSON)
    Donation.objects.update(
        status=status, checkout_url="", stripe_session_id=None, review_reason="Quelconque"
    )

    for language in ("en", "fr"):
        answer = Client().get(f"/{language}/gifts/{donation.public_id}/")
        assert answer.status_code == 200
        assert not tells(answer)


def test_pages_that_others_may_see_say_nothing_of_a_donor_who_has_paid() -> None:
    donation = settled()

    for path in (
        f"/en/gifts/{donation.public_id}/",
        "/programs/hematology/progress.json",
        "/en/hematology/",
        GIVE,
        f"{GIVE}?cancelled={donation.public_id}",
    ):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert not tells(answer), path


def test_the_form_a_donor_left_is_filled_in_for_that_browser_alone_and_until_it_is_paid() -> None:
    client = Client()
    donation = give(client, **_PERSON)
    address = f"{GIVE}?cancelled={donation.public_id}"

    assert tells(client.get(address))
    assert not tells(client.get(GIVE))
    assert not tells(client.get(f"{GIVE}?cancelled={donation.public_id}x"))
    assert not tells(Client().get(address))

    pay(donation)
    client.get(f"/en/gifts/{donation.public_id}/")
    assert not tells(client.get(address))


def test_no_address_on_the_way_says_who_gives() -> None:
    donation = settled()
    session = StripeObject.objects.of_kind("checkout.session").get().data

    addresses = [donation.checkout_url, session["success_url"], session["cancel_url"]]
    addresses += re.findall(r"https?://\S+", " ".join(map(str, Letter.objects.get().facts.values())))

    assert len(addresses) >= 5
    assert not _SECRETS.search(" ".join(addresses))


def test_pages_with_a_donors_answers_are_kept_by_no_cache() -> None:
    client = Client()
    donation = give(client, **_PERSON)
    wrong = form_data(**(_PERSON | {"amount": "other", "other_amount": "-5"}))
    answers = [
        client.get(GIVE),
        client.get(f"{GIVE}?cancelled={donation.public_id}"),
        client.post(GIVE, wrong),
        client.post(GIVE, form_data(**_PERSON)),
        client.post("/fr/hematologie/give/", form_data(**_PERSON, switch="1")),
        Client(enforce_csrf_checks=True).post(GIVE, wrong),
        client.get(f"/en/gifts/{donation.public_id}/"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 422, 303, 200, 403, 200]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]


def test_a_session_holds_numbers_of_gifts_and_ends_within_hours() -> None:
    client = Client()
    donation = give(client, **_PERSON)
    client.get(f"{GIVE}?cancelled={donation.public_id}")

    content = Session.objects.get().get_decoded()
    cookie = client.cookies["sessionid"]
    assert json.loads(json.dumps(content)) == {
        "gifts": [str(donation.public_id)],
        "given_up": donation.pk,
        "_session_expiry": 7200,
    }
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) <= 7200


def test_no_log_says_who_gives_whatever_goes_wrong(
    caplog: pytest.LogCaptureFixture, settings: Any, stripe_sandbox: str
) -> None:
    """A refused form, a Stripe that says no, a declined card, a mail server that quotes the address."""
    caplog.set_level(logging.INFO)
    Client().post(GIVE, form_data(**(_PERSON | {"email": "philomene"})))
    Client(enforce_csrf_checks=True).post(GIVE, form_data(**_PERSON))
    quoted = {"error": {"type": "invalid_request_error", "message": str(_PERSON), "code": "email_invalid"}}
    with broken_stripe(400, json.dumps(quoted).encode()) as address:
        settings.STRIPE_API_BASE = address
        Client().post(GIVE, form_data(**_PERSON))
    settings.STRIPE_API_BASE = f"{stripe_sandbox}/sandbox"
    pay(give(**_PERSON), DECLINED_CARD)
    settled()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp_server.running() as mail:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        mail.refuse_recipients = {_PERSON["email"]}
        delivery.deliver()
        letter = Letter.objects.get()
        assert (letter.state, letter.attempts) == (State.QUEUED, 1)
        assert _PERSON["email"] in letter.error  # for staff, in the admin

        settings.OUTREACH_ATTACHMENTS = {"receipt": f"{__name__}.quoting"}
        Letter.objects.update(not_before=letter.created_at)
        delivery.deliver()
        assert Letter.objects.get().attempts == 2

    assert "a payment page: InvalidRequestError 400 email_invalid" in caplog.text
    assert "was not taken" in caplog.text
    assert "cannot be written" in caplog.text
    assert not _SECRETS.search(caplog.text)


def quoting(_reference: str) -> None:
    """A maker of documents whose error quotes the donor."""
    raise ValueError(", ".join(_PERSON.values()))
