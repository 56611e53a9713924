"""What a donor may send from their own space."""

import re
from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.forms.fields import LineField, MailField, amount_message, countries, typed_amount
from programs.models import Program


class OwnForm(forms.Form):
    """The page writes the form's tag and its token."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class SignInForm(OwnForm):
    email = MailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The one you gave with."),
        error_messages={"required": _("Give your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class EmailForm(OwnForm):
    """The address to use from now on, another than `old`."""

    email = MailField(
        label=_("New e-mail address"),
        max_length=254,
        error_messages={"required": _("Give your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

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
        super().__init__(*args, **{"initial": {"amount": typed_amount(cents)}, **kwargs})

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


class ContactForm(OwnForm):
    """Where the documents of gifts to come are addressed, and in which language letters are written."""

    address = LineField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postal_code = LineField(
        label=_("Postal code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = LineField(
        label=_("Town or city"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"}))
    language = forms.ChoiceField(
        label=_("Language of our letters"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["country"]).choices = countries(get_language() or "en")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("country") == "FR":
            for name in ("address", "postal_code", "city"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed for the documents we owe you."))
            code = data.get("postal_code", "").replace(" ", "")
            if code and not re.fullmatch(r"[0-9]{5}", code):
                self.add_error("postal_code", _("A French postal code has five digits."))
            data["postal_code"] = code
        return data


class NewsForm(OwnForm):
    """Which programmes to hear of: one box for each."""

    programs = forms.MultipleChoiceField(
        label=_("Programmes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: Iterable[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.slug_en, each.title) for each in offered]
        cast(forms.MultipleChoiceField, self.fields["programs"]).choices = choices
