"""A donor's new e-mail address, told to Stripe, which writes there before each debit.

That it is to be told is written down as the address changes; it is told outside that transaction, at once or
by a sweep, until it has been.
"""

import logging

from django.db.models import QuerySet
from django.utils import timezone

from donations import gateway
from donations.models import PlanStatus, RecurringDonation

logger = logging.getLogger(__name__)

# How often we tell it again where the address changed once more meanwhile.
_TRIES = 4


def sweep(*, limit: int = 200) -> int:
    """Tell Stripe what it is still to be told; of how many plans. Safe at any time, and to be killed in."""
    told = 0
    for plan in _owed().order_by("customer_email_due_at")[:limit]:
        try:
            tell(plan)
            told += 1
        except gateway.Unavailable as error:
            logger.warning("plan %s has its old e-mail at Stripe: %s", plan.public_id, error)
        except gateway.Refused as error:
            logger.warning("plan %s has its old e-mail at Stripe: %s", plan.public_id, error)
            _put_off(plan)
        except Exception:
            logger.exception("plan %s has its old e-mail at Stripe", plan.public_id)
            _put_off(plan)
    return told


def tell(plan: RecurringDonation) -> None:
    """Tell Stripe the donor's address, where it is still to be told. Repeating it is safe.

    Raises `gateway.Unavailable` or `gateway.Refused`; it is then still owed.
    """
    for _ in range(_TRIES):
        owed = _owed().select_related("donor").filter(pk=plan.pk).first()
        if owed is None:
            return
        if owed.livemode != gateway.is_live():
            raise gateway.Refused(f"{owed.stripe_customer_id} belongs to the other mode (live or test)")
        gateway.change_customer_email(owed.stripe_customer_id, owed.donor.email)
        mine = RecurringDonation.objects.filter(pk=plan.pk)
        if mine.filter(customer_email_due_at=owed.customer_email_due_at).update(customer_email_due_at=None):
            return
        # Somebody else told it too, of this address or of a newer one, and nobody knows who came last.
        mine.update(customer_email_due_at=timezone.now())


def _put_off(plan: RecurringDonation) -> None:
    """Last in the row from now on: whatever is wrong with one keeps no other waiting."""
    owed = RecurringDonation.objects.filter(pk=plan.pk, customer_email_due_at=plan.customer_email_due_at)
    owed.update(customer_email_due_at=timezone.now())


def _owed() -> QuerySet[RecurringDonation]:
    """A plan that has ended is charged no more: Stripe writes to nobody about it."""
    owed = RecurringDonation.objects.filter(customer_email_due_at__isnull=False)
    return owed.exclude(stripe_customer_id="").exclude(status=PlanStatus.ENDED)
