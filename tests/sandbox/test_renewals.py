"""Time passes: plans renew without their donor, and fail, and are mended or end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests
import stripe
from django.core.management import call_command
from django.db import connection
from django.test import Client

from sandbox import sweep
from sandbox.billing import collecting, periods, renewals
from sandbox.models import StripeObject

from .billing import (
    DAY,
    HOUR,
    invoices_of,
    last_event,
    monthly,
    pass_time,
    period_end,
    subscribe,
    types,
)
from .conftest import debit


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "moment", "interval", "count", "end"),
    [
        ("2026-01-31", "2026-01-31", "month", 1, "2026-02-28"),
        ("2026-01-31", "2026-02-28", "month", 1, "2026-03-31"),
        ("2024-02-29", "2024-02-29", "year", 1, "2025-02-28"),
        ("2024-02-29", "2027-02-28", "year", 1, "2028-02-29"),
        ("2026-11-05", "2026-11-20", "month", 3, "2027-02-05"),
        ("2026-11-05", "2026-11-05", "week", 2, "2026-11-19"),
    ],
)
def test_periods_keep_the_day_they_began_on(
    anchor: str, moment: str, interval: str, count: int, end: str
) -> None:
    assert periods.following(_at(anchor), _at(moment), interval, count) == _at(end)


def test_renewal_is_announced_drafted_and_paid(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    end, seen = period_end(plan), last_event(client_of_stripe)

    pass_time(end + HOUR)

    assert types(client_of_stripe, seen) == [
        "invoice.upcoming",
        "invoice.created",
        "customer.subscription.updated",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    renewal, first = invoices_of(client_of_stripe, plan)
    assert (renewal.status, renewal.billing_reason) == ("paid", "subscription_cycle")
    assert renewal.id != first.id
    line = renewal.lines.data[0]
    assert (line.period.start, line.amount) == (end, 2500)
    assert renewal.status_transitions.paid_at == end + HOUR
    renewed = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert renewed.latest_invoice == renewal.id
    assert renewed["items"].data[0].current_period_start == end
    assert renewed.status == "active"


def test_draft_stays_open_for_an_hour(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    pass_time(period_end(plan))

    draft = invoices_of(client_of_stripe, plan)[0]
    assert (draft.status, draft.number, draft.hosted_invoice_url) == ("draft", None, None)
    assert draft.automatically_finalizes_at == period_end(plan) + HOUR


def test_a_year_passes_in_twelve_renewals(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    pass_time(plan.created + 366 * DAY)
    pass_time(plan.created + 366 * DAY)

    found = client_of_stripe.v1.invoices.list({"subscription": plan.id, "status": "paid", "limit": 100}).data
    assert len(found) == 13
    assert len({invoice.number for invoice in found}) == 13
    assert len(client_of_stripe.v1.charges.list({"limit": 100}).data) == 13


def test_failed_renewal_is_tried_again_and_then_ends_the_plan(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    first_try, seen = period_end(plan) + HOUR, last_event(client_of_stripe)

    pass_time(first_try)

    invoice = invoices_of(client_of_stripe, plan)[0]
    assert (invoice.status, invoice.attempt_count, invoice.attempted) == ("open", 1, True)
    assert invoice.next_payment_attempt == first_try + collecting.RETRIES[0]
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "past_due"
    assert types(client_of_stripe, seen)[-4:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    pass_time(first_try + sum(collecting.RETRIES))
    ended = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert ended.status == "canceled"
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "payment_failed"
    last = invoices_of(client_of_stripe, plan)[0]
    assert (last.attempt_count, last.next_payment_attempt, last.status) == (4, None, "open")
    told = types(client_of_stripe, seen)
    assert told.count("invoice.payment_failed") == 4
    assert told[-1] == "customer.subscription.deleted"
    quiet = last_event(client_of_stripe)
    pass_time(first_try + 400 * DAY)
    assert types(client_of_stripe, quiet) == []


def test_failed_renewal_is_mended_with_another_card(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    pass_time(period_end(plan) + HOUR)
    invoice = invoices_of(client_of_stripe, plan)[0]
    assert invoice.hosted_invoice_url
    page = requests.get(invoice.hosted_invoice_url, timeout=5)
    refused = requests.post(invoice.hosted_invoice_url, data={"card": "4000000000000002"}, timeout=5)

    paid = requests.post(invoice.hosted_invoice_url, data={"card": "5555555555554444"}, timeout=5)

    assert "25.00 EUR" in page.text
    assert "Your card was declined." in refused.text
    assert "This invoice is paid." in paid.text
    mended = client_of_stripe.v1.subscriptions.retrieve(plan.id, {"expand": ["default_payment_method"]})
    assert mended.status == "active"
    method = mended.default_payment_method
    assert isinstance(method, stripe.PaymentMethod)
    assert method.card
    assert (method.card.last4, method.customer) == ("4444", plan.customer)
    pass_time(period_end(mended) + HOUR)
    assert [each.status for each in invoices_of(client_of_stripe, plan)] == ["paid"] * 3


def test_renewal_that_wants_its_donor_is_authenticated(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000002760003184")
    seen = last_event(client_of_stripe)

    pass_time(period_end(plan) + HOUR)

    assert types(client_of_stripe, seen)[-4:] == [
        "payment_intent.requires_action",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "customer.subscription.updated",
    ]
    invoice = invoices_of(client_of_stripe, plan)[0]
    assert invoice.hosted_invoice_url
    assert "Confirm with my bank" in requests.get(invoice.hosted_invoice_url, timeout=5).text
    done = requests.post(invoice.hosted_invoice_url + "authenticate/", data={"action": "complete"}, timeout=5)
    assert "This invoice is paid." in done.text
    mended = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert (mended.status, mended.default_payment_method) == ("active", plan.default_payment_method)


def test_card_authenticated_once_renews_by_itself(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000002500003155")

    pass_time(period_end(plan) + HOUR)

    assert [invoice.status for invoice in invoices_of(client_of_stripe, plan)] == ["paid", "paid"]


def test_canceled_plan_never_charges_again(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    canceled = client_of_stripe.v1.subscriptions.cancel(
        plan.id, {"cancellation_details": {"comment": "Moved away"}}
    )

    assert (canceled.status, canceled.ended_at is not None) == ("canceled", True)
    assert canceled.cancellation_details
    assert (canceled.cancellation_details.reason, canceled.cancellation_details.comment) == (
        "cancellation_requested",
        "Moved away",
    )
    assert types(client_of_stripe)[-1] == "customer.subscription.deleted"
    pass_time(period_end(plan) + 60 * DAY)
    assert len(invoices_of(client_of_stripe, plan)) == 1
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client_of_stripe.v1.subscriptions.cancel(plan.id)


def test_closed_invoice_cannot_be_paid_twice(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    (invoice,) = invoices_of(client_of_stripe, plan)
    assert invoice.hosted_invoice_url

    again = requests.post(invoice.hosted_invoice_url, data={"card": "4242424242424242"}, timeout=5)

    assert "This invoice is paid." in again.text
    assert len(client_of_stripe.v1.charges.list().data) == 1


def test_next_payment_comes_at_the_press_of_a_button(
    client_of_stripe: stripe.StripeClient, client: Client
) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    other = subscribe(client_of_stripe)

    for _time in range(2):
        client.post(f"/sandbox/objects/{plan.id}/act/", {"what": "renew"})
    call_command("sandbox_act", "renew", other.id)

    assert [invoice.attempt_count for invoice in invoices_of(client_of_stripe, plan)] == [2, 1]
    assert [invoice.status for invoice in invoices_of(client_of_stripe, other)] == ["paid", "paid"]


def test_month_passes_on_demand(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)

    call_command("sandbox_settle", ahead=32 * 24 * 60)

    assert [invoice.status for invoice in invoices_of(client_of_stripe, plan)] == ["paid", "paid"]


def test_failed_renewal_is_mended_from_an_account(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe, "4000000000000341")
    pass_time(period_end(plan) + HOUR)
    invoice = invoices_of(client_of_stripe, plan)[0]
    assert invoice.hosted_invoice_url

    sent = requests.post(invoice.hosted_invoice_url, data={"iban": "FR1420041010050500013M02606"}, timeout=5)

    assert "Your bank is debiting your account." in sent.text
    (charge, *_others) = client_of_stripe.v1.charges.list().data
    sweep.collect(charge.id)
    mended = client_of_stripe.v1.subscriptions.retrieve(plan.id)
    assert (mended.status, mended.default_payment_method) == ("active", charge.payment_method)
    assert "This invoice is paid." in requests.get(invoice.hosted_invoice_url, timeout=5).text


def test_expired_card_fails_until_the_bank_sends_a_new_one(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    method = plan.default_payment_method
    assert isinstance(method, str)
    call_command("sandbox_act", "expire_soon", method)
    card = client_of_stripe.v1.payment_methods.retrieve(method).card
    assert card
    today = datetime.now(tz=UTC)
    assert (card.exp_month, card.exp_year) == (today.month, today.year)

    call_command("sandbox_act", "renew", plan.id)
    (failed, *_paid) = client_of_stripe.v1.charges.list().data
    call_command("sandbox_act", "reissue", method)
    told = types(client_of_stripe)
    call_command("sandbox_act", "renew", plan.id)

    assert (failed.status, failed.failure_code) == ("failed", "expired_card")
    assert told[-1] == "payment_method.automatically_updated"
    assert client_of_stripe.v1.subscriptions.retrieve(plan.id).status == "active"


def test_closed_account_is_not_debited_again(client_of_stripe: stripe.StripeClient) -> None:
    debit(client_of_stripe.v1.checkout.sessions.create(monthly()))
    (charge,) = client_of_stripe.v1.charges.list().data
    sweep.refuse(charge.id, "account_closed")
    (plan,) = client_of_stripe.v1.subscriptions.list({"customer": str(charge.customer)}).data
    assert "mandate.updated" in types(client_of_stripe)

    call_command("sandbox_act", "renew", plan.id)

    assert len(client_of_stripe.v1.charges.list().data) == 1
    (invoice,) = invoices_of(client_of_stripe, plan)
    assert (invoice.status, invoice.attempt_count) == ("open", 2)
    assert client_of_stripe.v1.subscriptions.list({"status": "past_due"}).data[0].id == plan.id
    assert client_of_stripe.v1.subscriptions.list({"status": "ended"}).data == []


def test_two_sweeps_at_once_renew_once(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    until = period_end(plan) + HOUR

    def sweep_once(_number: int) -> None:
        try:
            renewals.run_due(until)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep_once, range(4)))

    assert [invoice.status for invoice in invoices_of(client_of_stripe, plan)] == ["paid", "paid"]
    assert len(client_of_stripe.v1.charges.list().data) == 2


def test_plan_that_cannot_be_billed_holds_up_no_other(client_of_stripe: stripe.StripeClient) -> None:
    broken, fine = subscribe(client_of_stripe), subscribe(client_of_stripe)
    StripeObject.objects.filter(object_id=broken.default_payment_method).update(private={})

    pass_time(period_end(fine) + 2 * HOUR)

    assert client_of_stripe.v1.invoices.list({"subscription": broken.id}).data[0].status == "draft"
    assert invoices_of(client_of_stripe, fine)[0].status == "paid"


def test_charge_leads_back_to_its_plan(client_of_stripe: stripe.StripeClient) -> None:
    plan = subscribe(client_of_stripe)
    (charge,) = client_of_stripe.v1.charges.list().data
    assert isinstance(charge.payment_intent, str)

    (found,) = client_of_stripe.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": charge.payment_intent},
            "expand": ["data.invoice"],
        }
    ).data

    assert isinstance(found.invoice, stripe.Invoice)
    assert found.invoice.parent
    assert found.invoice.parent.subscription_details
    assert found.invoice.parent.subscription_details.subscription == plan.id
