"""What a donor may send. Validates and says kindly what is wrong; saves nothing, calls nobody."""

import re
from dataclasses import dataclass
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money, tax
from donations.forms.answers import Answers
from donations.forms.fields import (
    LineField,
    MailField,
    SpokenSelect,
    amount_message,
    countries,
    is_siren,
    typed_amount,
)
from donations.models import Display, Frequency, Kind, TaxRule
from programs.models import FundingNeed, Program
from programs.templatetags.words import in_its_language

OTHER = "other"

# Written into the donation as agreed to; changing the words changes what later donors agree to.
UPDATES_CONSENT = _(
    "Send me the programme’s progress updates by e-mail. I can stop them in one click, in every letter."
)


@dataclass(frozen=True)
class Suggestion:
    """One amount offered: a radio button and what stands beside it. `amount_cents` None is "other"."""

    value: str
    amount_cents: int | None
    label: str
    net_cost_cents: int | None
    checked: bool


class GiftForm(forms.Form):
    """The gift form of one programme. Others post to it: the names of its fields stay as they are."""

    amount = forms.ChoiceField(label=_("Amount"), widget=forms.RadioSelect, required=False)
    other_amount = LineField(
        label=_("Another amount, in euros"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "transaction-amount"}),
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=[(Frequency.ONCE.value, Frequency.ONCE.label)],
        widget=forms.RadioSelect,
        required=False,
    )
    designation: forms.ModelChoiceField[FundingNeed] = forms.ModelChoiceField(
        FundingNeed.objects.none(),
        label=_("What your gift is for"),
        required=False,
        empty_label=_("Where it is needed most"),
        widget=SpokenSelect,
    )
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
    display = forms.ChoiceField(
        label=_("If the programme’s page names its donors"),
        choices=Display.choices,
        initial=Display.ANONYMOUS,
        widget=forms.RadioSelect,
        required=False,
    )
    public_name = LineField(
        label=_("Name to show"),
        required=False,
        max_length=100,
        help_text=_("Shown only after our team has read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    updates = forms.BooleanField(label=UPDATES_CONSENT, required=False)
    # Marks one showing of the form, so that sending it twice makes one gift.
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # What the guard reads (donations.guard): when the form was shown, the browser's proof of work, and a
    # field that no person sees or fills in.
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, program: Program, tax_rule: TaxRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.tax_rule = tax_rule
        self._suggested = list(program.suggestedamounts.filter(frequency=Frequency.ONCE))
        self._choice("amount").choices = [
            *((typed_amount(row.amount_cents), row.label) for row in self._suggested),
            (OTHER, _("Another amount")),
        ]
        self._choice("country").choices = countries(get_language() or "en")
        cast(
            "forms.ModelChoiceField[FundingNeed]", self.fields["designation"]
        ).queryset = program.fundingneeds.all()
        for name in ("siren", "designation"):
            self.fields[name].optional = True  # type: ignore[attr-defined]  # said in words by the pack
        self.helper = _helper()

    @property
    def suggestions(self) -> list[Suggestion]:
        """The amounts offered, with what each costs after tax where a rule is known."""
        chosen = self["amount"].value() or self._default_amount()
        rows = [
            Suggestion(
                value=typed_amount(row.amount_cents),
                amount_cents=row.amount_cents,
                label=in_its_language(row, "label"),
                net_cost_cents=(
                    tax.net_cost_cents(row.amount_cents, self.tax_rule.rate_percent)
                    if self.tax_rule
                    else None
                ),
                checked=chosen == typed_amount(row.amount_cents),
            )
            for row in self._suggested
        ]
        return [*rows, Suggestion(OTHER, None, str(_("Another amount")), None, chosen == OTHER)]

    def answers(self) -> Answers:
        """The valid form's answers. Call it after `is_valid()`."""
        data = self.cleaned_data
        need = data["designation"]
        company = data["donor_kind"] == Kind.COMPANY
        named = data["display"] == Display.NAME
        return Answers(
            amount_cents=data["amount_cents"],
            frequency=data["frequency"] or Frequency.ONCE,
            designation_id=need.pk if need else None,
            donor_kind=data["donor_kind"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            company_name=data["company_name"] if company else "",
            siren=data["siren"] if company else "",
            email=data["email"],
            address=data["address"],
            postal_code=data["postal_code"],
            city=data["city"],
            country=data["country"],
            display=data["display"] or Display.ANONYMOUS,
            public_name=data["public_name"] if named else "",
            updates_consent=str(UPDATES_CONSENT) if data["updates"] else "",
            language=get_language() or settings.LANGUAGE_CODE,
        )

    def clean_siren(self) -> str:
        siren: str = re.sub(r"[\s.]", "", self.cleaned_data["siren"])
        if siren and not is_siren(siren):
            raise forms.ValidationError(
                _("This is not a SIREN number: nine digits, as on the company’s papers.")
            )
        return siren

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_amount(data)
        if data.get("donor_kind") == Kind.COMPANY:
            self._require(data, "company_name", _("Give the company’s name."))
        elif "donor_kind" in data:
            self._require(data, "first_name", _("Give your first name."))
            self._require(data, "last_name", _("Give your last name."))
        if data.get("country") == "FR":
            self._clean_french_address(data)
        if data.get("display") == Display.NAME:
            self._require(data, "public_name", _("Give the name to show, or choose to stay anonymous."))
        return data

    def _clean_amount(self, data: dict[str, Any]) -> None:
        if "amount" not in data or "other_amount" not in data:
            return  # that field has its own error
        amount, other = data["amount"], data["other_amount"]
        if amount and amount != OTHER:
            text, field = amount, "amount"
        elif amount == OTHER or other:
            text, field = other, "other_amount"
        else:
            self.add_error("amount", _("Choose an amount."))
            return
        try:
            data["amount_cents"] = money.parse(
                text,
                minimum_cents=settings.DONATION_MINIMUM_CENTS,
                maximum_cents=settings.DONATION_MAXIMUM_CENTS,
            )
        except money.Unreadable as error:
            self.add_error(field, amount_message(error, get_language() or "en"))

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

    def _default_amount(self) -> str:
        return next((typed_amount(row.amount_cents) for row in self._suggested if row.is_default), "")


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # the page's own <form> carries the token
    helper.layout = Layout(
        "token",
        "stamp",
        "proof",
        Field("subject", template="donations/_trap.html"),
        Fieldset(
            _("Your gift"),
            Field("amount", template="donations/_amounts.html"),
            Field("frequency"),
            Field("designation"),
        ),
        Fieldset(
            _("About you"),
            Field("donor_kind"),
            Field("company_name"),
            Field("siren"),
            Field("first_name"),
            Field("last_name"),
            Field("email"),
            Field("address"),
            Field("postal_code"),
            Field("city"),
            Field("country"),
        ),
        Fieldset(_("Your choices"), Field("display"), Field("public_name"), Field("updates")),
    )
    return helper
