"""Filling in a form of the admin as a browser does: what it shows is what it sends back."""

import io
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from programs.models import Program


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "input" and name and facts.get("type") not in {"submit", "file"}:
            if facts.get("type") not in {"checkbox", "radio"}:
                self.values[name] = facts.get("value") or ""
            elif "checked" in facts:
                self.values[name] = facts.get("value") or "on"
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in facts:
            self.values[self._select] = facts.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data


def filled(response: Any) -> dict[str, Any]:
    """Every value that the forms of a page would send, by the controls' names."""
    controls = _Controls()
    controls.feed(response.content.decode())
    controls.values.pop("csrfmiddlewaretoken", None)
    return {
        name: value.removeprefix("\n") for name, value in controls.values.items() if "__prefix__" not in name
    }


def address(row: Any, action: str = "change") -> str:
    return f"/admin/programs/{row._meta.model_name}/{row.pk}/{action}/"


def picture(
    width: int = 40, height: int = 30, name: str = "lab.jpg", kind: str = "JPEG"
) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "#a02030").save(data, kind)
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")


def with_picture(form: dict[str, Any], upload: SimpleUploadedFile, **fields: str) -> dict[str, Any]:
    return {
        **form,
        "pictures-TOTAL_FORMS": "1",
        "pictures-0-order": "0",
        "pictures-0-image": upload,
        "pictures-0-alternative_text_en": "A laboratory",
        "pictures-0-alternative_text_fr": "Un laboratoire",
        **{f"pictures-0-{name}": value for name, value in fields.items()},
    }


def new_update(hematology: Program, **fields: Any) -> dict[str, Any]:
    return {
        "program": hematology.pk,
        "title_en": "First steps",
        "title_fr": "Premiers pas",
        "slug_en": "first-steps",
        "slug_fr": "premiers-pas",
        "body_en": "<p>It began.<script>1</script></p>",
        "body_fr": "<p>C’est parti.</p>",
        **fields,
    }
