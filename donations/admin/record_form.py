"""What staff write down of a gift that did not come through the site."""

import datetime as dt
from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from donations import money, proofs, references
from donations.donors import erasure
from donations.forms import fields
from donations.forms.donor import DONOR_FIELDS
from donations.forms.fields import LineField, MailField, amount_message, countries, shown_amount
from donations.forms.pledge import LARGEST_CENTS
from donations.models import BankLine, Donor, Kind, Method, OfflineGift, Pledge
from donations.models.offline_gift import OTHERWISE
from programs.models import FundingNeed, Program

# Older than any gift that a campaign still has to count.
_EARLIEST = dt.date(2000, 1, 1)
# Of what was chosen and then removed by somebody else.
_REMOVED = {"invalid_choice": _("This is no longer there: choose again.")}

_GIFT = ("program", "method", "amount", "received_on", "designation", "reference")
_DONOR = ("email", *(name for name in DONOR_FIELDS if name != "email"), "language", "public_name")
_PROOF = ("proof", "bank_reference", "note")


line = partial(fields.line, widget=UnfoldAdminTextInputWidget)


class OfflineForm(forms.Form):
    """One gift. `cleaned_data` has `amount_cents`, `pledge` and `donor_answers` after `is_valid()`."""

    program: forms.ModelChoiceField[Program] = forms.ModelChoiceField(
        Program.objects.none(),
        label=_("Programme"),
        widget=UnfoldAdminSelectWidget,
        error_messages=_REMOVED,
    )
    method = forms.ChoiceField(
        label=_("How it came"),
        choices=[(method.value, method.label) for method in OTHERWISE],
        widget=UnfoldAdminSelectWidget,
    )
    amount = line(_("Amount, in euros"), longest=40, required=True, inputmode="decimal", autocomplete="off")
    received_on = forms.DateField(
        label=_("Received on"),
        help_text=_("The day the money was credited, or the cheque or the cash came in."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    designation: forms.ModelChoiceField[FundingNeed] = forms.ModelChoiceField(
        FundingNeed.objects.none(),
        label=_("What it is for"),
        required=False,
        empty_label=_("Where it is needed most"),
        widget=UnfoldAdminSelectWidget,
        error_messages=_REMOVED,
    )
    reference = line(
        _("Reference quoted"),
        longest=40,
        help_text=_("If the donor quoted one: who gives is then known already."),
        autocomplete="off",
    )
    email = MailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_(
            "The letter of thanks and the document go there. Of a known address the rest may stay empty."
        ),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    donor_kind = forms.ChoiceField(
        label=_("Who gives"),
        choices=[(Kind.INDIVIDUAL.value, _("A person")), (Kind.COMPANY.value, _("A company"))],
        widget=UnfoldAdminSelectWidget,
    )
    first_name = line(_("First name"), longest=500)
    last_name = line(_("Last name"), longest=500)
    company_name = line(_("Company name"), longest=500)
    siren = line(_("SIREN number"), longest=20, inputmode="numeric")
    address = line(_("Postal address"), longest=500)
    postal_code = line(_("Postal code"), longest=20)
    city = line(_("Town or city"), longest=200)
    country = forms.ChoiceField(label=_("Country"), initial="FR", widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(
        label=_("Language of letters"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    public_name = line(
        _("Name to show"), longest=100, help_text=_("Empty: the donor stays anonymous on the page.")
    )
    bank_reference = line(
        _("Bank’s reference"),
        longest=140,
        help_text=_("As on the statement or the deposit slip. Needed where there is no file."),
    )
    proof = forms.FileField(
        label=_("Proof"),
        required=False,
        max_length=200,
        help_text=_("A PDF, JPEG or PNG of at most 10 MB: the cheque, the slip, the letter."),
        widget=UnfoldAdminFileFieldWidget,
    )
    note = line(
        _("Note for the team"),
        longest=500,
        help_text=_(
            "For whoever looks later. No letter tells the donor; a copy of everything kept about them, which"
            " they may ask for, has it."
        ),
    )

    def __init__(
        self,
        *args: Any,
        kept: proofs.Proof | None = None,
        line: BankLine | None = None,
        **kwargs: Any,
    ) -> None:
        """`kept` is a proof that came with this form before; `line` is the bank's, which says the facts."""
        super().__init__(*args, **kwargs)
        self.kept, self.line = kept, line
        if line:
            for name, value in _facts_of(line).items():
                self.initial[name], self.fields[name].disabled = value, True
        self._models("program").queryset = Program.objects.all()
        self._models("designation").queryset = FundingNeed.objects.select_related("program")
        cast(forms.ChoiceField, self.fields["country"]).choices = countries(get_language() or "en")

    def clean_amount(self) -> str:
        typed: str = self.cleaned_data["amount"]
        try:
            self.cleaned_data["amount_cents"] = money.parse(
                typed, minimum_cents=1, maximum_cents=LARGEST_CENTS
            )
        except money.TooSmall:
            raise forms.ValidationError(_("A gift is more than nothing.")) from None
        except money.TooLarge:
            raise forms.ValidationError(_("This is more than one gift can be here.")) from None
        except money.Unreadable as error:
            raise forms.ValidationError(amount_message(error, get_language() or "en")) from None
        return typed

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: only what has arrived is recorded."))
        if day < _EARLIEST:
            raise forms.ValidationError(_("This is too long ago to be right."))
        return day

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        self.cleaned_data["pledge"] = None
        if not typed:
            return ""
        pledge = Pledge.objects.select_related("donor").filter(reference=references.read(typed)).first()
        if pledge is None:
            raise forms.ValidationError(_("Nobody was given this reference. Read it again, or leave it out."))
        self.cleaned_data["pledge"] = pledge
        return pledge.reference

    def clean_email(self) -> str:
        """No gift joins the row of somebody who was forgotten."""
        email: str = self.cleaned_data["email"]
        if erasure.is_placeholder(email):
            raise forms.ValidationError(_("This stands for an address that was erased. Leave it empty."))
        return email

    def clean_siren(self) -> str:
        return fields.read_siren(self.cleaned_data["siren"])

    def clean_proof(self) -> proofs.Proof | None:
        """The file, kept; or the one that came before."""
        upload = self.cleaned_data["proof"]
        if not upload:
            return self.kept
        if upload.size > proofs.MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        try:
            self.kept = proofs.keep(upload.name, upload.read())
        except proofs.NotAProof:
            raise forms.ValidationError(
                _("This is not a PDF, a JPEG or a PNG, whatever its name says, or it is broken.")
            ) from None
        return self.kept

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        need, program = data.get("designation"), data.get("program")
        if need and program and need.program_id != program.pk:
            self.add_error("designation", _("This belongs to another programme."))
        if not data.get("proof") and not data.get("bank_reference") and "proof" not in self.errors:
            self.add_error("proof", _("Give a file, or the bank’s reference: a gift needs a proof."))
        if not self.errors:
            data["donor_answers"] = self._donor(data)
        return data

    def _donor(self, data: dict[str, Any]) -> dict[str, str]:
        """Who gives: as written here, or as the reference or the e-mail address says."""
        written = any(data[name] for name in ("first_name", "last_name", "company_name"))
        if not written and (known := self._known(data)):
            return answers_of(known)
        company = data["donor_kind"] == Kind.COMPANY
        named = "company_name" if company else "last_name"
        if not data[named]:
            self.add_error(named, _("Who gave it? A name is needed."))
            return {}
        kept = {name: data[name] for name in DONOR_FIELDS if name != "donor_kind"}
        if not company:
            kept |= {"company_name": "", "siren": ""}
        return {"kind": data["donor_kind"], **kept, "language": data["language"]}

    def _known(self, data: dict[str, Any]) -> Donor | None:
        """Nobody where whoever announced the gift was forgotten since: a document states a name."""
        announced = data["pledge"].donor if data["pledge"] else None
        if isinstance(announced, Donor) and not erasure.is_placeholder(announced.email):
            return announced
        if not data["email"]:
            return None
        return Donor.objects.filter(email=data["email"]).order_by("-pk").first()

    @property
    def gift_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _GIFT]

    @property
    def donor_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _DONOR]

    @property
    def proof_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _PROOF]

    def _models(self, name: str) -> "forms.ModelChoiceField[Any]":
        return cast("forms.ModelChoiceField[Any]", self.fields[name])


def answers_of(donor: Donor) -> dict[str, str]:
    """What a donor once said of themselves, to be said again."""
    names = [name for name in DONOR_FIELDS if name != "donor_kind"]
    return {"kind": donor.kind, **{name: getattr(donor, name) for name in names}, "language": donor.language}


def as_typed(donor: Donor) -> dict[str, str]:
    """The same, as the form shows it; without what stands for an address that was erased."""
    answers = answers_of(donor)
    if erasure.is_placeholder(donor.email):
        answers["email"] = ""
    return {"donor_kind": answers.pop("kind"), **answers}


def as_recorded(gift: OfflineGift) -> dict[str, Any]:
    """What was written down of a gift, as the form shows it; a proof's file is sent in again."""
    donation = gift.donation
    return {
        "program": donation.program_id,
        "method": donation.method,
        "amount": shown_amount(donation.amount_cents),
        "received_on": gift.received_on.isoformat(),
        "designation": donation.designation_id,
        "reference": donation.reference,
        "public_name": donation.public_name,
        "bank_reference": gift.bank_reference,
        "note": gift.note,
        **as_typed(donation.donor),
    }


def reference_of(line: BankLine) -> str:
    """What a gift has as the bank's reference that was recorded from this line."""
    return line.bank_reference or line.text[:140] or f"{line.account} {line.booked_on}"


def _facts_of(line: BankLine) -> dict[str, Any]:
    """What the bank says, which nobody types: a disabled field keeps it whatever is sent."""
    return {
        "method": Method.TRANSFER.value,
        "amount": shown_amount(line.amount_cents),
        "received_on": line.booked_on,
        "bank_reference": reference_of(line),
    }


class UndoForm(forms.Form):
    """Why a gift that was recorded is taken off again."""

    reason = LineField(
        label=_("Why"),
        max_length=500,
        help_text=_(
            "Whoever reads the books later reads this, and the donor in a copy of everything kept about them:"
            " recorded twice, another amount, no such cheque."
        ),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Say why: the books keep the mistake and its reason.")},
    )
