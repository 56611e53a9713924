"""Our ledger beside Stripe's books: what differs is found, repaired where it can be, and shown.

Finding never changes the ledger. Repairing goes the way that every gift goes: `reconcile` asks Stripe
and `payments` settles.
"""

from donations.comparison.finding import Finding, find
from donations.comparison.repairing import repair
from donations.comparison.running import DAYS, DEAD_AFTER, Outcome, compare, is_due
from donations.comparison.standing import explain, look_again

__all__ = [
    "DAYS",
    "DEAD_AFTER",
    "Finding",
    "Outcome",
    "compare",
    "explain",
    "find",
    "is_due",
    "look_again",
    "repair",
]
