"""Pictures as staff upload them: what is accepted, and under which name it is kept."""

from pathlib import PurePath
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image

MAXIMUM_BYTES: Final = 20_000_000
MAXIMUM_PIXELS: Final = 40_000_000  # a 40-megapixel photograph: 120 MB once unpacked
FORMATS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def check(upload: "UploadedFile[Any]") -> None:
    """Raise ValidationError unless `upload` is a whole picture of a known format and a bearable size.

    The size is read before anything is unpacked. The file is renamed after what it is, not after
    what it says it is: a page in disguise would otherwise be served as a page.
    """
    if (upload.size or 0) > MAXIMUM_BYTES:
        raise ValidationError(_("This file is too heavy: 20 MB at most."), code="heavy")
    upload.seek(0)
    try:
        with Image.open(upload, formats=list(FORMATS)) as picture:
            if picture.width * picture.height > MAXIMUM_PIXELS:
                raise ValidationError(_("This picture is too large: 40 megapixels at most."), code="large")
            picture.load()
            extension = FORMATS[picture.format or ""]
    except ValidationError:
        raise
    except Exception as error:  # Pillow raises many kinds, from a lying header to a truncated end
        raise ValidationError(
            _("This file is not a picture we can show. Send a JPEG, PNG or WebP."), code="not_a_picture"
        ) from error
    upload.seek(0)
    upload.name = f"{PurePath(upload.name or 'picture').stem[:80]}.{extension}"


class PictureFormField(forms.ImageField):
    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            check(data)
        return super().to_python(data)


class PictureField(models.ImageField):
    """An image that has been looked into before it is kept."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PictureFormField, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", list(args), kwargs
