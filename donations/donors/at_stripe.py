"""What Stripe keeps of somebody who is forgotten here, and what it told us of them.

Payments stay in Stripe's books, as they stay in ours. What could charge the person again goes, and so does
what names them: in its customers, and in the events that lie in our inbox.
"""

import datetime as dt
import json
import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from donations import gateway
from donations.models import Donation, ErasureRequest, RecurringDonation, StripeEvent

logger = logging.getLogger(__name__)

# Stripe tries for three days to tell us something.
_LATE = dt.timedelta(days=4)
# Names and addresses go; ids stay, so that an event that is not handled yet, or again, can be.
_IDS = ("id", "object", "customer", "charge", "latest_charge", "payment_intent", "subscription")


def forget_customers(request: ErasureRequest, *, placeholder: str) -> bool:
    """Have Stripe forget the customers of an erased donor. False where it did not answer: ask again.

    Uses the network: call it outside any transaction. Repeating it is safe.
    """
    plans = RecurringDonation.objects.filter(donor__email=placeholder).exclude(stripe_customer_id="")
    try:
        for plan in plans:
            if plan.livemode != gateway.is_live():
                raise gateway.Refused(f"{plan.stripe_customer_id} belongs to the other mode (live or test)")
            gateway.forget_customer(plan.stripe_customer_id)
    except (gateway.Unavailable, gateway.Refused) as error:
        logger.warning("erasure %s is not done at Stripe yet: %s", request.reference, error)
        return False
    return True


def forget_events(email: str) -> None:
    """Take out of the inbox whatever names this donor. In the caller's transaction; repeating it is safe."""
    text = Cast("payload", TextField())
    named = Q(text__icontains=email) | Q(text__icontains=json.dumps(email)[1:-1])
    _reduce(_events().annotate(text=text).filter(named | _about(Q(donor__email=email))))


def forget_late_events(placeholders: Collection[str]) -> None:
    """The same for what Stripe told us since, of donors whose addresses were replaced by these."""
    if placeholders:
        late = _events().filter(received_at__gt=timezone.now() - _LATE)
        _reduce(late.filter(_about(Q(donor__email__in=placeholders))))


def _events() -> QuerySet[StripeEvent]:
    """Those that are whole, with the ids by which one knows whom they are about."""
    names = ("id", "customer", "charge", "payment_intent")
    ids = {f"its_{name}": KT(f"payload__data__object__{name}") for name in names}
    return StripeEvent.objects.exclude(payload__has_key="erased").annotate(**ids)


def _about(theirs: Q) -> Q:
    """Events about the gifts and plans that `theirs` finds."""
    gifts, plans = Donation.objects.filter(theirs), RecurringDonation.objects.filter(theirs)
    about = Q()
    for name in ("session", "payment_intent", "charge", "invoice"):
        about |= Q(its_id__in=gifts.exclude(**{f"stripe_{name}_id": None}).values(f"stripe_{name}_id"))
    for name in ("payment_intent", "charge"):
        about |= Q(
            **{f"its_{name}__in": gifts.exclude(**{f"stripe_{name}_id": None}).values(f"stripe_{name}_id")}
        )
    customers = plans.exclude(stripe_customer_id="").values("stripe_customer_id")
    about |= Q(its_id__in=customers) | Q(its_customer__in=customers)
    return about | Q(its_id__in=plans.exclude(stripe_subscription_id=None).values("stripe_subscription_id"))


def _reduce(events: QuerySet[StripeEvent]) -> None:
    for event in events.only("event_id", "type", "payload"):
        about = _ids_of(event.payload["data"]["object"])
        payload = {"id": event.event_id, "type": event.type, "erased": True, "data": {"object": about}}
        StripeEvent.objects.filter(pk=event.pk).update(payload=payload)


def _ids_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """What a handler may ask Stripe by."""
    kept: dict[str, Any] = {name: about[name] for name in _IDS if isinstance(about.get(name), str)}
    kept["metadata"] = _own(about.get("metadata"))
    if details := (about.get("parent") or {}).get("subscription_details"):
        plan = {"subscription": details.get("subscription"), "metadata": _own(details.get("metadata"))}
        kept["parent"] = {"subscription_details": plan}
    debit = (about.get("payment_method_details") or {}).get("sepa_debit") or {}
    if about.get("object") == "mandate" and debit:
        kept["payment_method_details"] = {"sepa_debit": {"reference": debit.get("reference")}}
    return kept


def _own(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Our own public ids, which is all that we write there."""
    return {name: value for name, value in (metadata or {}).items() if name in ("donation", "plan")}
