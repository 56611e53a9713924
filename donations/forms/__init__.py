"""What a donor may send. Validates and says kindly what is wrong; saves nothing, calls nobody."""

from donations.forms.answers import Answers
from donations.forms.fields import is_siren, typed_amount
from donations.forms.gift import OTHER, UPDATES_CONSENT, GiftForm, Suggestion

__all__ = ["OTHER", "UPDATES_CONSENT", "Answers", "GiftForm", "Suggestion", "is_siren", "typed_amount"]
