"""Recurring gifts at Stripe: looked at, changed, paused, ended; the page where what pays them is changed."""

import calendar
import datetime as dt
from contextlib import suppress
from dataclasses import replace

import stripe
from stripe.params import SubscriptionUpdateParams
from stripe.params.billing_portal import SessionCreateParams

from donations.gateway.asking import Unavailable, asking, client, id_of, noted
from donations.gateway.invoices import fetch_invoice
from donations.gateway.records import Subscription, SubscriptionStatus

_STATUSES: dict[str, SubscriptionStatus] = {
    "incomplete": "pending",
    "trialing": "active",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "unpaid",
    "paused": "paused",
    "canceled": "ended",
    "incomplete_expired": "ended",
}
_WAYS_TO_PAY = ["default_payment_method", "customer"]


def fetch_subscription(subscription_id: str, *, patient: bool = True) -> Subscription:
    """Ask Stripe how a recurring gift stands. Raises `Unavailable` or `Refused`."""
    with asking():
        asked = client(patient=patient).v1
        found = asked.subscriptions.retrieve(subscription_id, {"expand": _WAYS_TO_PAY})
        chosen = _chosen_by_customer(found)
        told = _read(found, asked.payment_methods.retrieve(chosen) if chosen else None)
        if found.status == "incomplete" and _is_with_the_bank(told.latest_invoice_id, patient=patient):
            return replace(told, status="active")
        return told


def pay_with(subscription_id: str, method_id: str, *, patient: bool = True) -> None:
    """Have a recurring gift paid with this card or account from now on. Raises as above."""
    with asking():
        client(patient=patient).v1.subscriptions.update(
            subscription_id, {"default_payment_method": method_id}
        )


def change_amount(subscription_id: str, amount_cents: int, *, key: str) -> None:
    """Ask another amount from the next payment on; nothing is charged or given back now.

    `key` is the idempotency key: the same key changes once. Raises `Unavailable` or `Refused`.
    """
    with asking():
        item = client().v1.subscriptions.retrieve(subscription_id)["items"].data[0]
        recurring = item.price.recurring
        if recurring is None:
            raise Unavailable(f"{subscription_id} has a price that does not recur")
        params: SubscriptionUpdateParams = {
            "items": [
                {
                    "id": item.id,
                    "price_data": {
                        "currency": item.price.currency,
                        "product": _in_use(id_of(item.price.product), key),
                        "recurring": {
                            "interval": recurring.interval,
                            "interval_count": recurring.interval_count,
                        },
                        "unit_amount": amount_cents,
                    },
                    "quantity": 1,  # of how many it was before is in the amount
                }
            ],
            "proration_behavior": "none",
        }
        client().v1.subscriptions.update(subscription_id, params, {"idempotency_key": key})


def _in_use(product_id: str, key: str) -> str:
    """This product, or one like it where somebody has archived it in the dashboard.

    What is asked already goes on, but Stripe takes no new price for a product that is not active
    (docs.stripe.com/products-prices/manage-prices).
    """
    products = client().v1.products
    product = products.retrieve(product_id)
    if product.active:
        return product.id
    return products.create({"name": product.name}, {"idempotency_key": f"{key}-product"}).id


def pause_subscription(subscription_id: str, *, key: str) -> None:
    """Ask nothing until it is resumed: invoices of the meantime are void. Raises as above.

    So are those that wait to be paid, which Stripe would try again in spite of the pause
    (docs.stripe.com/billing/subscriptions/pause-payment); a debit that is with the bank is let be.
    """
    with asking():
        _void_what_waits(subscription_id)
        client().v1.subscriptions.update(
            subscription_id, {"pause_collection": {"behavior": "void"}}, {"idempotency_key": key}
        )


def resume_subscription(subscription_id: str, *, key: str) -> None:
    with asking():
        client().v1.subscriptions.update(subscription_id, {"pause_collection": ""}, {"idempotency_key": key})


def cancel_subscription(subscription_id: str) -> None:
    """End it now: nothing is asked again, and nothing given back. Quietly fine when it has ended.

    Ending it stops what is finalized, but not a payment that is drafted and will be charged within the
    hour (docs.stripe.com/api/subscriptions/cancel): so what waits to be paid becomes void first.
    """
    with asking():
        _void_what_waits(subscription_id)
        try:
            client().v1.subscriptions.cancel(subscription_id)
        except stripe.InvalidRequestError:
            if client().v1.subscriptions.retrieve(subscription_id).status != "canceled":
                raise


def open_payment_page(customer_id: str, *, language: str, return_url: str) -> str:
    """The address of Stripe's page where the card or the account that pays is changed.

    It is good for a few minutes, for whoever holds it. Raises `Unavailable` or `Refused`.
    """
    params: SessionCreateParams = {
        "customer": customer_id,
        "flow_data": {
            "type": "payment_method_update",
            "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
        },
        "locale": "fr" if language == "fr" else "en",
        "return_url": return_url,
    }
    with asking():
        return client().v1.billing_portal.sessions.create(params).url


def payment_page_is_set_up() -> bool:
    """Whether Stripe would open that page: somebody has saved its settings, with changing what pays on.

    An account begins without, in each mode (docs.stripe.com/customer-management/configure-portal). Raises
    as above.
    """
    with asking():
        found = client().v1.billing_portal.configurations.list({"is_default": True, "active": True}).data
        return any(each.features.payment_method_update.enabled for each in found)


def _void_what_waits(subscription_id: str) -> None:
    for invoice in client().v1.invoices.list({"subscription": subscription_id, "limit": 20}).data:
        if invoice.status in ("draft", "open"):
            _void(invoice)


def void_invoice(invoice_id: str) -> None:
    """Let an invoice be paid by nobody, unless its payment is on its way or was made. Raises as above."""
    with asking():
        _void(client().v1.invoices.retrieve(invoice_id))


def _void(invoice: stripe.Invoice) -> None:
    """Let an invoice be paid by nobody, unless its payment is on its way or was made meanwhile."""
    invoices = client().v1.invoices
    if invoice.status == "draft":
        with suppress(stripe.InvalidRequestError):  # Stripe did it meanwhile
            invoices.finalize_invoice(invoice.id, {"auto_advance": False})
    if fetch_invoice(invoice.id).standing in ("waiting", "failed"):
        with suppress(stripe.InvalidRequestError):
            invoices.void_invoice(invoice.id)


def _read(found: stripe.Subscription, chosen: stripe.PaymentMethod | None) -> Subscription:
    status = _STATUSES.get(found.status)
    if status is None:
        raise Unavailable(f"{found.id} has the unknown status {found.status!r}")
    if status in ("active", "past_due") and found.pause_collection:
        status = "paused"
    item = found["items"].data[0]
    if item.price.unit_amount is None:
        raise Unavailable(f"{found.id} has a price without an amount")
    ended = found.cancellation_details
    ends_at = item.current_period_end if found.cancel_at_period_end else found.cancel_at
    asked_again = ends_at is None or ends_at > item.current_period_end
    own = found.default_payment_method
    own = own if isinstance(own, stripe.PaymentMethod) else None
    method = own or chosen
    card = method.card if method and method.type == "card" else None
    return Subscription(
        subscription_id=found.id,
        customer_id=id_of(found.customer),
        reference=noted(found.metadata, "plan"),
        status=status,
        amount_cents=item.price.unit_amount * (item.quantity or 1),
        currency=found.currency.upper(),
        next_charge_at=_moment(item.current_period_end) if asked_again else None,
        ends_at=_moment(ends_at) if ends_at is not None else None,
        latest_invoice_id=id_of(found.latest_invoice),
        end_reason=(ended.reason or "") if ended else "",
        method=method.type if method else "",
        card_last4=(card.last4 or "") if card else "",
        card_expires_on=_last_day(card.exp_year, card.exp_month) if card else None,
        livemode=found.livemode,
        chosen_since=chosen.id if own and chosen and chosen.created >= own.created else "",
        was_paid=found.status not in ("incomplete", "incomplete_expired"),
    )


def _is_with_the_bank(invoice_id: str, *, patient: bool) -> bool:
    """Whether a bank has been asked for the first payment, and takes its days: so long Stripe may call the
    subscription incomplete (docs.stripe.com/billing/subscriptions/overview#subscription-statuses), although
    its donor has done all there is to do.
    """
    return bool(invoice_id) and fetch_invoice(invoice_id, patient=patient).standing == "processing"


def _chosen_by_customer(found: stripe.Subscription) -> str:
    """The card or account that Stripe's page has made the customer's, where it is not the one that pays.

    The page leaves the subscription's own as Checkout set it, and that one goes before the customer's
    (docs.stripe.com/customer-management/portal-deep-links). Of a deleted customer only the id is left.
    """
    settings = getattr(found.customer, "invoice_settings", None)
    chosen = id_of(settings.default_payment_method) if settings else ""
    ended = found.status in ("canceled", "incomplete_expired")
    return "" if ended or chosen == id_of(found.default_payment_method) else chosen


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)


def _last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
