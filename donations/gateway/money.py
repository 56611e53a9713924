"""Money that has moved at Stripe: a charge and what it brought, from the objects an answer holds."""

import datetime as dt

import stripe

from donations.gateway.asking import Unavailable, id_of
from donations.gateway.records import Payment

# Seconds in which Stripe books a card that is charged at once
# (docs.stripe.com/payments/payment-intents/asynchronous-capture).
_BOOKED_WITHIN = 60 * 60


def of_session(session: stripe.checkout.Session) -> Payment:
    """The payment of a paid session, asked for with its PaymentIntent and charge. Raises `Unavailable`."""
    intent = session.payment_intent
    if not isinstance(intent, stripe.PaymentIntent):
        raise Unavailable(f"{session.id} is paid but came without its PaymentIntent")
    return of_intent(intent)


def of_intent(intent: stripe.PaymentIntent) -> Payment:
    """The payment of a succeeded PaymentIntent, asked for with its latest charge. Raises `Unavailable`."""
    charge = intent.latest_charge
    if not isinstance(charge, stripe.Charge):
        raise Unavailable(f"{intent.id} is paid but came without its charge")
    return of_charge(charge)


def of_charge(charge: stripe.Charge) -> Payment:
    """The payment of a captured charge, asked for with its balance transaction. Raises `Unavailable`."""
    balance = charge.balance_transaction
    if not isinstance(balance, stripe.BalanceTransaction):
        # Stripe writes it within moments of the charge; until then the fee is not known.
        raise Unavailable(f"{charge.id} has no balance transaction yet")
    details = charge.payment_method_details
    method = details.type if details else ""
    return Payment(
        payment_intent_id=id_of(charge.payment_intent),
        charge_id=charge.id,
        amount_cents=charge.amount_captured,
        currency=charge.currency.upper(),
        fee_cents=balance.fee,
        method=method,
        paid_at=paid_at(charge, balance),
        livemode=charge.livemode,
        reversed=charge.amount_refunded > 0 or charge.disputed,
    )


def paid_at(charge: stripe.Charge, balance: stripe.BalanceTransaction) -> dt.datetime:
    """When the money was the foundation's: a card when it was charged, a debit when it was credited.

    Stripe's books call what a card brings a charge, and a payment whatever else brings.

    A debit is booked when it is handed to the bank and succeeds days later; no object says when. The day
    that decides its tax year is the one on which it is credited, which Stripe names from the start.
    Of a card on which money was set aside first, the charge is as old as that: it was taken when booked.
    """
    if balance.type != "charge":
        moment = balance.available_on
    else:
        set_aside = balance.created - charge.created > _BOOKED_WITHIN
        moment = balance.created if set_aside else charge.created
    return dt.datetime.fromtimestamp(moment, tz=dt.UTC)


def mandate_of(intent: object) -> str:
    """The id of the mandate that allows a debit; empty for a card, or before the bank was asked."""
    charge = intent.latest_charge if isinstance(intent, stripe.PaymentIntent) else None
    details = charge.payment_method_details if isinstance(charge, stripe.Charge) else None
    debit = details.sepa_debit if details and details.type == "sepa_debit" else None
    return (debit.mandate or "") if debit else ""
