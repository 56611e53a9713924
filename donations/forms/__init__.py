"""What a donor may send. Validates and says kindly what is wrong; saves nothing, calls nobody."""

from donations.forms.answers import Answers
from donations.forms.fields import is_siren, shown_amount, typed_amount
from donations.forms.gift import OTHER, UPDATES_CONSENT, GiftForm
from donations.forms.pledge import PledgeAnswers, PledgeForm
from donations.forms.refund import RefundForm

__all__ = [
    "OTHER",
    "UPDATES_CONSENT",
    "Answers",
    "GiftForm",
    "PledgeAnswers",
    "PledgeForm",
    "RefundForm",
    "is_siren",
    "shown_amount",
    "typed_amount",
]
