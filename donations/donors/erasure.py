"""Being forgotten: what may be erased is, at once; what the law has us keep stays, and until when is said.

Kept: gifts whose money arrived, their ledger entries and documents, and the name and postal address that
these state, for six years from the last document (the tax office may ask for them; article L102 E of the
Livre des procédures fiscales). Everything else about the person goes, the e-mail address first; and what
Stripe keeps to charge them again.
"""

import datetime as dt
from dataclasses import asdict, dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donations.donors import at_stripe, limits
from donations.models import (
    Display,
    Donation,
    Donor,
    DonorSession,
    EmailChange,
    ErasureRequest,
    ErasureStatus,
    OfflineGift,
    PlanStatus,
    Receipt,
    RecurringDonation,
    Refund,
    SignInLink,
    Status,
)
from donations.notices import staff
from outreach import forgetting, letters

KEPT_YEARS = 6
# RFC 2606: no such domain will ever exist, so nothing sent there can arrive anywhere.
_NOWHERE = "erased.invalid"
# Money is on its way or in question, or may still be given on a page that is open: whom it concerns must
# be reachable, and named on the document.
_UNSETTLED = (Status.PENDING, Status.PROCESSING, Status.HELD, Status.DISPUTED)
_BLANK = dict.fromkeys(
    ("first_name", "last_name", "siren", "legal_form", "address", "postal_code", "city"), ""
)


class Answered(Exception):
    """The request has been answered already."""


class NotYet(Exception):
    """A recurring gift goes on, or money is on its way: that comes first."""


@dataclass(frozen=True)
class Effect:
    """What erasing does: how much of each kind is emptied, and what stays."""

    givers_erased: int
    givers_kept: int
    gifts_kept: int
    documents_kept: int
    subscriptions: int
    letters: int
    kept_until: dt.date | None


def ask(email: str, language: str) -> ErasureRequest:
    """The waiting request of this address: one, however often it is asked for."""
    waiting = ErasureRequest.objects.filter(email=email, status=ErasureStatus.WAITING)
    if found := waiting.first():
        return found
    try:
        with transaction.atomic():
            return ErasureRequest.objects.create(email=email, language=language, digest=limits.digest(email))
    except IntegrityError:  # the other half of a double click was faster
        return waiting.get()


def waiting(email: str) -> ErasureRequest | None:
    return ErasureRequest.objects.filter(email=email, status=ErasureStatus.WAITING).first()


def recurring(email: str) -> bool:
    """Whether a recurring gift of this address goes on. One that never began is an open payment page."""
    over = (PlanStatus.PENDING, PlanStatus.ENDED)
    return RecurringDonation.objects.filter(donor__email=email).exclude(status__in=over).exists()


def unsettled(email: str) -> bool:
    """Whether money of this address is on its way or in question."""
    return Donation.objects.filter(donor__email=email, status__in=_UNSETTLED).exists()


def effect(email: str) -> Effect:
    """What erasing this address would do now."""
    kept = _kept_donors(email)
    documents = Receipt.objects.filter(donation__donor__email=email)
    told = forgetting.count(email)
    return Effect(
        givers_erased=Donor.objects.filter(email=email).count() - kept.count(),
        givers_kept=kept.count(),
        gifts_kept=Donation.objects.filter(donor__email=email, settled_at__isnull=False).count(),
        documents_kept=documents.count(),
        subscriptions=told.subscriptions,
        letters=told.letters,
        kept_until=_kept_until(email),
    )


def erase(request: ErasureRequest, *, by: AbstractBaseUser) -> Effect:
    """Erase what may be, in one transaction, and owe the letter that says so.

    Raises `NotYet`, or `Answered` where somebody was faster.
    """
    email = request.email
    with transaction.atomic():
        limits.hold_donor(email)  # as a change of e-mail does, and of the postal address
        if not ErasureRequest.objects.filter(pk=request.pk, email=email).exists():
            raise Answered  # it is another address's by now: look again
        if recurring(email) or unsettled(email):
            raise NotYet
        done = effect(email)
        _answer(
            request,
            ErasureStatus.DONE,
            by,
            kept_until=done.kept_until,
            outcome={name: value for name, value in asdict(done).items() if name != "kept_until"},
        )
        _tell(request, kept_until=done.kept_until)
        at_stripe.forget_events(email)
        _forget_givers(email, placeholder(request))
        # Before the letters: whoever answers for one of these meanwhile has owed its letter, or owes none.
        SignInLink.objects.filter(email=email).delete()
        DonorSession.objects.filter(email=email).delete()
        EmailChange.objects.filter(Q(old_email=email) | Q(new_email=email)).delete()
        forgetting.forget(email, placeholder(request), but=_letter_key(request))
    return done


def refuse(request: ErasureRequest, *, by: AbstractBaseUser, reason: str) -> None:
    """Answer that it cannot be done, and why, in a letter. Raises `Answered`."""
    with transaction.atomic():
        _answer(request, ErasureStatus.REFUSED, by, reason=reason)
        _tell(request, reason=reason)


def finish_at_stripe() -> int:
    """Have Stripe forget those who were erased here; how many. What it does not answer is asked again.

    Safe to repeat, and to be killed in. Call it outside any transaction.
    """
    done = ErasureRequest.objects.filter(status=ErasureStatus.DONE)
    open_still, forgotten = done.filter(stripe_forgotten_at=None), 0
    for request in open_still:
        if at_stripe.forget_customers(request, placeholder=placeholder(request)):
            forgotten += open_still.filter(pk=request.pk).update(stripe_forgotten_at=timezone.now())
    at_stripe.forget_late_events([placeholder(request) for request in done])
    return forgotten


def finish() -> int:
    """Forget the address of those whose letter has left, and the rest of those whose time has come.

    Returns how many; safe to repeat.
    """
    done = ErasureRequest.objects.filter(status=ErasureStatus.DONE)
    finished = 0
    for request in done.filter(finished_at=None):
        if letters.is_over(_letter_key(request)):
            finished += _forget_address(request)
    for request in done.filter(emptied_at=None, kept_until__lt=timezone.localdate()):
        with transaction.atomic():
            _empty(Donor.objects.filter(email=placeholder(request)))
            finished += done.filter(pk=request.pk, emptied_at=None).update(emptied_at=timezone.now())
    return finished


def _forget_address(request: ErasureRequest) -> int:
    """The letter has left: nobody is written to any more."""
    with transaction.atomic():
        forgetting.forget_last(request.email, placeholder(request), key=_letter_key(request))
        refused = ErasureRequest.objects.filter(email=request.email, status=ErasureStatus.REFUSED)
        refused.filter(asked_at__lte=request.asked_at).update(email=placeholder(request))
        open_still = ErasureRequest.objects.filter(pk=request.pk, finished_at=None)
        return open_still.update(email=placeholder(request), finished_at=timezone.now())


def placeholder(request: ErasureRequest) -> str:
    """What stands in place of the address."""
    return f"{request.reference.hex}@{_NOWHERE}"


def is_placeholder(email: str) -> bool:
    """Whether it stands in place of an erased address: nobody is behind it, to be proposed or written to."""
    return email.endswith(f"@{_NOWHERE}")


def _answer(request: ErasureRequest, status: ErasureStatus, by: AbstractBaseUser, **changes: object) -> None:
    waiting = ErasureRequest.objects.filter(pk=request.pk, status=ErasureStatus.WAITING)
    if not waiting.update(status=status, answered_at=timezone.now(), answered_by=by, **changes):
        raise Answered
    request.refresh_from_db()


def _tell(request: ErasureRequest, *, kept_until: dt.date | None = None, reason: str = "") -> None:
    letters.owe(
        key=_letter_key(request),
        kind="erasure",
        to=request.email,
        language=request.language,
        facts={
            "erased": request.status == ErasureStatus.DONE,
            "kept_until": kept_until.isoformat() if kept_until else "",
            "reason": reason,
        },
    )


def _letter_key(request: ErasureRequest) -> str:
    return f"erasure:{request.reference}"


def _kept_donors(email: str) -> QuerySet[Donor]:
    """Those whose name and address a document states, or will."""
    settled = Donation.objects.filter(donor__email=email, settled_at__isnull=False)
    return Donor.objects.filter(email=email, pk__in=settled.values("donor"))


def _kept_until(email: str) -> dt.date | None:
    """Six years after the last document, or after the last gift where that is later."""
    issued = Receipt.objects.filter(donation__donor__email=email).order_by("-issued_at")
    paid = Donation.objects.filter(donor__email=email, settled_at__isnull=False).order_by("-settled_at")
    moments = [
        *issued.values_list("issued_at", flat=True)[:1],
        *paid.values_list("settled_at", flat=True)[:1],
    ]
    days = [timezone.localdate(moment) for moment in moments if moment]
    if not days:
        return None
    last = max(days) + dt.timedelta(days=1)
    try:
        return last.replace(year=last.year + KEPT_YEARS)
    except ValueError:  # the 29th of February
        return last.replace(year=last.year + KEPT_YEARS, month=3, day=1)


def _forget_givers(email: str, instead: str) -> None:
    """The gifts stay, for the books; nothing on them names anybody any more. So do the kept names."""
    gifts = Donation.objects.filter(donor__email=email)
    gifts.update(display=Display.ANONYMOUS, public_name="", checkout_url="", submission_key=None)
    # What staff wrote beside a gift for one another; how it came and its proof stay.
    OfflineGift.objects.filter(donation__donor__email=email).update(note="")
    Refund.objects.filter(donation__donor__email=email).update(note="")
    plans = RecurringDonation.objects.filter(donor__email=email)
    plans.update(display=Display.ANONYMOUS, public_name="", end_comment="", card_last4="", mend_url="")
    staff.forget(gifts)
    kept = list(_kept_donors(email).values_list("pk", flat=True))
    _empty(Donor.objects.filter(email=email).exclude(pk__in=kept))
    Donor.objects.filter(email=email).update(email=instead)


def _empty(donors: QuerySet[Donor]) -> None:
    companies = donors.filter(kind="company")
    companies.update(**_BLANK, company_name="—")  # the database asks for a name
    donors.exclude(kind="company").update(**_BLANK)
