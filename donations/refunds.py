"""Giving money back because staff decided it: written down first, then asked of Stripe, once."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from donations import gateway, payments
from donations.models import Donation, Refund, RefundReason, RefundStatus, Status
from donations.notices import staff

logger = logging.getLogger(__name__)

_WHY: Mapping[str, gateway.Why] = {
    RefundReason.DUPLICATE: "duplicate",
    RefundReason.FRAUD: "fraudulent",
}
# Whoever asked is waiting for the answer; after this, nobody is.
_ASK_AGAIN_AFTER = dt.timedelta(minutes=2)


class NotPossible(Exception):
    """This refund cannot be made; the text says why, for whoever asked."""


def left(donation: Donation) -> int:
    """What may still be given back of a gift, in cents: what the ledger has, less what is on its way."""
    waiting = donation.refunds.filter(
        status__in=[RefundStatus.REQUESTED, RefundStatus.PENDING], refunded_at=None
    ).aggregate(cents=Sum("amount_cents", default=0))["cents"]
    return max(payments.left_of(donation) - int(waiting), 0)


def ask(
    donation: Donation,
    *,
    cents: int,
    reason: str,
    note: str,
    by: AbstractBaseUser | None,
    key: UUID | None = None,
) -> Refund:
    """Write down that so much of a gift is given back, and ask Stripe for it.

    The same `key` finds the same refund, so that a form sent twice gives back once. Whoever comes
    second finds less left: never more is given back than came. The refund returned stands as Stripe
    answered; where it did not answer, it stays requested and is asked for again. Raises `NotPossible`.
    """
    refund = _write(donation, cents=cents, reason=reason, note=note, by=by, key=key or uuid4())
    return send(refund)


def give_back_held(
    donation: Donation, payment: gateway.Payment, *, note: str, by: AbstractBaseUser
) -> Refund:
    """Give back what is left of the payment of a gift held for review: it is as good as never made.

    Repeating it gives back once. Raises `NotPossible`, or `gateway.Unavailable` where a part of it was
    given back in the dashboard and Stripe does not say how much.
    """
    cents = kept_of(payment)
    with transaction.atomic():
        gift = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        if gift.status != Status.HELD or gift.reviewed_at:
            raise NotPossible(_("This gift does not wait for a decision any more."))
        on_its_way = [RefundStatus.REQUESTED, RefundStatus.PENDING]
        refund = gift.refunds.filter(status__in=on_its_way, requested_by__isnull=False).first()
        if refund is None and cents <= 0:
            raise NotPossible(_("There is nothing to give back of this gift."))
        if gift.stripe_charge_id is None:  # set aside first, and then taken in Stripe's dashboard
            gift.stripe_charge_id = payment.charge_id
            gift.stripe_payment_intent_id = payment.payment_intent_id
            gift.save(update_fields=["stripe_charge_id", "stripe_payment_intent_id"])
        refund = refund or Refund.objects.create(
            donation=gift,
            amount_cents=cents,
            currency=payment.currency,
            reason=RefundReason.MISTAKE,
            note=note,
            requested_by_id=by.pk,
        )
    return send(refund)


def kept_of(payment: gateway.Payment) -> int:
    """What is left of a payment once all its refunds are made, in cents. Raises `gateway.Unavailable`."""
    if not payment.reversed:
        return payment.amount_cents
    made = gateway.fetch_reversals(payment.charge_id).refunds
    return payment.amount_cents - sum(each.amount_cents for each in made if each.status != "failed")


def send(refund: Refund) -> Refund:
    """Ask Stripe for a refund that was written down. Repeating it gives back once, also days later."""
    if refund.status != RefundStatus.REQUESTED:
        return refund
    try:
        _send(refund)
    except gateway.Unavailable as error:
        logger.warning("refund %s waits for Stripe: %s", refund.public_id, error)
    except gateway.Refused as error:
        _refuse(refund, str(error))
    refund.refresh_from_db()
    return refund


def sweep(*, limit: int = 100) -> int:
    """Ask again for what Stripe was not there to answer, oldest first. Returns how many were asked for."""
    refunds = Refund.objects.select_related("donation__donor", "donation__program")
    asked = refunds.filter(
        status=RefundStatus.REQUESTED, created_at__lte=timezone.now() - _ASK_AGAIN_AFTER
    ).order_by("created_at")[:limit]
    for refund in asked:
        try:
            send(refund)
        except Exception:  # whatever is wrong with one: the others’ donors wait for their money
            logger.exception("refund %s could not be asked of Stripe", refund.public_id)
    return len(asked)


def _write(
    donation: Donation, *, cents: int, reason: str, note: str, by: AbstractBaseUser | None, key: UUID
) -> Refund:
    try:
        with transaction.atomic():
            # The lock makes two people decide one after the other; SQLite has one writer at a time anyway.
            gift = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
            if known := Refund.objects.filter(public_id=key, donation=gift).first():
                if known.amount_cents != cents:  # a page from before, with another amount typed into it
                    raise NotPossible(_("This form has been sent before, with another amount."))
                return known
            _check(gift, cents)
            return Refund.objects.create(
                public_id=key,
                donation=gift,
                amount_cents=cents,
                currency=gift.currency,
                reason=reason,
                note=note,
                requested_by_id=by.pk if by else None,
            )
    except IntegrityError as error:
        raise NotPossible(_("Another refund of this gift is being asked of Stripe.")) from error


def _check(gift: Donation, cents: int) -> None:
    if gift.status in {Status.DISPUTED, Status.LOST}:
        raise NotPossible(_("The donor’s bank contests this gift: it would be given back twice."))
    if gift.status != Status.PAID or not gift.stripe_charge_id:
        raise NotPossible(_("Only a gift that Stripe has paid can be given back here."))
    if gift.refunds.filter(status=RefundStatus.REQUESTED).exists():
        raise NotPossible(_("Another refund of this gift is being asked of Stripe."))
    if not 0 < cents <= left(gift):
        raise NotPossible(_("That is more than is left of this gift."))


def _send(refund: Refund) -> None:
    """What was made in an earlier try, or in Stripe's dashboard meanwhile, is found before more is made."""
    donation = refund.donation
    reversals = gateway.fetch_reversals(donation.stripe_charge_id or "")
    payments.catch_up(donation, reversals)
    refund.refresh_from_db()
    if refund.status != RefundStatus.REQUESTED:
        return
    if any(dispute.status in {"open", "lost"} for dispute in reversals.disputes):
        # A debit's donor would have it twice: the bank does not know of our refund, nor we of its own.
        _refuse(refund, _("The donor’s bank contests this gift: it would be given back twice."))
        return
    made = gateway.give_back(
        charge_id=reversals.charge_id,
        amount_cents=refund.amount_cents,
        reference=refund.public_id,
        donation=donation.public_id,
        reason=_WHY.get(refund.reason, "requested_by_customer"),
    )
    payments.catch_up(donation, replace(reversals, refunds=(*reversals.refunds, made)))


def _refuse(refund: Refund, why: str) -> None:
    with transaction.atomic():
        mine = Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED)
        if mine.update(status=RefundStatus.REFUSED, error=why[:500]):
            staff.tell("refund_refused", str(refund.public_id), refund.donation, cents=refund.amount_cents)
