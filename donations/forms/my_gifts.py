"""What a donor may send from their own space."""

from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.forms.donor import AddressForm, mail
from donations.forms.fields import LineField, amount_message, shown_amount
from donations.forms.gift import UPDATES_CONSENT
from programs.models import Program


class OwnForm(forms.Form):
    """The page writes the form's tag and its token."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class SignInForm(OwnForm):
    email = mail(_("E-mail address"), help_text=_("The one you gave with."))


class EmailForm(OwnForm):
    """The address to use from now on, another than `old`."""

    email = mail(_("New e-mail address"))

    def __init__(self, *args: Any, old: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old = old

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.old:
            raise forms.ValidationError(_("This is your address already."))
        return email


class AmountForm(OwnForm):
    """Another amount for a recurring gift, in euros; `cents` when it is valid."""

    amount = LineField(
        label=_("Amount, in euros"),
        max_length=40,
        error_messages={"required": _("Choose an amount.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "transaction-amount"}),
    )

    def __init__(self, *args: Any, cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"amount": shown_amount(cents)}, **kwargs})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data:
            try:
                data["cents"] = money.parse(
                    data["amount"],
                    minimum_cents=settings.DONATION_MINIMUM_CENTS,
                    maximum_cents=settings.DONATION_MAXIMUM_CENTS,
                )
            except money.Unreadable as error:
                self.add_error("amount", amount_message(error, get_language() or "en"))
        return data


class ReasonForm(OwnForm):
    """Why somebody ends their gift, if they care to say."""

    reason = forms.CharField(
        label=_("Why, if you care to say"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).replace("\x00", "").split())


class ContactForm(OwnForm, AddressForm):
    """Where the documents of gifts to come are addressed, and in which language letters are written."""

    language = forms.ChoiceField(
        label=_("Language of our letters"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class NewsForm(OwnForm):
    """Which programmes to hear of: one box for each."""

    programs = forms.MultipleChoiceField(
        label=_("Programmes"), help_text=UPDATES_CONSENT, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: Iterable[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.slug_en, each.title) for each in offered]
        cast(forms.MultipleChoiceField, self.fields["programs"]).choices = choices
