"""Rich text: what staff may write with, and the cleaning of it before it reaches the database."""

import re
from typing import Any

import nh3
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django_prose_editor.config import allowlist_from_extensions
from django_prose_editor.fields import ProseEditorField

# The same list makes the editor's buttons and the cleaning on the way in.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Heading": {"levels": [3, 4]},
    "Link": {"protocols": ["https", "http", "mailto"], "enableTarget": False},
    "HardBreak": True,
    "NoSpellCheck": False,
}

_cleaner = nh3.Cleaner(
    **allowlist_from_extensions(EXTENSIONS),
    # Their text goes with them: Word pastes its settings as <xml> and its styles as <style>.
    clean_content_tags={"script", "style", "xml", "title", "template", "svg", "math", "iframe", "object"},
)
# Editors and Word leave these where a line was left empty.
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>\s*")


def clean(html: str) -> str:
    """Only the tags and links that the editor offers. Cleaning what is clean changes nothing."""
    return _EMPTY_PARAGRAPH.sub("", _cleaner.clean(html)).strip()


class RichTextField(ProseEditorField):
    """HTML from the editor. Whoever writes it, and by whatever way, only clean HTML is stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", clean)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Clean the instance too, so that what it shows and what history keeps is what is stored."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = clean(value)
            # Not setattr: on the untranslated name it would write into the language of the moment.
            model_instance.__dict__[self.attname] = value
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """The one gate to the database: `save`, `update`, `bulk_create` and `bulk_update` pass here."""
        return super().get_db_prep_save(clean(value) if isinstance(value, str) else value, connection)
