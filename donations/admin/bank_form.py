"""What staff send about a bank's statement: the file, what its columns mean, why a line is no gift."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from donations import iban
from donations.bank import table
from donations.bank.movements import MOST_BYTES, Unreadable
from donations.forms.fields import LineField

_LABELS = {
    "date": _("Date"),
    "amount": _("Amount, with its sign"),
    "credit": _("Credit"),
    "debit": _("Debit"),
    "direction": _("Credit or debit, where amounts have no sign"),
    "name": _("From whom"),
    "text": _("Message"),
    "reference": _("Bank’s reference"),
    "currency": _("Currency"),
}
_WRONG = {
    "account": _("An entry names no account."),
    "amount": _("An amount cannot be read, or is negative."),
    "camt": _("This XML is not a camt.053 statement."),
    "columns": _("Say at least which columns hold the date and the amount."),
    "currency": _("A currency cannot be read."),
    "date": _("A date cannot be read."),
    "direction": _("A line says neither credit nor debit."),
    "future": _("A date is still to come: is the right column chosen?"),
    "headings": _("No row of headings was found: date, amount or credit, label."),
    "large": _("This file is larger than 10 MB."),
    "long": _("This file has too many lines or columns for a statement."),
    "quotes": _("A quotation mark is not closed, so that lines run together."),
    "text": _("This is neither a table nor a statement in XML."),
    "xml": _("This XML is broken, or holds what no statement needs."),
}


def explain(error: Unreadable) -> str:
    """Why a file was refused, and where."""
    said = str(_WRONG[error.code])
    return f"{said} {_('Line %d.') % error.where}" if error.where else said


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Statement"),
        max_length=200,
        help_text=_("As downloaded from the bank: camt.053 (XML) or a table (CSV), at most 10 MB."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
        widget=UnfoldAdminFileFieldWidget,
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_WRONG["large"])
        return upload


class ColumnsForm(forms.Form):
    """Which column says what, guessed and to be confirmed."""

    account = LineField(
        label=_("Account"),
        max_length=50,
        help_text=_("The IBAN this table is of: lines are told apart by account."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, table: table.Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "–"),
            *((str(place), f"{place + 1}. {name}") for place, name in enumerate(table.headings)),
        ]
        for role, label in _LABELS.items():
            self.fields[role] = forms.ChoiceField(
                label=label, choices=choices, required=role == "date", widget=UnfoldAdminSelectWidget
            )

    def clean_account(self) -> str:
        account = iban.tidy(self.cleaned_data["account"])
        if not iban.is_iban(account):
            raise forms.ValidationError(_("This is not an IBAN: a character is missing, too many or wrong."))
        return account

    def columns(self) -> dict[str, int]:
        return {role: int(self.cleaned_data[role]) for role in _LABELS if self.cleaned_data.get(role)}


class DismissForm(forms.Form):
    reason = LineField(
        label=_("Why it is no gift"),
        max_length=300,
        error_messages={"required": _("Say why: whoever looks later wants to know.")},
        widget=UnfoldAdminTextInputWidget,
    )


def file_of(form: UploadForm) -> tuple[str, bytes]:
    upload = form.cleaned_data["file"]
    return upload.name, cast(bytes, upload.read())
