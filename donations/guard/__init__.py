"""Protection against card testing that no donor notices (docs/decisions/0010-card-testing.md).

Knows what was tried, from where by keyed hashes, and how it ended. Speaks to nobody, Stripe least of all.
"""

from donations.guard.deciding import Outcome, Sent, Verdict, challenge, consider, record, take_back
from donations.guard.form_age import stamp
from donations.guard.outcomes import declined, plan_begun_with, succeeded, tidy
from donations.guard.visitor import Visitor, of

__all__ = [
    "Outcome",
    "Sent",
    "Verdict",
    "Visitor",
    "challenge",
    "consider",
    "declined",
    "of",
    "plan_begun_with",
    "record",
    "stamp",
    "succeeded",
    "take_back",
    "tidy",
]
