"""What a donor may send from their own space."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from donations.forms.fields import MailField


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
