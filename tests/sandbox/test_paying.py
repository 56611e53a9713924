"""One-off card payments, from the session to the money."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import stripe
from django.core.management import call_command
from django.utils import timezone

from sandbox import deliveries, sweep
from sandbox.models import StripeObject
from sandbox.resources.balance_transactions import card_fee

from .conftest import Site, asked, pay


def test_paid_session_leads_to_the_charge_and_its_fee(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    answer = pay(session)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://give.example.org/thanks?session={session.id}"
    paid = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details
    assert paid.customer_details.email == "ada@example.org"
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.amount_received) == ("succeeded", 5000)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.status, charge.paid, charge.amount_captured) == ("succeeded", True, 5000)
    assert charge.billing_details.email == "ada@example.org"
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    assert (charge.payment_method_details.card.brand, charge.payment_method_details.card.last4) == (
        "visa",
        "4242",
    )
    movement = charge.balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net) == (5000, 100, 4900)
    assert [part.amount for part in movement.fee_details] == [100]


def test_books_follow_a_payment_that_is_not_asked_to_be_captured_at_once(
    client_of_stripe: stripe.StripeClient,
) -> None:
    api, whole = client_of_stripe.v1, {"expand": ["data.balance_transaction"]}
    pay(api.checkout.sessions.create(asked(payment_intent_data=None)))
    (paid,) = api.charges.list(whole).data  # type: ignore[arg-type]

    sweep.settle_due(timezone.now() + timedelta(seconds=4))

    assert (paid.status, paid.captured, paid.balance_transaction) == ("succeeded", True, None)
    (booked,) = api.charges.list(whole).data  # type: ignore[arg-type]
    assert isinstance(booked.balance_transaction, stripe.BalanceTransaction)
    assert (booked.balance_transaction.amount, booked.balance_transaction.fee) == (5000, 100)
    (told,) = api.events.list({"type": "charge.updated"}).data
    assert told.data["previous_attributes"].to_dict() == {"balance_transaction": None}
    assert len(api.balance_transactions.list().data) == 1


def test_payment_is_told_in_stripes_order(session: stripe.checkout.Session, site: Site) -> None:
    pay(session)

    sent = deliveries.deliver_due()

    assert sent == 4
    assert [event.type for event in site.events()] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_declined_then_good_card_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    declined = pay(session, "4000 0000 0000 9995")
    between = client_of_stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    good = pay(session)

    assert declined.status_code == 200
    assert "There is not enough money on this card." in declined.text
    assert (between.status, between.payment_status) == ("open", "unpaid")
    assert isinstance(between.payment_intent, stripe.PaymentIntent)
    assert between.payment_intent.status == "requires_payment_method"
    assert between.payment_intent.last_payment_error
    assert between.payment_intent.last_payment_error.decline_code == "insufficient_funds"
    assert good.status_code == 303
    charges = client_of_stripe.v1.charges.list({"payment_intent": between.payment_intent.id}).data
    assert [(charge.status, charge.failure_code) for charge in charges] == [
        ("succeeded", None),
        ("failed", "card_declined"),
    ]
    assert [event.type for event in client_of_stripe.v1.events.list().data][::-1] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    (movement,) = client_of_stripe.v1.balance_transactions.list().data
    assert movement.amount == 5000


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000119", "processing_error", "processing_error"),
    ],
)
def test_declined_cards_say_why(
    client_of_stripe: stripe.StripeClient,
    session: stripe.checkout.Session,
    number: str,
    code: str,
    decline_code: str,
) -> None:
    pay(session, number)

    (intent,) = client_of_stripe.v1.payment_intents.list().data
    assert intent.last_payment_error
    assert (intent.last_payment_error.code, intent.last_payment_error.decline_code) == (code, decline_code)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("4242424242424241", "This is not a card number."),
        ("", "This is not a card number."),
        ("4242" * 5_000, "This is not a card number."),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "This is not a card number."),
        ("<script>alert(1)</script>", "This is not a card number."),
        ("4111111111111111", "This is not one of the test cards."),
    ],
)
def test_other_numbers_change_nothing(session: stripe.checkout.Session, typed: str, told: str) -> None:
    answer = pay(session, typed)

    assert answer.status_code == 200
    assert told in answer.text
    assert "<script>" not in answer.text
    assert StripeObject.objects.count() == 1  # the session


def test_authentication_completed_pays(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    asked_for = pay(session, "4000002500003155")
    assert session.url
    bank = session.url + "authenticate/"
    page = requests.get(bank, timeout=5)
    (waiting,) = client_of_stripe.v1.payment_intents.list().data

    completed = requests.post(bank, data={"action": "complete"}, allow_redirects=False, timeout=5)

    assert (asked_for.status_code, page.status_code, completed.status_code) == (303, 200, 303)
    assert asked_for.headers["Location"] == urlsplit(bank).path
    assert waiting.status == "requires_action"
    assert waiting.next_action
    assert waiting.next_action.type == "redirect_to_url"
    assert completed.headers["Location"].endswith(session.id)
    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    again = requests.get(bank, allow_redirects=False, timeout=5)
    assert again.status_code == 302


def test_authentication_failed_leaves_the_session_open(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000002500003155")
    assert session.url

    failed = requests.post(session.url + "authenticate/", data={"action": "fail"}, timeout=5)

    assert "Your bank could not confirm that it was you." in failed.text
    (intent,) = client_of_stripe.v1.payment_intents.list().data
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert client_of_stripe.v1.charges.list().data == []
    assert pay(session).status_code == 303


def test_another_card_may_be_chosen_instead_of_authenticating(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000002500003155")

    pay(session, "5555555555554444")

    paid = client_of_stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "payment_intent.payment_method"]}
    )
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    charge, method = paid.payment_intent.latest_charge, paid.payment_intent.payment_method
    assert isinstance(charge, stripe.Charge)
    assert isinstance(method, stripe.PaymentMethod)
    assert charge.payment_method == method.id
    assert method.card
    assert (method.card.brand, method.card.last4) == ("mastercard", "4444")
    assert paid.payment_intent.next_action is None


def test_authenticated_card_may_still_be_declined(session: stripe.checkout.Session) -> None:
    pay(session, "4000008400001629")
    assert session.url

    answer = requests.post(session.url + "authenticate/", data={"action": "complete"}, timeout=5)

    assert "Your card was declined." in answer.text


def test_cancelling_goes_back_and_leaves_the_session_open(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    assert session.url

    answer = requests.post(session.url, data={"action": "cancel"}, allow_redirects=False, timeout=5)

    assert (answer.status_code, answer.headers["Location"]) == (303, "https://give.example.org/back")
    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_paying_twice_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session)

    again = pay(session)

    assert again.status_code == 200
    assert "This payment is already made" in again.text
    assert len(client_of_stripe.v1.charges.list().data) == 1


def test_paying_many_times_at_once_charges_once(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: pay(session), range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [303]
    assert len(client_of_stripe.v1.charges.list().data) == 1
    assert len(client_of_stripe.v1.payment_intents.list().data) == 1
    assert len(client_of_stripe.v1.events.list({"type": "checkout.session.completed"}).data) == 1


def test_expired_session_cannot_be_paid(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    expired = client_of_stripe.v1.checkout.sessions.expire(session.id)

    answer = pay(session)

    assert (expired.status, expired.url) == ("expired", None)
    assert "This payment page has expired" in answer.text
    assert client_of_stripe.v1.charges.list().data == []
    assert [event.type for event in client_of_stripe.v1.events.list().data] == ["checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="has a status of expired"):
        client_of_stripe.v1.checkout.sessions.expire(session.id)


def test_session_expires_when_its_time_is_over(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session, "4000000000000002")
    row = StripeObject.objects.get(object_id=session.id)
    row.data["expires_at"] = 1
    row.save()

    call_command("sandbox_expire", verbosity=0)

    assert client_of_stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
    (intent,) = client_of_stripe.v1.payment_intents.list().data
    assert (intent.status, intent.cancellation_reason) == ("canceled", "expired")
    assert len(client_of_stripe.v1.events.list({"type": "checkout.session.expired"}).data) == 1


def test_customer_is_made_when_asked_for(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(customer_creation="always", customer_email=None)
    )

    pay(session, email="ada@example.org", name="Ada Exemple")

    paid = client_of_stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert isinstance(paid.customer, stripe.Customer)
    assert (paid.customer.email, paid.customer.name) == ("ada@example.org", "Ada Exemple")


def test_what_was_asked_of_the_payment_reaches_it(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(payment_intent_data={"metadata": {"donation": "d-1"}, "description": "Gift"})
    )

    pay(session)

    (charge,) = client_of_stripe.v1.charges.list().data
    assert charge.metadata.to_dict() == {"donation": "d-1"}
    assert charge.description == "Gift"


@pytest.mark.parametrize(
    ("cents", "fee"), [(50, 26), (100, 27), (500, 33), (5000, 100), (99_999_999, 1_500_025)]
)
def test_fee_is_in_whole_cents(cents: int, fee: int) -> None:
    assert card_fee(cents) == fee


def test_page_says_what_it_is_and_hides_nothing(client_of_stripe: stripe.StripeClient) -> None:
    lines = asked()["line_items"]
    lines[0]["price_data"]["product_data"]["name"] = "<b>Gift</b> & more"
    session = client_of_stripe.v1.checkout.sessions.create(asked(line_items=lines))
    assert session.url

    page = requests.get(f"{session.url}?card=4000002500003155", timeout=5)

    assert "no real money moves here" in page.text
    assert "50.00\u00a0EUR" in page.text
    assert "&lt;b&gt;Gift&lt;/b&gt; &amp; more" in page.text
    assert 'value="4000002500003155"' in page.text
    assert 'name="robots" content="noindex"' in page.text


def test_page_speaks_the_sessions_language(client_of_stripe: stripe.StripeClient) -> None:
    french = client_of_stripe.v1.checkout.sessions.create(asked(locale="fr"))
    browsers = client_of_stripe.v1.checkout.sessions.create(asked())
    assert french.url
    assert browsers.url

    pages = [
        requests.get(french.url, headers={"Accept-Language": "en"}, timeout=5).text,
        requests.get(browsers.url, headers={"Accept-Language": "fr"}, timeout=5).text,
        requests.get(browsers.url, headers={"Accept-Language": "de"}, timeout=5).text,
    ]

    assert ['<html lang="fr">' in page for page in pages] == [True, True, False]
    assert "50,00\u00a0EUR" in pages[0].replace("\u202f", "")


def test_hostile_names_and_addresses_are_no_trouble(client_of_stripe: stripe.StripeClient) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(customer_creation="always", customer_email=None)
    )

    refused = pay(session, email="not an address")
    paid = pay(session, email="ada@example.org", name="\x00\u202e<b>李 🙂" + "x" * 500)

    assert (refused.status_code, paid.status_code) == (200, 303)
    assert "This is not an e-mail address." in refused.text
    (charge,) = client_of_stripe.v1.charges.list().data
    assert charge.billing_details.name == "<b>李 🙂" + "x" * 194  # 200 in all


def test_unknown_session_is_not_found(client_of_stripe: stripe.StripeClient, session: Any) -> None:
    address = session.url.replace(session.id, "cs_test_none")

    assert requests.get(address, timeout=5).status_code == 404
    assert requests.post(address, data={"action": "pay"}, timeout=5).status_code == 404
