"""What a treasurer may type to give money back."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.forms.fields import LineField, amount_message, shown_amount
from donations.models import RefundReason


class RefundForm(forms.Form):
    amount = forms.CharField(
        label=_("Amount to give back"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Say how much is given back.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[each for each in RefundReason.choices if each[0] != RefundReason.STRIPE],
    )
    note = LineField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_(
            "For whoever looks later. No letter tells the donor; a copy of everything kept about them, which"
            " they may ask for, has it."
        ),
    )
    # Marks one showing of the form, so that sending it twice gives back once.
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, left_cents: int) -> None:
        start = {"amount": shown_amount(left_cents), "key": uuid4(), "reason": RefundReason.DONOR}
        super().__init__(data, initial=start)
        self.left_cents = left_cents
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"

    def clean_amount(self) -> int:
        """In cents."""
        try:
            return money.parse(self.cleaned_data["amount"], minimum_cents=1, maximum_cents=self.left_cents)
        except money.TooLarge as error:
            raise forms.ValidationError(_("That is more than is left of this gift.")) from error
        except money.TooSmall as error:
            raise forms.ValidationError(_("Give back at least one cent.")) from error
        except money.Unreadable as error:
            raise forms.ValidationError(amount_message(error, get_language() or "en")) from error
