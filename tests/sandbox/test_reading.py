"""Lists, pages, filters and expansion."""

from typing import Any

import pytest
import stripe

from sandbox.models import StripeObject

from .conftest import asked, pay


@pytest.fixture
def customers(client_of_stripe: stripe.StripeClient) -> list[str]:
    """Five customers, the newest first, as a list shows them."""
    made = [client_of_stripe.v1.customers.create({"name": f"Donor {n}"}).id for n in range(5)]
    return made[::-1]


def test_pages_follow_one_another(client_of_stripe: stripe.StripeClient, customers: list[str]) -> None:
    first = client_of_stripe.v1.customers.list({"limit": 2})
    second = client_of_stripe.v1.customers.list({"limit": 2, "starting_after": first.data[-1].id})
    last = client_of_stripe.v1.customers.list({"limit": 2, "starting_after": second.data[-1].id})

    assert [[row.id for row in page.data] for page in (first, second, last)] == [
        customers[:2],
        customers[2:4],
        customers[4:],
    ]
    assert [page.has_more for page in (first, second, last)] == [True, True, False]
    assert first.url == "/v1/customers"


def test_page_before_a_cursor_is_the_one_next_to_it(
    client_of_stripe: stripe.StripeClient, customers: list[str]
) -> None:
    page = client_of_stripe.v1.customers.list({"limit": 2, "ending_before": customers[4]})

    assert [row.id for row in page.data] == customers[2:4]
    assert page.has_more


def test_the_sdk_walks_all_pages_by_itself(
    client_of_stripe: stripe.StripeClient, customers: list[str]
) -> None:
    walked = [row.id for row in client_of_stripe.v1.customers.list({"limit": 2}).auto_paging_iter()]

    assert walked == customers


BAD_PAGES: list[tuple[Any, str]] = [
    ({"limit": 0}, "limit"),
    ({"limit": 101}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"limit": 10**30}, "limit"),
    ({"starting_after": "cus_none"}, "starting_after"),
    ({"created": {"gt": "x"}}, "created[gt]"),
    ({"created": {"gt": 10**30}}, "created[gt]"),
    ({"frob": 1}, "frob"),
]


def test_bad_page_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    refused = []
    for params, _param in BAD_PAGES:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client_of_stripe.v1.customers.list(params)
        refused.append(refusal.value.param)

    assert refused == [param for _params, param in BAD_PAGES]


def test_both_cursors_at_once_are_refused(
    client_of_stripe: stripe.StripeClient, customers: list[str]
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.customers.list({"starting_after": customers[0], "ending_before": customers[1]})

    assert refusal.value.code == "parameters_exclusive"


def test_lists_are_filtered(client_of_stripe: stripe.StripeClient) -> None:
    api = client_of_stripe.v1
    paid, open_one = (api.checkout.sessions.create(asked()) for _ in range(2))
    pay(paid)
    intent = api.checkout.sessions.retrieve(paid.id).payment_intent
    assert isinstance(intent, str)

    assert [row.id for row in api.checkout.sessions.list({"status": "open"}).data] == [open_one.id]
    assert [row.id for row in api.checkout.sessions.list({"payment_intent": intent}).data] == [paid.id]
    assert len(api.charges.list({"payment_intent": intent}).data) == 1
    assert api.charges.list({"payment_intent": "pi_other"}).data == []
    assert api.charges.list({"created": {"lt": 1}}).data == []
    assert len(api.charges.list({"created": {"gte": 1}}).data) == 1
    assert len(api.balance_transactions.list({"type": "charge"}).data) == 1
    assert len(api.payment_intents.list().data) == 1
    assert [row.type for row in api.events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    assert [row.type for row in api.events.list({"types": ["payment_intent.created"]}).data] == [
        "payment_intent.created"
    ]
    assert len(api.events.list({"delivery_success": False}).data) == 4
    assert api.events.list({"delivery_success": True}).data == []


def test_lists_are_expanded(client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session) -> None:
    pay(session)

    page = client_of_stripe.v1.checkout.sessions.list(
        {"expand": ["data.payment_intent.latest_charge.balance_transaction", "data.line_items"]}
    )

    (found,) = page.data
    intent = found.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert isinstance(intent.latest_charge.balance_transaction, stripe.BalanceTransaction)
    assert found.line_items
    assert found.line_items.data[0].description == "Gift to Hematology"


def test_what_is_expanded_is_as_when_it_is_asked_for(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    pay(session)
    movement = StripeObject.objects.of_kind("balance_transaction").get()
    movement.data["available_on"] = 1
    movement.save()

    (charge,) = client_of_stripe.v1.charges.list({"expand": ["data.balance_transaction"]}).data

    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.status == "available"


def test_lines_of_a_session_are_listed_page_by_page(client_of_stripe: stripe.StripeClient) -> None:
    (line,) = asked()["line_items"]
    wanted = asked(line_items=[{**line, "quantity": number} for number in (1, 2, 3)])
    session = client_of_stripe.v1.checkout.sessions.create(wanted)
    items = client_of_stripe.v1.checkout.sessions.line_items

    first = items.list(session.id, {"limit": 2})
    before = items.list(session.id, {"limit": 1, "ending_before": first.data[1].id})

    assert [line.amount_total for line in first.auto_paging_iter()] == [5000, 10000, 15000]
    assert [each.quantity for each in before.data] == [1]
    assert (first.has_more, before.has_more) == (True, False)
    for params in ({"limit": 101}, {"starting_after": "li_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            items.list(session.id, params)  # type: ignore[arg-type]


def test_a_filter_that_would_be_ignored_is_refused(client_of_stripe: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate lists by due_date"):
        client_of_stripe.v1.invoices.list({"due_date": 1})


def test_customer_is_changed_piece_by_piece(client_of_stripe: stripe.StripeClient) -> None:
    api = client_of_stripe.v1
    customer = api.customers.create({"email": "ada@example.org", "metadata": {"a": "1", "b": "2"}})

    api.customers.update(customer.id, {"name": "Ada", "metadata": {"a": "", "c": "3"}})

    changed = api.customers.retrieve(customer.id)
    assert isinstance(changed, stripe.Customer)
    assert (changed.name, changed.email) == ("Ada", "ada@example.org")
    assert changed.metadata
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert [event.type for event in api.events.list().data] == ["customer.updated", "customer.created"]
    assert [row.id for row in api.customers.list({"email": "ada@example.org"}).data] == [customer.id]
