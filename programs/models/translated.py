"""Words in several languages: one is enough to save, and what another lacks is known and said.

A text shown in a language that lacks it is read in one that has it (modeltranslation's fallback);
`language_of` tells which, so that a page can say so to a screen reader.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import resolution_order

from programs import typography
from programs.models.rich_text import RichTextField

# What the database itself holds rows with an address to: they can be reached in every language.
HAS_ADDRESSES: Final = Q(slug_en__isnull=False) & ~Q(slug_en="") & Q(slug_fr__isnull=False) & ~Q(slug_fr="")

_ADDRESS = "slug"  # derived where it is missing: it is never a missing translation


@dataclass(frozen=True)
class Missing:
    """A text that one language has and `language` lacks."""

    row: "Translated"
    name: str
    language: str

    @property
    def label(self) -> str:
        """What the admin calls it."""
        return str(self.row._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES)[self.language]


@cache
def columns(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    """The translated texts of `model`, each with its field in every language: {"title": {"en": …}}."""
    found: dict[str, dict[str, Any]] = {}
    for field in model._meta.concrete_fields:
        original = getattr(field, "translated_field", None)
        if original is not None:
            found.setdefault(original.name, {})[field.language] = field  # type: ignore[attr-defined]
    return found


def untranslated(model: type["Translated"]) -> Q:
    """Rows of `model` with a text that one language has and another lacks. Their parts aside."""
    found = Q(pk__in=())
    for name, fields in columns(model).items():
        if name != _ADDRESS:
            empty = {code: Q(**{field.name: ""}) | Q(**{field.name: None}) for code, field in fields.items()}
            some, whole = Q(), Q()
            for one in empty.values():
                some, whole = some | one, whole | ~one
            found |= some & whole
    return found


class Translated(models.Model):
    """A row that people read."""

    class Meta:
        abstract = True

    # Whether the row is shown on its programme's page, and answered for there.
    is_part_of_page = False

    def clean_fields(self, exclude: Any = None) -> None:
        """Ask for every text that must be written in one language at least, no matter which."""
        self.complete_words()
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as found:
            found.update_error_dict(errors)
        for fields in columns(type(self)).values():
            asked = [field for field in fields.values() if field.name not in (exclude or ())]
            if (
                asked
                and not asked[0].translated_field.blank
                and not any(getattr(self, field.name) for field in fields.values())
            ):
                here = next((field for field in asked if field.language == get_language()), asked[0])
                text = _("Write this in one language at least.")
                errors.setdefault(here.name, []).append(ValidationError(text, code="no_language"))
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = self.complete_words()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *changed}
        super().save(*args, **kwargs)

    def complete_words(self) -> set[str]:
        """Set the French as French is printed, and give every language its address.

        Returns the names of the fields that changed. Repeating it changes nothing.
        """
        changed = set()
        for name, fields in columns(type(self)).items():
            if not all(field.name in self.__dict__ for field in fields.values()):
                continue  # left in the database by `only` or `defer`
            for field in fields.values():
                was = getattr(self, field.name)
                new = self._address(field) if name == _ADDRESS else _as_printed(field, was)
                if new != was:
                    setattr(self, field.name, new)
                    changed.add(field.name)
        return changed

    def language_of(self, *names: str) -> str:
        """The language in which the first of these texts that is written is read here and now."""
        here = resolution_order(get_language() or settings.LANGUAGE_CODE)
        for name in names:
            fields = columns(type(self))[name]
            for code in here:
                if getattr(self, fields[code].name):
                    return code
        return here[0]

    def other_language_of(self, *names: str) -> str:
        """The same, where it is not the language of the moment; otherwise nothing."""
        language = self.language_of(*names)
        return "" if language == (get_language() or settings.LANGUAGE_CODE) else language

    def missing_translations(self) -> list[Missing]:
        """Each text that one language has and another lacks."""
        return [
            Missing(self, name, code)
            for name, fields in columns(type(self)).items()
            if name != _ADDRESS and any(getattr(self, field.name) for field in fields.values())
            for code, field in fields.items()
            if not getattr(self, field.name)
        ]

    def _address(self, field: Any) -> str | None:
        """The address in a language: as written, else from that language's title, else another's."""
        written: str | None = getattr(self, field.name)
        if written:
            return written
        languages = columns(type(self))[_ADDRESS]
        others = [getattr(self, other.name) for other in languages.values()]
        titles = [
            slugify(getattr(self, f"title_{code}") or "")[: field.max_length].strip("-")
            for code in (field.language, *languages)
        ]
        wish = next(filter(None, [titles[0], *others, *titles]), "")
        return self._free(field, wish) if wish else written

    def _free(self, field: Any, wish: str) -> str:
        """`wish`, or `wish-2` and so on while another row has it."""
        others = type(self)._default_manager.exclude(pk=self.pk)
        if hasattr(self, "program_id"):
            others = others.filter(program_id=self.program_id)
        number, address = 1, wish
        while others.filter(**{field.name: address}).exists():
            number += 1
            ending = f"-{number}"
            address = wish[: field.max_length - len(ending)] + ending
        return address


def _as_printed(field: Any, text: str | None) -> str | None:
    if not text or field.language != "fr":
        return text
    if isinstance(field, RichTextField):
        return typography.french_html(text)
    printed = typography.french(text)
    # Spaces that would no longer fit are not worth a word.
    return text if field.max_length and len(printed) > field.max_length else printed
