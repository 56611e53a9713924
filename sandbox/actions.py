"""What a developer can make happen to an object at once: the dashboard's buttons and a command."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sandbox import debits, sweep
from sandbox.models import StripeObject


class Impossible(Exception):
    """The object is of another kind, or in no state for that."""


@dataclass(frozen=True)
class Action:
    name: str
    label: Promise
    applies: Callable[[StripeObject], bool]
    perform: Callable[[str], object]  # given the object's id


def _pending_debit(row: StripeObject) -> bool:
    return row.dues.filter(what=debits.DUE).exists()


ALL = [
    Action("collect", _("Collect this debit now"), _pending_debit, sweep.collect),
    Action("refuse", _("Let the bank refuse this debit"), _pending_debit, sweep.refuse),
]
_BY_NAME = {action.name: action for action in ALL}


def available(row: StripeObject) -> list[Action]:
    return [action for action in ALL if action.applies(row)]


def perform(row: StripeObject, name: str) -> None:
    """Raises `Impossible`."""
    action = _BY_NAME.get(name)
    if action is None or not action.applies(row):
        raise Impossible(name)
    try:
        action.perform(row.object_id)
    except sweep.NothingOwed:
        raise Impossible(name) from None
