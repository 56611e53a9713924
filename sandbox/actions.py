"""What a developer can make happen to an object at once: the dashboard's buttons and a command."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import debits, disputes, errors, fraud_warnings, holds, payments, refunds, store, sweep
from sandbox.billing import aging, ending, renewals
from sandbox.models import StripeObject
from sandbox.resources import charges, early_fraud_warnings, subscriptions
from sandbox.resources.disputes import KIND as DISPUTE


class Impossible(Exception):
    """The object is of another kind, or in no state for that."""


@dataclass(frozen=True)
class Action:
    name: str
    label: Promise
    applies: Callable[[StripeObject], bool]
    perform: Callable[[StripeObject], object]


def _pending_debit(row: StripeObject) -> bool:
    return row.dues.filter(what=debits.DUE).exists()


def _held(row: StripeObject) -> bool:
    return row.dues.filter(what=payments.HOLD).exists()


def _intent(charge: StripeObject) -> StripeObject:
    return store.fetch("payment_intent", charge.data["payment_intent"])


def _capture(charge: StripeObject) -> None:
    holds.capture(_intent(charge), charge.data["amount"], None)


def _release(charge: StripeObject) -> None:
    holds.release(_intent(charge), "requested_by_customer", None)


def _paid(row: StripeObject) -> bool:
    return row.kind == charges.KIND and row.data["status"] == "succeeded" and row.data["captured"]


def refundable(row: StripeObject) -> bool:
    return _paid(row) and not row.data["refunded"]


def _disputable(row: StripeObject) -> bool:
    """A card's until it is refunded; a debit is claimed back all the same."""
    by_card = _paid(row) and row.data["payment_method_details"]["type"] == "card"
    return (refundable(row) if by_card else _paid(row)) and not row.data["disputed"]


def _unwarned(row: StripeObject) -> bool:
    return _paid(row) and not early_fraud_warnings.of_charge(row.object_id).exists()


def _refund_may_fail(row: StripeObject) -> bool:
    return row.kind == "refund" and row.data["status"] in {"pending", "succeeded"}


def _refund_pending(row: StripeObject) -> bool:
    return row.kind == "refund" and row.data["status"] == "pending"


def _dispute_open(row: StripeObject) -> bool:
    return row.kind == DISPUTE and row.data["status"] in disputes.OPEN


def _inquiry(row: StripeObject) -> bool:
    return _dispute_open(row) and row.data["status"].startswith("warning_")


def _kept_card(row: StripeObject) -> bool:
    return row.kind == "payment_method" and row.data["type"] == "card" and row.data["customer"] is not None


def _renewable(row: StripeObject) -> bool:
    return row.kind == subscriptions.KIND and row.data["status"] not in ending.ENDED | {"paused"}


ALL = [
    Action("collect", _("Collect this debit now"), _pending_debit, lambda row: sweep.collect(row.object_id)),
    Action(
        "refuse", _("Let the bank refuse this debit"), _pending_debit, lambda row: sweep.refuse(row.object_id)
    ),
    Action("capture", _("Capture what is held"), _held, _capture),
    Action("release", _("Let go of what is held"), _held, _release),
    Action("refund", _("Refund all that is left"), refundable, lambda row: refunds.give_back(row, None)),
    Action("dispute", _("Dispute this payment"), _disputable, disputes.open_for),
    Action("warn", _("Send an early fraud warning"), _unwarned, fraud_warnings.raise_for),
    Action("arrive", _("Let this refund arrive"), _refund_pending, refunds.arrive),
    Action("come_back", _("Let this refund fail"), _refund_may_fail, refunds.come_back),
    Action("win", _("Win this dispute"), _dispute_open, disputes.win),
    Action("lose", _("Lose this dispute"), _dispute_open, disputes.lose),
    Action("escalate", _("Turn this inquiry into a dispute"), _inquiry, disputes.escalate),
    Action("renew", _("Let its next payment come"), _renewable, renewals.bring_next),
    Action("expire_soon", _("Let this card expire this month"), _kept_card, aging.expire_soon),
    Action("reissue", _("Let the bank send a new card"), _kept_card, aging.reissue),
]
_BY_NAME = {action.name: action for action in ALL}


def available(row: StripeObject) -> list[Action]:
    return [action for action in ALL if action.applies(row)]


def perform(object_id: str, name: str) -> None:
    """Make it happen, once. Raises `Impossible`."""
    action = _BY_NAME.get(name)
    if action is None:
        raise Impossible(name)
    store.retrying(lambda: _perform(object_id, action))


def refund(object_id: str, amount: int) -> None:
    """Give back `amount` cents of a charge. Raises `Impossible`."""

    def work() -> None:
        row = StripeObject.objects.get(object_id=object_id)
        if not refundable(row):
            raise Impossible("refund")
        refunds.give_back(row, amount)

    try:
        store.retrying(work)
    except errors.InvalidRequest as error:
        raise Impossible(error.message) from None


def _perform(object_id: str, action: Action) -> None:
    row = StripeObject.objects.get(object_id=object_id)
    if not action.applies(row):
        raise Impossible(action.name)
    try:
        action.perform(row)
    except (errors.InvalidRequest, sweep.NothingOwed):
        raise Impossible(action.name) from None
