"""The door of the admin: passwords are not guessed by trying."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from donations import guard
from donations.guard import counting

# By address alone: counted by name, anybody could keep the treasurer out.
_WRONG_AN_HOUR: Final = 10


class SignInForm(AuthenticationForm):  # type: ignore[misc]  # the library says nothing of its types
    """Looks at no password, and spends no time on one, where too many wrong ones came from before."""

    def clean(self) -> Any:
        address = guard.of(self.request.META, email="").address
        few = counting.per_hour(_WRONG_AN_HOUR)
        if address and not counting.hit(few, "staff", address):
            raise ValidationError(_("Too many wrong passwords came from here. Try again in an hour."))
        cleaned = super().clean()
        if address:
            counting.hit(few, "staff", address, cost=-1)
        return cleaned
