from typing import Any

from django_prose_editor.fields import ProseEditorField

# What staff may write with. The same list makes the editor's buttons and the cleaning on the way in.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Heading": {"levels": [3, 4]},
    "Link": {"protocols": ["https", "http", "mailto"]},
    "HardBreak": True,
    "NoSpellCheck": False,
}


class RichTextField(ProseEditorField):
    """HTML from the editor, cleaned before it is stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", True)
        super().__init__(*args, **kwargs)
