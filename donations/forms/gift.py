"""What a donor may send. Validates and says kindly what is wrong; saves nothing, calls nobody."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.forms.answers import Answers
from donations.forms.donor import DONOR_FIELDS, DonorForm
from donations.forms.fields import SpokenSelect, amount_message, line, typed_amount
from donations.forms.offers import Offer, default_amount, offers
from donations.models import Display, Frequency, Kind, TaxRule
from programs.models import FundingNeed, Program

OTHER = "other"

# Written into the donation as agreed to; changing the words changes what later donors agree to.
UPDATES_CONSENT = _(
    "Send me the programme’s progress updates by e-mail. I can stop them in one click, in every letter."
)


class GiftForm(DonorForm):
    """The gift form of one programme. Others post to it: the names of its fields stay as they are."""

    field_order = ("frequency", "amount", "other_amount", "designation", *DONOR_FIELDS)

    amount = forms.ChoiceField(label=_("Amount"), widget=forms.RadioSelect, required=False)
    other_amount = line(
        _("Another amount, in euros"), longest=40, inputmode="decimal", autocomplete="transaction-amount"
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Frequency.choices,
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
    display = forms.ChoiceField(
        label=_("If the programme’s page names its donors"),
        choices=Display.choices,
        initial=Display.ANONYMOUS,
        widget=forms.RadioSelect,
        required=False,
    )
    public_name = line(
        _("Name to show"),
        longest=100,
        help_text=_("Shown only after our team has read it."),
        autocomplete="off",
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
        self._suggested = list(program.suggestedamounts.all())
        # Where two frequencies suggest the same amount, one answer means both.
        values = dict.fromkeys(typed_amount(row.amount_cents) for row in self._suggested)
        self._choice("amount").choices = [*((each, each) for each in values), (OTHER, _("Another amount"))]
        cast(
            "forms.ModelChoiceField[FundingNeed]", self.fields["designation"]
        ).queryset = program.fundingneeds.all()
        self.fields["designation"].optional = True  # type: ignore[attr-defined]  # said in words by the pack
        self.helper = _helper()

    @property
    def offers(self) -> list[Offer]:
        """The amounts offered, by how often one gives."""
        return offers(
            self._suggested,
            frequency=self["frequency"].value() or Frequency.ONCE,
            chosen=self._chosen_amount(),
            tax_rule=self.tax_rule,
        )

    @property
    def other_chosen(self) -> bool:
        """Whether the button for an amount of the donor's own is pressed."""
        return self._chosen_amount() == OTHER

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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_amount(data)
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

    def _chosen_amount(self) -> str:
        return self["amount"].value() or default_amount(self._suggested)


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
            Field("frequency"),
            Field("amount", template="donations/_amounts.html"),
            Field("designation"),
        ),
        Fieldset(_("About you"), *DONOR_FIELDS),
        Fieldset(_("Your choices"), Field("display"), Field("public_name"), Field("updates")),
    )
    return helper
