"""What somebody sends who means to give by transfer or cheque."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.forms.donor import DONOR_FIELDS, DonorForm
from donations.forms.fields import amount_message, line
from donations.forms.gift import UPDATES_CONSENT
from donations.models import Kind, Way

# Larger than any gift: what is larger is a slip.
LARGEST_CENTS = 10_000_000_000


@dataclass(frozen=True)
class PledgeAnswers:
    """One valid form, typed. `donor` is what `Donor` keeps of it, without the language."""

    way: str
    amount_cents: int | None
    donor: dict[str, str]
    updates_consent: str
    language: str


class PledgeForm(DonorForm):
    """How to give otherwise than on the site: only what the letter and the later documents need."""

    field_order = ("way", "sum", *DONOR_FIELDS)

    way = forms.ChoiceField(label=_("I will send"), choices=Way.choices, widget=forms.RadioSelect)
    sum = line(
        _("Amount, in euros"),
        longest=40,
        help_text=_("If you know it already: it helps us to recognise your gift."),
        inputmode="decimal",
        autocomplete="transaction-amount",
    )
    updates = forms.BooleanField(label=UPDATES_CONSENT, required=False)

    def __init__(self, *args: Any, ways: Sequence[Way], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choice("way").choices = [(way.value, _SENT[way]) for way in ways]
        self.initial.setdefault("way", ways[0].value)
        self.initial.setdefault("donor_kind", Kind.INDIVIDUAL.value)
        self.fields["sum"].optional = True  # type: ignore[attr-defined]  # said in words by the pack
        self.fields["email"].help_text = _("The letter with your reference goes to this address.")
        self.helper = _helper()

    def clean_sum(self) -> int | None:
        """In cents; None where none was given."""
        if not self.cleaned_data["sum"]:
            return None
        try:
            return money.parse(
                self.cleaned_data["sum"],
                minimum_cents=settings.DONATION_MINIMUM_CENTS,
                maximum_cents=LARGEST_CENTS,
            )
        except money.TooLarge:
            raise forms.ValidationError(_("This is more than a form can take: please write to us.")) from None
        except money.Unreadable as error:
            raise forms.ValidationError(amount_message(error, get_language() or "en")) from None

    def answers(self) -> PledgeAnswers:
        """The valid form's answers. Call it after `is_valid()`."""
        data = self.cleaned_data
        company = data["donor_kind"] == Kind.COMPANY
        kept = {name: data[name] for name in DONOR_FIELDS if name != "donor_kind"}
        if not company:
            kept |= {"company_name": "", "siren": ""}
        return PledgeAnswers(
            way=data["way"],
            amount_cents=data["sum"],
            donor={"kind": data["donor_kind"], **kept},
            updates_consent=str(UPDATES_CONSENT) if data["updates"] else "",
            language=get_language() or settings.LANGUAGE_CODE,
        )


_SENT = {Way.TRANSFER: _("A bank transfer"), Way.CHEQUE: _("A cheque")}


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # the page's own <form> carries the token
    helper.layout = Layout(
        Fieldset(_("Your gift"), "way", "sum"),
        Fieldset(_("About you"), *DONOR_FIELDS, "updates"),
    )
    return helper
