"""From a valid form to Stripe's payment page.

The donation is committed before Stripe hears of it, so a payment can never exist without a row it
belongs to; no transaction is open while the network is used.
"""

import hashlib
import logging
from collections.abc import Mapping
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from donations import gateway
from donations.donors import limits
from donations.forms import Answers
from donations.models import Donation, Donor, Frequency, RecurringDonation, Status
from programs.models import Program

logger = logging.getLogger(__name__)

_EVERY: Mapping[str, gateway.Interval] = {Frequency.MONTHLY: "month", Frequency.YEARLY: "year"}


class Unavailable(Exception):
    """Stripe could not open its payment page now. Nothing was charged; trying again is safe."""


class Refused(Exception):
    """Stripe will not open a payment page for this gift. Nothing was charged."""


def start(program: Program, answers: Answers, *, token: str, review_because: str = "") -> Donation:
    """Record the gift as pending and open its payment page.

    A gift with a `review_because` is charged only after a person has looked at it; the first payment of a
    plan cannot be, and is not.

    Safe to repeat: the same token and answers find the same donation and the same payment page.
    The donation that is returned has a `checkout_url` unless it is no longer pending. Raises
    `Unavailable` or `Refused`; the donation then stays pending, and nothing can be charged.
    """
    reason = review_because if answers.frequency == Frequency.ONCE else ""
    donation = _record(program, answers, submission_key=_key(token, answers), review_because=reason)
    if donation.status == Status.PENDING and not donation.checkout_url:
        _open(donation)
    return donation


def has_begun(answers: Answers, *, token: str) -> bool:
    """Whether this very form has been recorded before: a double click, or a second try after a failure."""
    key = _key(token, answers)
    return key is not None and Donation.objects.filter(submission_key=key).exists()


def close(donation: Donation) -> None:
    """Close the payment page of a gift that its donor gave up for another.

    Best effort: where Stripe does not answer, the page closes by itself within a day.
    """
    if donation.status != Status.PENDING or not donation.stripe_session_id:
        return
    try:
        gateway.expire_checkout(donation.stripe_session_id)
    except gateway.Unavailable:
        return


def _record(
    program: Program, answers: Answers, *, submission_key: str | None, review_because: str
) -> Donation:
    known = Donation.objects.select_related("donor", "program", "plan")
    if submission_key and (donation := known.filter(submission_key=submission_key).first()):
        return donation
    try:
        with transaction.atomic():
            limits.hold_donor(answers.email)  # as who erases or moves this address does
            donor = _donor(answers)
            return Donation.objects.create(
                program=program,
                donor=donor,
                plan=_plan(program, donor, answers),
                amount_cents=answers.amount_cents,
                currency=program.currency,
                designation_id=answers.designation_id,
                frequency=answers.frequency,
                display=answers.display,
                public_name=answers.public_name,
                updates_consent=answers.updates_consent,
                language=answers.language,
                livemode=gateway.is_live(),
                submission_key=submission_key,
                review_first=bool(review_because),
                review_reason=review_because,
            )
    except IntegrityError:
        # The other half of a double click was faster.
        return known.get(submission_key=submission_key)


def _plan(program: Program, donor: Donor, answers: Answers) -> RecurringDonation | None:
    """What the donor plans to give again and again; its first payment is the gift that is begun."""
    if answers.frequency == Frequency.ONCE:
        return None
    return RecurringDonation.objects.create(
        program=program,
        donor=donor,
        amount_cents=answers.amount_cents,
        currency=program.currency,
        designation_id=answers.designation_id,
        frequency=answers.frequency,
        display=answers.display,
        public_name=answers.public_name,
        language=answers.language,
        livemode=gateway.is_live(),
    )


def _donor(answers: Answers) -> Donor:
    return Donor.objects.as_said(
        kind=answers.donor_kind,
        email=answers.email,
        first_name=answers.first_name,
        last_name=answers.last_name,
        company_name=answers.company_name,
        siren=answers.siren,
        address=answers.address,
        postal_code=answers.postal_code,
        city=answers.city,
        country=answers.country,
        language=answers.language,
    )


def _open(donation: Donation) -> None:
    gift_url = _address("donations:gift", public_id=donation.public_id)
    give_url = _address("donations:give", slug=donation.program.slug)
    try:
        opened = gateway.open_checkout(
            _order(donation),
            success_url=gift_url,
            cancel_url=f"{give_url}?cancelled={donation.public_id}",
        )
    except gateway.Unavailable as error:
        logger.warning("gift %s has no payment page yet: %s", donation.public_id, gateway.why(error))
        raise Unavailable(str(error)) from error
    except gateway.Refused as error:
        logger.error("Stripe refuses gift %s a payment page: %s", donation.public_id, gateway.why(error))
        raise Refused(str(error)) from error
    # The answer is the same however often it is asked for, so it does not matter who writes it.
    Donation.objects.filter(pk=donation.pk).update(
        stripe_session_id=opened.session_id, checkout_url=opened.url
    )
    donation.stripe_session_id, donation.checkout_url = opened.session_id, opened.url


def _order(donation: Donation) -> gateway.Order:
    return gateway.Order(
        public_id=donation.public_id,
        amount_cents=donation.amount_cents,
        currency=donation.currency,
        product_name=donation.program.title,
        email=donation.donor.email,
        language=donation.language,
        every=_EVERY.get(donation.frequency),
        plan_id=donation.plan.public_id if donation.plan else None,
        set_aside=donation.review_first,
    )


def _key(token: str, answers: Answers) -> str | None:
    """What tells a repeated form from another one. None without a token: nothing can be repeated."""
    if not token:
        return None
    return hashlib.sha256(f"{token}\n{answers.as_text()}".encode()).hexdigest()


def _address(name: str, **kwargs: object) -> str:
    return urljoin(settings.SITE_URL, reverse(name, kwargs=kwargs))
