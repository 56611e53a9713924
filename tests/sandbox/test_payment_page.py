"""The hosted payment page, as a payer meets it."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import stripe

from sandbox.models import StripeObject

from .conftest import asked, pay


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
