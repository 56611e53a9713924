"""Early fraud warnings: a bank says that a payment is probably fraud, before anybody disputes it.

Every function here belongs in the caller's transaction.
"""

from sandbox import events, store
from sandbox.models import StripeObject
from sandbox.resources import early_fraud_warnings as resource


def raise_for(charge: StripeObject) -> StripeObject:
    """Warn of the charge."""
    row = store.add(resource.blank(charge.data))
    events.emit("radar.early_fraud_warning.created", row.data, None)
    return row


def settle(charge: StripeObject) -> None:
    """Nothing can be done about the warning any more: its charge is refunded in full, or disputed."""
    for row in resource.of_charge(charge.object_id).filter(data__actionable=True):
        row.data["actionable"] = False
        store.save(row)
        events.emit("radar.early_fraud_warning.updated", row.data, None, {"actionable": True})
