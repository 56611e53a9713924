"""What we ask Stripe: how a gift really stands, whatever we were or were not told."""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress

from django.db.models import F, Q
from django.utils import timezone

from donations import gateway, payments, plans
from donations.models import Donation, RecurringDonation, Status
from donations.plans import renewals

logger = logging.getLogger(__name__)

# A donor may still be typing; after this, a pending gift is looked at without being told to.
_PENDING_FOR = dt.timedelta(minutes=10)
# A gift whose payment page was never opened has nothing to wait for after a day.
_UNOPENED_FOR = dt.timedelta(hours=24)
_LOOK_AGAIN_AFTER = dt.timedelta(minutes=30)
_WAITING = (Status.PENDING, Status.PROCESSING)
_ASKED_FOR = Q(stripe_session_id__isnull=False) | Q(stripe_invoice_id__isnull=False)


def refresh(donation: Donation, *, patient: bool = True) -> str:
    """Ask Stripe how the gift's Checkout stands and record it. Says in a few words what was done.

    Repeating it is safe. Raises `gateway.Unavailable`, `gateway.Refused` or `payments.Impossible`.
    """
    if not donation.stripe_session_id:
        if not donation.stripe_invoice_id:
            return "no payment page yet"
        return _heard(donation, renewals.hear(donation.stripe_invoice_id, patient=patient))
    state = gateway.fetch_checkout(donation.stripe_session_id, patient=patient)
    if state.reference != str(donation.public_id):
        raise payments.Impossible(
            f"{state.session_id} belongs to {state.reference!r}, not {donation.public_id}"
        )
    if state.subscription_id and donation.plan:
        return _begin(donation, donation.plan, state, patient=patient)
    if state.payment:
        outcome = _arrived(donation, state.payment)
        _keep_mandate(donation, state.mandate_id)  # after: what is in its way is not in the money's
        return outcome
    _keep_mandate(donation, state.mandate_id)
    if state.standing == "authorized":
        return _set_aside(donation, state)
    told, step = _step(donation, state)
    return told if step is None or step(donation) else "nothing new"


def _arrived(donation: Donation, payment: gateway.Payment) -> str:
    """The money is there; some of it may have gone back before anybody told us."""
    settled = payments.settle(donation, payment)
    if payment.reversed:
        payments.catch_up(donation, gateway.fetch_reversals(payment.charge_id))
    return "settled" if settled else "nothing new"


def _step(donation: Donation, state: gateway.CheckoutState) -> tuple[str, Callable[[Donation], bool] | None]:
    """What a gift without money has come to, in a word, and how that is recorded."""
    if state.status == "expired":
        return "expired", _expire
    if state.standing == "failed":
        held = Donation.objects.filter(pk=donation.pk, status=Status.HELD).exists()
        return ("let go", payments.let_go) if held else ("failed", payments.fail)
    if state.standing == "processing":
        return "processing", payments.process
    return ("nothing new" if state.status == "complete" else "still open"), None


def _set_aside(donation: Donation, state: gateway.CheckoutState) -> str:
    """A person looks before the money is taken; once one has released it, it is taken."""
    donation.refresh_from_db(fields=["status", "reviewed_at"])
    if donation.reviewed_at:
        gateway.capture(state.payment_intent_id)
        return "taken: the next look settles it"
    reason = donation.review_reason or "its money was only set aside"
    return "held for review" if payments.hold(donation, reason=reason) else "nothing new"


def _begin(
    donation: Donation, plan: RecurringDonation, state: gateway.CheckoutState, *, patient: bool
) -> str:
    """The first payment of a plan is an invoice like those that follow; the session only names it."""
    plans.start(plan, subscription_id=state.subscription_id)
    return _heard(donation, renewals.hear(state.invoice_id, patient=patient))


def _heard(donation: Donation, outcome: str) -> str:
    donation.refresh_from_db()
    return outcome


def _expire(donation: Donation) -> bool:
    """Nothing was paid: a plan that was to begin so does not begin."""
    expired = payments.expire(donation)
    if donation.plan:
        plans.abandon(donation.plan)
    return expired


def _keep_mandate(donation: Donation, mandate_id: str) -> None:
    """Write down by what name the donor's bank knows the debit, once."""
    if not mandate_id or donation.mandate_reference:
        return
    reference = gateway.fetch_mandate(mandate_id)
    Donation.objects.filter(pk=donation.pk).update(mandate_reference=reference)
    donation.mandate_reference = reference


def catch_up(charge_id: str) -> str:
    """Find the gift that a charge at Stripe paid and record how it stands. Says what was done.

    Repeating it is safe. Raises `gateway.Unavailable`, `gateway.Refused` or `payments.Impossible`.
    """
    gifts = Donation.objects.select_related("donor", "program", "designation", "plan")
    donation = gifts.filter(stripe_charge_id=charge_id).first()
    if donation is None:
        owner = gateway.fetch_owner(charge_id)
        donation = gifts.named(owner.donation)
        if donation is None:
            return _renewal(owner) or f"no gift of this site (it names {owner.donation!r})"
    outcome = refresh(donation)
    if donation.status == Status.HELD:
        return f"held for review: {donation.review_reason}"
    return outcome


def _renewal(owner: gateway.Owner) -> str:
    """What was done about a charge that names no gift: a plan's later payment names its invoice only."""
    invoice_id = gateway.find_invoice(owner.payment_intent_id) if owner.payment_intent_id else ""
    return renewals.hear(invoice_id) if invoice_id else ""


def refresh_if_due(donation: Donation, *, every: dt.timedelta, patient: bool) -> None:
    """Refresh a waiting gift unless somebody did within `every`. What goes wrong is logged, never raised."""
    asked = donation.stripe_session_id or donation.stripe_invoice_id
    if donation.status not in (*_WAITING, Status.HELD) or not asked:
        return
    now = timezone.now()
    due = Q(checked_at__isnull=True) | Q(checked_at__lte=now - every)
    if not Donation.objects.filter(due, pk=donation.pk).update(checked_at=now):
        return
    try:
        refresh(donation, patient=patient)
    except (gateway.Unavailable, gateway.Refused, payments.Impossible) as error:
        logger.warning("donation %s could not be compared with Stripe: %s", donation.public_id, error)
    except Exception:  # the page reads all the same, and the other gifts of a sweep are looked at
        logger.exception("donation %s could not be compared with Stripe", donation.public_id)
    donation.refresh_from_db()


def sweep(*, limit: int = 200) -> int:
    """Look at the gifts that have waited too long. Returns how many; safe to run at any time."""
    now = timezone.now()
    for donation in Donation.objects.filter(
        ~_ASKED_FOR, status=Status.PENDING, created_at__lte=now - _UNOPENED_FOR
    )[:limit]:
        with suppress(payments.Impossible):  # its page was opened, and paid, this very moment
            payments.expire(donation)
    waiting = (
        Donation.objects.filter(
            Q(checked_at__isnull=True) | Q(checked_at__lte=now - _LOOK_AGAIN_AFTER),
            _ASKED_FOR,
            status__in=_WAITING,
            created_at__lte=now - _PENDING_FOR,
        )
        .select_related("donor", "program", "plan")
        .order_by(F("checked_at").asc(nulls_first=True))[:limit]
    )
    for donation in waiting:
        refresh_if_due(donation, every=_LOOK_AGAIN_AFTER, patient=True)
    return len(waiting)
