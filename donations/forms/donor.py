"""Who gives: the answers that every form about a gift asks of its donor."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.forms.fields import MailField, countries, line, no_link, read_siren
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


def mail(label: Any, *, help_text: Any = "") -> MailField:
    return MailField(
        label=label,
        max_length=254,
        help_text=help_text,
        error_messages={"required": _("Give your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AddressForm(forms.Form):
    """Where somebody lives, as the documents that they are owed must say it."""

    address = line(_("Postal address"), longest=500, autocomplete="address-line1")
    postal_code = line(_("Postal code"), longest=20, autocomplete="postal-code")
    city = line(_("Town or city"), longest=200, autocomplete="address-level2")
    country = forms.ChoiceField(
        label=_("Country"), initial="FR", widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choice("country").choices = countries(get_language() or "en")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
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


class DonorForm(AddressForm):
    """What the documents that a donor is owed must say of them."""

    donor_kind = forms.ChoiceField(label=_("I give"), choices=Kind.choices, widget=forms.RadioSelect)
    first_name = line(_("First name"), longest=500, autocomplete="given-name")
    last_name = line(_("Last name"), longest=500, autocomplete="family-name")
    company_name = line(_("Company name"), longest=500, autocomplete="organization")
    siren = line(
        _("SIREN number"), longest=20, autocomplete="off", help_text=_("Nine digits."), inputmode="numeric"
    )
    email = mail(
        _("E-mail address"), help_text=_("Your thank-you letter and your documents go to this address.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["siren"].optional = True  # type: ignore[attr-defined]  # said in words by the pack
        for name in ("first_name", "last_name", "company_name"):
            self.fields[name].validators = [*self.fields[name].validators, no_link]

    def clean_siren(self) -> str:
        return read_siren(self.cleaned_data["siren"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("donor_kind") == Kind.COMPANY:
            self._require(data, "company_name", _("Give the company’s name."))
        elif "donor_kind" in data:
            self._require(data, "first_name", _("Give your first name."))
            self._require(data, "last_name", _("Give your last name."))
        return data
