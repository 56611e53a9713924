"""Amounts as staff write them, in euros, and as the database keeps them, in integer cents."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from babel import Locale
from babel.numbers import format_currency
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Get_co = TypeVar("_Get_co", covariant=True)

_SPACES = re.compile("[\\s\u00a0\u202f]")  # the spaces that French puts between thousands
_PLAIN = re.compile(r"(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_UNCLEAR = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)


def parse(text: str) -> int:
    """Cents from `1000`, `1 000`, `1000,50`, `1000.50` or `1,000,000`; raises ValidationError otherwise.

    `1.000` and `1,000` are refused rather than guessed: one reader in two would mean a thousand.
    """
    written = _SPACES.sub("", text).removesuffix("€").removeprefix("€")
    if _UNCLEAR.fullmatch(written):
        raise ValidationError(
            _("Is this %(small)s or %(large)s euros? Write it without the separator."),
            code="unclear",
            params={"small": written[:-4], "large": re.sub("[.,]", "", written)},
        )
    for separator in (",", "."):
        if re.fullmatch(rf"\d{{1,3}}(?:\{separator}\d{{3}}){{2,}}", written, re.ASCII):
            written = written.replace(separator, "")
    plain = _PLAIN.fullmatch(written)
    if plain is None:
        raise ValidationError(_("Write an amount in euros, such as 1000 or 1000.50."), code="invalid")
    euros, cents = plain.groups()
    return int(euros) * 100 + int((cents or "").ljust(2, "0"))


def written(cents: int) -> str:
    """`cents` as staff would type them: 1000000, 12.50, and with a comma in French."""
    euros, rest = divmod(cents, 100)
    separator = "," if get_language() == "fr" else "."
    return f"{euros}{separator}{rest:02}" if rest else str(euros)


def shown(cents: int) -> str:
    """`cents` as people read them: €1,000,000 or €12.50, and 1 000 000 € in French."""
    locale = Locale.parse(get_language() or "en", sep="-")
    pattern: str = locale.currency_formats["standard"].pattern
    whole = cents % 100 == 0
    return format_currency(
        Decimal(cents).scaleb(-2),
        "EUR",
        pattern.replace(".00", "") if whole else pattern,
        locale=locale,
        currency_digits=False,
    )


class EurosFormField(forms.CharField):
    """A text input in euros whose value is in cents. Optional and empty is None."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name in ("min_value", "max_value"):
            kwargs.pop(name, None)  # of the column, in cents: the model's validators say it in euros
        kwargs.setdefault("max_length", 40)
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "class": "euros"})
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return parse(text) if text else None

    def run_validators(self, value: Any) -> None:
        """Those of a text do not apply to a number; the model's own validators follow."""

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


if TYPE_CHECKING:
    _Column = models.PositiveBigIntegerField
else:

    class _Column(models.PositiveBigIntegerField):
        def __class_getitem__(cls, _types: Any) -> type[models.PositiveBigIntegerField]:
            return models.PositiveBigIntegerField


class CentsField(_Column[_Set_contra, _Get_co]):
    """Integer cents in the database, euros in every form."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": EurosFormField, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveBigIntegerField", list(args), kwargs
