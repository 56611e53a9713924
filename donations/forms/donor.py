"""Who gives: the answers that every form about a gift asks of its donor."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.forms.fields import LineField, MailField, countries, is_siren
from donations.models import Kind

# In the order in which they are asked.
DONOR_FIELDS = (
    "donor_kind",
    "company_name",
    "siren",
    "first_name",
    "last_name",
    "email",
    "address",
    "postal_code",
    "city",
    "country",
)


class DonorForm(forms.Form):
    """What the documents that a donor is owed must say of them."""

    donor_kind = forms.ChoiceField(label=_("I give"), choices=Kind.choices, widget=forms.RadioSelect)
    first_name = LineField(
        label=_("First name"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = LineField(
        label=_("Last name"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    company_name = LineField(
        label=_("Company name"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    siren = LineField(
        label=_("SIREN number"),
        required=False,
        max_length=20,
        help_text=_("Nine digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = MailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Your thank-you letter and your documents go to this address."),
        error_messages={"required": _("Give your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
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
    country = forms.ChoiceField(
        label=_("Country"), initial="FR", widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choice("country").choices = countries(get_language() or "en")
        self.fields["siren"].optional = True  # type: ignore[attr-defined]  # said in words by the pack

    def clean_siren(self) -> str:
        siren: str = re.sub(r"[\s.]", "", self.cleaned_data["siren"])
        if siren and not is_siren(siren):
            raise forms.ValidationError(
                _("This is not a SIREN number: nine digits, as on the company’s papers.")
            )
        return siren

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("donor_kind") == Kind.COMPANY:
            self._require(data, "company_name", _("Give the company’s name."))
        elif "donor_kind" in data:
            self._require(data, "first_name", _("Give your first name."))
            self._require(data, "last_name", _("Give your last name."))
        if data.get("country") == "FR":
            self._clean_french_address(data)
        return data

    def _clean_french_address(self, data: dict[str, Any]) -> None:
        why = _("Needed for the documents we owe you.")
        for name in ("address", "postal_code", "city"):
            self._require(data, name, why)
        code = data.get("postal_code", "").replace(" ", "")
        if code and not re.fullmatch(r"[0-9]{5}", code):
            self.add_error("postal_code", _("A French postal code has five digits."))
        data["postal_code"] = code

    def _require(self, data: dict[str, Any], name: str, message: Any) -> None:
        if not data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def _choice(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])
