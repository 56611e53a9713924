"""Rich text: what staff may write with, and the cleaning of it before it reaches the database."""

import re
from typing import Any, Final

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
# What pasted text says with other tags than the editor's: the nearest that it has, before the others go.
_NEAREST: Final = {
    "b": "strong", "i": "em", "div": "p", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "tr": "p",
}  # fmt: skip
_TAG = re.compile(rf"<(/?)({'|'.join(_NEAREST)})(?=[\s>/])([^<>]*)>", re.IGNORECASE)
# Left where they stand, these would glue words together or throw paragraphs out of their table.
_TABLE = re.compile(
    r"</?(?:table|tbody|thead|tfoot|colgroup|col|td|th|caption)(?=[\s>/])[^<>]*>", re.IGNORECASE
)
# Word's own conditional comments, as written for everybody but itself: <![if !supportLists]>.
_CONDITION = re.compile(r"<!\[[^<>]*\]>")
# Editors and Word leave these where a line was left empty, and where a link lost its target.
_EMPTY_MARK = re.compile(r"<(strong|em)>((?:\s|&nbsp;)*)</\1>")
_EMPTY_BLOCK = re.compile(r"<(p|h3|h4|li|ul|ol|blockquote)>(?:\s|&nbsp;|<br>)*</\1>\s*")
_ANCHOR = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_SPACES = re.compile(r"(?:&nbsp;|\s){2,}")


def clean(html: str) -> str:
    """Only the tags and links that the editor offers, and all the words.

    Cleaning what is clean changes nothing.
    """
    kept = _CONDITION.sub("", _TABLE.sub(" ", _TAG.sub(_nearest, html)))
    kept = _SPACES.sub(_one_space, _ANCHOR.sub(r"\1", _cleaner.clean(kept)))
    while (less := _EMPTY_BLOCK.sub("", _EMPTY_MARK.sub(r"\2", kept))) != kept:
        kept = less
    return kept.strip()


def _one_space(run: re.Match[str]) -> str:
    """A row of spaces that do not break is there for show; one alone may be French typography."""
    return " " if "&nbsp;" in run[0] or "\u00a0" in run[0] else run[0]


def _nearest(tag: re.Match[str]) -> str:
    """The same tag under the name that the editor knows; what is said in it goes."""
    return f"<{tag[1]}{_NEAREST[tag[2].lower()]}>"


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
