"""What becomes of a plan's payments. Each is an invoice at Stripe and a donation here.

The first one is the gift that the plan began with; the donation of a later one is made when there is
something to say about it. Its invoice's id is unique, so none is ever counted twice.
"""

from contextlib import suppress

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import gateway, payments
from donations.models import Donation, EndReason, Method, PlanStatus, RecurringDonation, Status
from donations.notices import gifts, staff
from donations.notices import plans as notices
from donations.plans import starting, telling


def hear(invoice_id: str, *, patient: bool = True) -> str:
    """Ask Stripe how an invoice and its plan stand, and record it. Says in a few words what was done.

    Repeating it is safe. Raises `gateway.Unavailable`, `gateway.Refused` or `payments.Impossible`.
    """
    invoice = gateway.fetch_invoice(invoice_id, patient=patient)
    plan = starting.find(subscription_id=invoice.subscription_id, reference=invoice.reference)
    if plan is None:
        return "not a plan of this site"
    telling.refresh(plan, patient=patient)
    if invoice.amount_cents == 0 or invoice.standing == "waiting":
        return "nothing to pay yet"
    if invoice.standing == "failed" and plan.status == PlanStatus.PAUSED:
        # A debit that was with the bank when it was paused: Stripe would try again all the same.
        gateway.void_invoice(invoice.invoice_id)
        invoice = gateway.fetch_invoice(invoice_id, patient=patient)
    done = _closed(plan, invoice) if invoice.standing == "closed" else _record(plan, invoice)
    return done or "nothing new"


def hear_of_debit(plan: RecurringDonation) -> None:
    """Record a payment that a bank has been asked for and that nobody told us of: Stripe tells of a debit
    once the bank has answered, and whoever pauses or ends their gift meanwhile is told that it may arrive.

    Best effort, and within seconds: what is in its way is not in the wish's.
    """
    with suppress(gateway.Unavailable, gateway.Refused, payments.Impossible):
        subscription = gateway.fetch_subscription(plan.stripe_subscription_id or "", patient=False)
        if subscription.reference != str(plan.public_id) or not subscription.latest_invoice_id:
            return
        invoice = gateway.fetch_invoice(subscription.latest_invoice_id, patient=False)
        if invoice.standing == "processing":
            _with_the_bank(plan, _donation(plan, invoice), invoice)


def _record(plan: RecurringDonation, invoice: gateway.Invoice) -> str:
    """What was done about a payment that has moved; nothing when it had been done."""
    donation = _donation(plan, invoice)
    if invoice.payment:
        settled = payments.settle(donation, invoice.payment)
        if invoice.payment.reversed:
            payments.catch_up(donation, gateway.fetch_reversals(invoice.payment.charge_id))
        _mended(plan, invoice)
        if settled:
            _begin_anew(plan)
        if plan.stop_requested_at and invoice.asked_at and plan.stop_requested_at < invoice.asked_at:
            staff.tell("after_end", str(donation.public_id), donation, cents=donation.amount_cents)
        _keep_mandate(donation, invoice)  # last: what is in its way is not in the money's
        return "settled" if settled else ""
    _keep_mandate(donation, invoice)
    if invoice.standing == "processing":
        return "processing" if _with_the_bank(plan, donation, invoice) else ""
    return _failed(plan, donation, invoice) if invoice.standing == "failed" else ""


def _donation(plan: RecurringDonation, invoice: gateway.Invoice) -> Donation:
    """The gift that this invoice asks for, made if it is not there."""
    known = Donation.objects.select_related("donor", "program", "designation", "plan")
    if donation := known.filter(stripe_invoice_id=invoice.invoice_id).first():
        return donation
    if invoice.first:
        first = known.filter(plan=plan).order_by("pk")[0]
        Donation.objects.filter(pk=first.pk, stripe_invoice_id__isnull=True).update(
            stripe_invoice_id=invoice.invoice_id
        )
        return known.get(stripe_invoice_id=invoice.invoice_id)
    # Two may try: one row remains.
    Donation.objects.bulk_create([_renewal(plan, invoice)], ignore_conflicts=True)
    return known.get(stripe_invoice_id=invoice.invoice_id)


def _renewal(plan: RecurringDonation, invoice: gateway.Invoice) -> Donation:
    """What is asked is what the invoice asks: an amount that was changed in time is already in it.

    The currency is the plan's: a payment in another one is held for a person.
    """
    return Donation(
        program_id=plan.program_id,
        donor_id=plan.donor_id,
        plan=plan,
        amount_cents=invoice.amount_cents,
        currency=plan.currency,
        designation_id=plan.designation_id,
        frequency=plan.frequency,
        method=Method.called(invoice.method),
        display=plan.display,
        public_name=plan.public_name,
        language=plan.language,
        livemode=invoice.livemode,
        stripe_invoice_id=invoice.invoice_id,
    )


def _failed(plan: RecurringDonation, donation: Donation, invoice: gateway.Invoice) -> str:
    """One more attempt came to nothing: tell the donor, once for each, unless the plan is over."""
    now = {
        "failed_invoice_id": invoice.invoice_id,
        "failing_since": plan.failing_since or timezone.now(),
        "failures": invoice.attempts,
        "mend_url": invoice.mend_url,
        "next_attempt_at": invoice.next_attempt_at,
    }
    with transaction.atomic():
        waited = donation.status == Status.PROCESSING
        moved = payments.fail(donation)
        older = ~Q(failed_invoice_id=invoice.invoice_id) | Q(failures__lte=invoice.attempts)
        running = RecurringDonation.objects.filter(older, pk=plan.pk).exclude(status=PlanStatus.ENDED)
        running = running.filter(stop_requested_at=None)  # nothing is asked again of one that is to end
        if not running.update(**now):
            if moved and waited and plan.end_reason != EndReason.FAILED:
                gifts.failed(donation)  # the last letter said that it may still arrive
            return "failed" if moved else ""
        for name, value in now.items():
            setattr(plan, name, value)
        told = notices.renewal_failed(
            plan,
            invoice_id=invoice.invoice_id,
            attempt=invoice.attempts,
            mandate_id=invoice.mandate_id,
            asked_cents=invoice.amount_cents,
            confirm=invoice.confirm,
        )
    return "failed" if told else ""


def _with_the_bank(plan: RecurringDonation, donation: Donation, invoice: gateway.Invoice) -> bool:
    """A bank takes its days to answer: what it is asked for is neither tried again nor mended meanwhile."""
    RecurringDonation.objects.filter(pk=plan.pk, failed_invoice_id=invoice.invoice_id).update(
        mend_url="", next_attempt_at=None
    )
    return payments.process(donation, renewal=not invoice.first)


def _begin_anew(plan: RecurringDonation) -> None:
    """A payment has arrived: for how long another has failed is counted from now on."""
    failing = RecurringDonation.objects.filter(pk=plan.pk, failing_since__isnull=False)
    failing.update(failing_since=timezone.now())


def _mended(plan: RecurringDonation, invoice: gateway.Invoice) -> None:
    RecurringDonation.objects.filter(pk=plan.pk, failed_invoice_id=invoice.invoice_id).update(
        **telling.MENDED
    )


def _closed(plan: RecurringDonation, invoice: gateway.Invoice) -> str:
    """Nobody will pay it any more: whoever waits for it need not, and there is nothing to mend."""
    if invoice.given_up:  # for how long nothing but failures came is still counted
        given_up = {name: value for name, value in telling.MENDED.items() if name != "failing_since"}
        RecurringDonation.objects.filter(pk=plan.pk, failed_invoice_id=invoice.invoice_id).update(**given_up)
    else:
        _mended(plan, invoice)
    known = Donation.objects.select_related("donor", "program")
    donation = known.filter(stripe_invoice_id=invoice.invoice_id).first()
    if donation is None or donation.status not in (Status.PENDING, Status.PROCESSING):
        return "nothing to pay"
    waited = donation.status == Status.PROCESSING
    with transaction.atomic():
        moved = payments.fail(donation)
        if moved and waited:  # the donor was told that it is with the bank
            gifts.failed(donation)
    return "failed" if moved else ""


def _keep_mandate(donation: Donation, invoice: gateway.Invoice) -> None:
    """The mandate of the account that was asked last: a refused debit may be mended with another one."""
    if not invoice.mandate_id:
        return
    donation.mandate_reference = gateway.fetch_mandate(invoice.mandate_id)
    Donation.objects.filter(pk=donation.pk).update(mandate_reference=donation.mandate_reference)
