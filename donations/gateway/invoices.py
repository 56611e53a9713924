"""The payments of a recurring gift: each is an invoice at Stripe."""

import datetime as dt

import stripe

from donations.gateway import money
from donations.gateway.asking import Unavailable, asking, client, id_of, noted
from donations.gateway.records import Invoice, InvoiceStanding, Payment
from donations.gateway.standings import of_intent


def fetch_invoice(invoice_id: str, *, patient: bool = True) -> Invoice:
    """Ask Stripe how one payment of a recurring gift stands. Raises `Unavailable` or `Refused`.

    Two requests: an answer is expanded four levels deep at most, and the charge's fee lies deeper.
    """
    with asking():
        stripe_client = client(patient=patient)
        found = stripe_client.v1.invoices.retrieve(invoice_id, {"expand": ["payments"]})
        intent_id = _intent_id(found)
        intent = (
            stripe_client.v1.payment_intents.retrieve(
                intent_id,
                {"expand": ["latest_charge.balance_transaction", "payment_method"]},
            )
            if intent_id
            else None
        )
        return _read(found, intent)


def find_invoice(payment_intent_id: str) -> str:
    """The id of the invoice that a PaymentIntent pays; empty where it pays none. Raises as above."""
    with asking():
        found = client().v1.invoice_payments.list(
            {"payment": {"type": "payment_intent", "payment_intent": payment_intent_id}, "limit": 1}
        )
        return id_of(found.data[0].invoice) if found.data else ""


def fetch_mandate(mandate_id: str) -> str:
    """The reference by which the donor's bank knows a debit. Raises `Unavailable` or `Refused`."""
    with asking():
        mandate = client().v1.mandates.retrieve(mandate_id)
        debit = mandate.payment_method_details.sepa_debit
        return debit.reference if debit else ""


def _read(found: stripe.Invoice, intent: stripe.PaymentIntent | None) -> Invoice:
    if not found.id:
        raise Unavailable("an invoice without an id")
    standing, payment = _standing(found, intent)
    charge = intent.latest_charge if intent and isinstance(intent.latest_charge, stripe.Charge) else None
    details = found.parent.subscription_details if found.parent else None
    return Invoice(
        invoice_id=found.id,
        subscription_id=id_of(details.subscription) if details else "",
        reference=noted(details.metadata, "plan") if details else "",
        first=found.billing_reason == "subscription_create",
        amount_cents=found.amount_due,
        currency=found.currency.upper(),
        standing=standing,
        payment=payment,
        livemode=found.livemode,
        asked_at=_moment(charge.created) if charge else None,
        attempts=found.attempt_count,
        next_attempt_at=_moment(found.next_payment_attempt),
        mend_url=found.hosted_invoice_url or "",
        confirm=intent is not None and intent.status == "requires_action",
        method=_method(intent),
        mandate_id=money.mandate_of(intent),
        given_up=found.status == "uncollectible",
    )


def _standing(
    found: stripe.Invoice, intent: stripe.PaymentIntent | None
) -> tuple[InvoiceStanding, Payment | None]:
    if found.status == "paid":
        if intent is not None and of_intent(intent) == "paid":
            return "paid", money.of_intent(intent)
        return "closed", None  # nothing has moved at Stripe: credit, or money that came another way
    if found.status in ("void", "uncollectible"):
        return "closed", None
    if found.status != "open" or intent is None:
        return "waiting", None
    # What was tried on the payment page, before there was an invoice, may be no attempt of the invoice's.
    if not (found.attempted or intent.latest_charge):
        return "waiting", None
    standing = of_intent(intent)
    return ("failed" if standing == "waiting" else standing), None


def _intent_id(found: stripe.Invoice) -> str:
    """The PaymentIntent that paid it, or else the one that is to."""
    payments = found.payments.data if found.payments else []
    payments = [each for each in payments if each.payment.type == "payment_intent"]
    payments.sort(key=lambda each: (each.status != "paid", not each.is_default))
    return id_of(payments[0].payment.payment_intent) if payments else ""


def _method(intent: stripe.PaymentIntent | None) -> str:
    method = intent.payment_method if intent else None
    return method.type if isinstance(method, stripe.PaymentMethod) else ""


def _moment(seconds: int | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC) if seconds is not None else None
