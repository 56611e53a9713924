"""The sandbox's own pages, for a developer's eyes."""

import pytest
import stripe
from django.conf import settings
from django.test import Client

from sandbox import actions, cards, ibans
from sandbox.models import Delivery, Fault, StripeObject

from .conftest import asked, pay


def test_empty_sandbox_says_so(client: Client, db: None) -> None:
    page = client.get("/sandbox/")

    assert page.status_code == 200
    assert "Nothing has happened here yet." in page.content.decode()


def test_everything_is_listed_and_hostile_words_are_harmless(
    client: Client, client_of_stripe: stripe.StripeClient
) -> None:
    session = client_of_stripe.v1.checkout.sessions.create(
        asked(metadata={"x": "<script>alert(1)</script>"}, client_reference_id="</pre><img src=x>")
    )
    pay(session, "4000000000000002", name="<svg onload=alert(1)>")
    addresses = ["/sandbox/"]
    addresses += [f"/sandbox/objects/{row.object_id}/" for row in StripeObject.objects.all()]
    addresses += [f"/sandbox/kinds/{kind}/" for kind in ("checkout.session", "charge", "event", "refund")]

    pages = [client.get(address) for address in addresses]

    assert {page.status_code for page in pages} == {200}
    everything = "".join(page.content.decode() for page in pages)
    assert "&lt;script&gt;alert(1)" in everything
    assert not any(bad in everything for bad in ("<script", "<img", "<svg"))
    assert "charge.failed" in pages[0].content.decode()
    assert all("unsafe-inline" not in page["Content-Security-Policy"] for page in pages)


def test_what_is_not_there_is_not_found(client: Client, db: None) -> None:
    answers = [
        client.get("/sandbox/objects/ch_none/"),
        client.get("/sandbox/objects/%00/"),
        client.get("/sandbox/checkout/%00/"),
        client.get("/sandbox/kinds/frob/"),
        client.post("/sandbox/objects/ch_none/send/", {"how": "again"}),
        client.get("/sandbox/mail/none/1/"),
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(("how", "owed"), [("again", 2), ("twice", 3), ("late", 2), ("hold", 1), ("frob", 1)])
def test_buttons_send_an_event_otherwise(
    client: Client, client_of_stripe: stripe.StripeClient, how: str, owed: int
) -> None:
    client_of_stripe.v1.customers.create({"name": "Ada"})
    (event,) = StripeObject.objects.of_kind("event")

    answer = client.post(f"/sandbox/objects/{event.object_id}/send/", {"how": how}, follow=True)

    assert answer.status_code == 200
    assert 'role="status"' in answer.content.decode()
    assert event.deliveries.count() == owed
    assert event.deliveries.count() - Delivery.objects.due().count() == (how in {"late", "hold"})


def test_button_sends_the_last_events_in_reverse(
    client: Client, client_of_stripe: stripe.StripeClient
) -> None:
    for _ in range(2):
        client_of_stripe.v1.customers.create({"name": "Ada"})

    client.post("/sandbox/events/send-in-reverse/")

    sent = [delivery.event_id for delivery in Delivery.objects.due()]
    assert sent[2:] == sent[:2][::-1]


def test_buttons_are_for_this_site_only(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/sandbox/events/send-in-reverse/").status_code == 403
    assert strict.get("/sandbox/events/send-in-reverse/").status_code == 405


def test_whatever_can_be_made_to_happen_is_documented() -> None:
    said = (settings.BASE_DIR / "docs" / "sandbox.md").read_text()

    for name in [action.name for action in actions.ALL] + list(Fault.Kind.values):
        assert f"`{name}`" in said or f"sandbox_act {name} " in said, name
    for card in cards.ALL:
        assert card.after == cards.After.NOTHING or card.number[-4:] in said, card.number
    for iban in ibans.ALL:
        assert iban.number in said.replace(" ", ""), iban.number
