"""Kinds of answers: a line of text, a SIREN number, a country, an amount that cannot be read."""

import re
import unicodedata
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donations import money

# Marks that turn the direction of what follows: of no use in a name, and able to disguise one.
_DIRECTION_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


# What mail programs make a link of, unless people are called so: `J.Dupont/M.Martin`. It reads a text once:
# a name of a megabyte, which is refused for its length besides, would else take half an hour.
_LINK = re.compile(r"://|\bwww\.|\w\w\.[a-z]{2,}/", re.IGNORECASE)

_LONGEST_MAIL = 254
# IDNA 2003, which mail still speaks here, and IDNA 2008 make different domains of these (UTS 46,
# "deviations").
_MOVED = re.compile("[ßς\u200c\u200d]")


class SpokenSelect(forms.Select):
    """Choices out of the site's words, each with its language where that is not the page's."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        row = getattr(value, "instance", None)
        if row is not None and (language := row.other_language_of("label")):
            option["attrs"]["lang"] = language
        return option


class LineField(forms.CharField):
    """One line of text: white space and control characters become single spaces."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = "".join(" " if unicodedata.category(mark) == "Cc" else mark for mark in text)
        return " ".join(text.translate(_DIRECTION_MARKS).split())


def line(
    label: Any,
    *,
    longest: int,
    required: bool = False,
    help_text: Any = "",
    widget: type[forms.TextInput] = forms.TextInput,
    **attrs: str,
) -> LineField:
    """A field of one line; `attrs` are its input's."""
    return LineField(
        label=label, required=required, max_length=longest, help_text=help_text, widget=widget(attrs=attrs)
    )


def no_link(name: str) -> None:
    """Refuse a link as a name. Names go into letters to an address that anybody may have typed: with a link
    in one, our letters would carry strangers' advertisements. Marks that nobody sees and letters leave out
    (`outreach.rendering`) hide none.
    """
    seen = "".join(mark for mark in name if unicodedata.category(mark) != "Cf")
    if _LINK.search(seen):
        raise forms.ValidationError(_("A name holds no link."))


class MailField(forms.EmailField):
    """An e-mail address in lower case and in one spelling, such as a mail server can be given.

    Django's own check also takes control characters in quotes and domains that have no ASCII form: to
    those no letter would ever leave. And domains whose ASCII form has changed (straße.de was strasse.de
    before 2010): they may be written as it stands, so that no letter reaches a stranger.
    """

    def to_python(self, value: Any) -> str:
        return _in_one_spelling((super().to_python(value) or "").lower())

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _can_be_written_to(value):
            raise forms.ValidationError(validate_email.message, code="invalid")


def _in_one_spelling(email: str) -> str:
    """The address as it is kept, however its domain was typed: in wide letters, say, or in ASCII (`xn--`).

    Mail to all of them comes to one mailbox: letters are counted, gifts found and wishes not to be written to
    kept by it. What has no such spelling is left as it is, to be refused.
    """
    local, at, domain = email.rpartition("@")
    if len(email) > _LONGEST_MAIL or _MOVED.search(domain):
        return email
    try:
        return local + at + domain.encode("idna").decode("idna")
    except UnicodeError:
        return email


def _can_be_written_to(email: str) -> bool:
    local, _at, domain = email.rpartition("@")
    # Looked at before the domain is written in ASCII, letter by letter.
    if len(email) > _LONGEST_MAIL or _MOVED.search(domain):
        return False
    try:
        plain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    if not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", plain):
        return False
    return local.isprintable() and " " not in local and len(local) + len(plain) < 254


def amount_message(error: money.Unreadable, language: str) -> str:
    """Say what is wrong with an amount, in plain words."""
    match error:
        case money.Ambiguous(readings=(large, small)):
            return _(
                "This can be read as %(large)s or as %(small)s. Which one? Write it without the mark."
            ) % {
                "large": money.format_money(large, language=language),
                "small": money.format_money(small, language=language),
            }
        case money.Ambiguous(readings=(large, *_rest)):
            return _("Do you mean %(large)s? Then write it without the mark.") % {
                "large": money.format_money(large, language=language)
            }
        case money.TooSmall():
            return _("The smallest gift is %(amount)s: below it, fees would take too much.") % {
                "amount": money.format_money(settings.DONATION_MINIMUM_CENTS, language=language)
            }
        case money.TooLarge():
            return _("Online gifts go up to %(amount)s. For a larger one, please write to us.") % {
                "amount": money.format_money(settings.DONATION_MAXIMUM_CENTS, language=language)
            }
        case money.TooPrecise():
            return _("An amount has at most two digits after the comma, such as 50.25.")
        case _:
            return _("Write the amount in figures, such as 50 or 50.25.")


def typed_amount(amount_cents: int) -> str:
    """An amount as a radio button sends it: `50`, or `12.50`."""
    euros, cents = divmod(amount_cents, 100)
    return f"{euros}.{cents:02d}" if cents else str(euros)


def shown_amount(amount_cents: int) -> str:
    """An amount in a field that a person may change, as one writes it in the page's language: `12,50`."""
    typed = typed_amount(amount_cents)
    return typed.replace(".", ",") if (get_language() or "en").startswith("fr") else typed


def is_siren(text: str) -> bool:
    """Nine digits whose Luhn sum is a multiple of ten (INSEE's own check)."""
    if not re.fullmatch(r"[0-9]{9}", text):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(text)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0


def read_siren(typed: str) -> str:
    """The nine digits, or nothing where nothing was typed. Raises `ValidationError`."""
    siren = re.sub(r"[\s.]", "", typed)
    if siren and not is_siren(siren):
        raise forms.ValidationError(_("This is not a SIREN number: nine digits, as on the company’s papers."))
    return siren


def countries(language: str) -> list[tuple[str, str]]:
    """Every country's ISO code and name in `language`, France first, then by name."""
    names = Locale.parse(language).territories
    rows = [(code, name) for code, name in names.items() if re.fullmatch(r"[A-Z]{2}", code)]
    rows = [row for row in rows if row[0] not in _NOT_COUNTRIES]
    rows.sort(key=lambda row: (row[0] != "FR", _sort_key(row[1])))
    return rows


# Codes in the list of territories that are no place to live: groups, test codes and the unknown.
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def _sort_key(name: str) -> str:
    return "".join(
        mark for mark in unicodedata.normalize("NFD", name) if not unicodedata.combining(mark)
    ).lower()
