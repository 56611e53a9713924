"""Gifts held for a person to look at: taken after all, or not.

Two kinds are held. One whose money was only set aside on the card, because something about it was
odd; and one that was paid, but not as it was asked. The decision is written down before Stripe hears
of it, so that whoever dies in the middle leaves a gift that the next look finishes.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from donations import gateway, reconcile, refunds
from donations.models import DisputeStatus, Donation, RefundStatus, Status
from donations.notices import staff

_LOOK_AGAIN_AFTER = dt.timedelta(hours=1)
# Card schemes keep money set aside for seven days: staff hear of it two days before.
# https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
_EXPIRES_AFTER = dt.timedelta(days=7)
_WARN_AFTER = dt.timedelta(days=5)


class NotPossible(Exception):
    """This cannot be decided so; the text says why, for whoever asked."""


@dataclass(frozen=True)
class _Money:
    """How a held gift's money stands at Stripe; the PaymentIntent is one that can be captured or let go."""

    standing: gateway.InvoiceStanding
    payment: gateway.Payment | None
    payment_intent_id: str = ""


def worth(donation: Donation) -> int:
    """What a release would count now, in cents: what was really paid, whatever was asked.

    Raises `NotPossible` where it cannot be released, or `gateway.Unavailable`.
    """
    payment = _look_to_take(donation).payment
    return refunds.kept_of(payment) if payment else donation.amount_cents


def release(donation: Donation, *, by: AbstractBaseUser) -> None:
    """Take the gift: what was set aside is captured, what was paid is accepted as it was paid.

    Repeating it is safe; where Stripe does not answer, the next look finishes it. Raises `NotPossible`,
    or `gateway.Unavailable` when the decision is kept and will be carried out later.
    """
    money = _look_to_take(donation)
    _decide_to_take(donation, by)
    if money.standing == "authorized":
        gateway.capture(money.payment_intent_id)
    reconcile.refresh(donation)
    donation.refresh_from_db()


def reject(donation: Donation, *, by: AbstractBaseUser, note: str) -> None:
    """Do not take the gift: what was set aside is freed, what was paid is given back. The donor is told.

    Repeating it is safe. Raises `NotPossible`, or `gateway.Unavailable` when nothing is known to have
    happened (a refund is then asked for again by itself).
    """
    money = _look(donation)
    donation.refresh_from_db(fields=["reviewed_at"])
    if donation.reviewed_at:
        raise NotPossible(_("It is being taken already."))
    if money.payment:
        refund = refunds.give_back_held(donation, money.payment, note=note, by=by)
        if refund.status == RefundStatus.REFUSED:
            raise NotPossible(refund.error)
    else:
        gateway.let_go(money.payment_intent_id)
        reconcile.refresh(donation)
    donation.refresh_from_db()


def sweep(*, limit: int = 100) -> int:
    """Finish what was decided, see what ran out, and remind staff of what soon will. Returns how many."""
    now = timezone.now()
    held = (
        Donation.objects.filter(
            Q(checked_at=None) | Q(checked_at__lte=now - _LOOK_AGAIN_AFTER), status=Status.HELD
        )
        .select_related("donor", "program", "designation")
        .order_by(F("checked_at").asc(nulls_first=True))[:limit]
    )
    for donation in held:
        reconcile.refresh_if_due(donation, every=_LOOK_AGAIN_AFTER, patient=True)
        late = donation.created_at <= now - _WARN_AFTER
        if donation.status == Status.HELD and donation.review_first and late:
            staff.tell(
                "held_expiring",
                str(donation.public_id),
                donation,
                cents=donation.amount_cents,
                due_by=donation.created_at + _EXPIRES_AFTER,
            )
    return len(held)


def _look(donation: Donation) -> _Money:
    """A plan's payments lie in their invoices, also the first one, which a payment page began."""
    if donation.status == Status.HELD:
        if donation.stripe_invoice_id:
            invoice = gateway.fetch_invoice(donation.stripe_invoice_id)
            return _Money(invoice.standing, invoice.payment)
        if donation.stripe_session_id:
            state = gateway.fetch_checkout(donation.stripe_session_id)
            return _Money(state.standing, state.payment, state.payment_intent_id)
    raise NotPossible(_("This gift does not wait for a decision any more."))


def _look_to_take(donation: Donation) -> _Money:
    money = _look(donation)
    if money.payment and (
        money.payment.currency != donation.currency or money.payment.livemode != donation.livemode
    ):
        raise NotPossible(_("It was paid in another currency or mode: it can only be given back."))
    if money.standing not in {"authorized", "paid"}:
        raise NotPossible(_("Its money is not there any more."))
    if donation.disputes.filter(status__in=[DisputeStatus.OPEN, DisputeStatus.LOST]).exists():
        raise NotPossible(_("The donor’s bank contests this gift: it cannot be taken now."))
    return money


def _decide_to_take(donation: Donation, by: AbstractBaseUser) -> None:
    """Of two who decide differently at once, the first decides. Raises `NotPossible`."""
    with transaction.atomic():
        gift = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        # Refused already: asked of Stripe, or on its way. What went back in the dashboard decides nothing.
        refused = Q(status=RefundStatus.REQUESTED) | Q(
            status=RefundStatus.PENDING, requested_by__isnull=False
        )
        if gift.refunds.filter(refused).exists():
            raise NotPossible(_("This gift does not wait for a decision any more."))
        held = Donation.objects.filter(pk=gift.pk, status=Status.HELD, reviewed_at=None)
        held.update(reviewed_at=timezone.now(), reviewed_by_id=by.pk)
    donation.refresh_from_db()
