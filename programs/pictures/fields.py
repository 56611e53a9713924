"""The fields of a picture, in the database and in a form. Whoever writes it, only what is clean is kept."""

from typing import Any, Final

from django import forms
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from PIL import Image

from programs.pictures import keeping, making
from programs.pictures.cleaning import CleanPicture, clean
from programs.pictures.renditions import Master

MIDDLE: Final = 50  # percent


class PictureFile(ImageFieldFile):
    """A kept picture of a row: its master in private storage, and the public files that are made of it."""

    field: "PictureField"

    @property
    def master(self) -> Master:
        """Raises ValueError where there is no picture."""
        self._require_file()  # type: ignore[attr-defined]
        # The row's own numbers: nothing is opened.
        names = (*self.field.size_fields, *self.field.focal_fields)
        numbers = (getattr(self.instance, name) for name in names)
        return Master(str(self.name), *numbers)

    @property
    def url(self) -> str:
        """The public address of the plain JPEG."""
        return keeping.public().url(self.master.plain.name)

    @property
    def is_ready(self) -> bool:
        """All its renditions are there. It reads nothing but the row."""
        return bool(getattr(self.instance, self.field.renditions_field) == self.master.key)

    @property
    def words(self) -> str:
        """What it shows, in the language of the moment."""
        words: str = getattr(self.instance, self.field.words_field)
        return words

    def save(self, name: str | None, content: "File[Any]", save: bool = True) -> None:  # noqa: ARG002  Django's
        """Keep what is clean of `content`, and make the plain JPEG; the rest follows in the background.

        Raises ValidationError when it is not a picture we can show.
        """
        kept = content if isinstance(content, CleanPicture) else clean(content)
        self.name = self.field.generate_filename(self.instance, kept.name or "")
        kept.seek(0)
        keeping.put(keeping.masters(), self.name, kept.read())
        self._set_instance_attribute(self.name, kept)  # type: ignore[attr-defined]
        self._committed = True
        self.make_plain()
        if save:
            self.instance.save()

    save.alters_data = True  # type: ignore[attr-defined]

    def make_plain(self) -> None:
        """See that the plain JPEG is there, if there is a master: a version brought back may have lost it."""
        plain = self.master.plain
        if keeping.public().exists(plain.name) or not keeping.masters().exists(self.master.name):
            return
        with keeping.masters().open(self.master.name) as kept, Image.open(kept) as pixels:
            keeping.put(keeping.public(), plain.name, making.body(pixels, plain))

    def _get_image_dimensions(self) -> tuple[int | None, int | None]:
        """As the row has them, where the file itself is lost: a form that shows it opens all the same."""
        try:
            size: tuple[int | None, int | None] = super()._get_image_dimensions()  # type: ignore[misc]
        except FileNotFoundError:
            width, height = self.field.size_fields
            return getattr(self.instance, width), getattr(self.instance, height)
        return size


class PictureBoundField(BoundField):
    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Tell static/js/focal-point.js which picture this is, and which numbers are its focal point."""
        built = super().build_widget_attrs(attrs, widget)
        field = self.field
        if isinstance(field, PictureFormField) and field.focal_fields:
            built["data-focal-point"] = " ".join((self.name, *field.focal_fields))
            built["data-focal-hint"] = _("Click on what matters most: it stays in sight in every crop.")
            if isinstance(self.initial, PictureFile) and self.initial:
                built["data-focal-picture"] = self.initial.url
        return built


class PictureFormField(forms.ImageField):
    focal_fields: tuple[str, ...] = ()

    def to_python(self, data: Any) -> Any:
        # Not ImageField's own look, which would open the picture once more and load none of it.
        sent = forms.FileField.to_python(self, data)
        return clean(sent) if isinstance(sent, UploadedFile) else sent

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return PictureBoundField(form, self, field_name)


class PictureField(models.ImageField):
    """A picture that has been looked into before it is kept, and that is shown in several sizes.

    Beside it the row has a focal point (across and down, in percent), the name of the renditions that
    are there, and words that say what it shows. A row without the name of its present renditions is
    the order to make them.
    """

    attr_class = PictureFile

    def __init__(
        self,
        *args: Any,
        focal_fields: tuple[str, str] = ("", ""),
        renditions_field: str = "",
        words_field: str = "",
        **kwargs: Any,
    ) -> None:
        self.focal_fields = focal_fields
        self.renditions_field = renditions_field
        self.words_field = words_field
        kwargs.setdefault("storage", keeping.masters)
        super().__init__(*args, **kwargs)

    @property
    def size_fields(self) -> tuple[str, str]:
        """Where the row keeps the master's width and height."""
        return str(self.width_field), str(self.height_field)  # type: ignore[attr-defined]

    def formfield(self, **kwargs: Any) -> Any:
        field = super().formfield(**{"form_class": PictureFormField, **kwargs})
        if isinstance(field, PictureFormField):
            field.focal_fields = self.focal_fields
        return field

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Forget the renditions of another picture or focal point: by its return they may be gone."""
        file: PictureFile = super().pre_save(model_instance, add)
        if not file or not file.is_ready:
            setattr(model_instance, self.renditions_field, "")
        if file:
            file.make_plain()
        return file

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("storage", None)  # to the database it is a name
        return name, "django.db.models.ImageField", list(args), kwargs


class FocalFormField(forms.IntegerField):
    """Percent; the middle where nothing is said."""

    def clean(self, value: Any) -> int:
        percent: int | None = super().clean(value)
        return MIDDLE if percent is None else percent


class FocalField(models.PositiveSmallIntegerField[int, int]):
    """One coordinate of what matters most in a picture, in percent of its width or height."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", MIDDLE)
        kwargs.setdefault("validators", [MaxValueValidator(100)])
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": FocalFormField, "required": False, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveSmallIntegerField", list(args), kwargs


def picture_of(row: models.Model) -> PictureFile:
    """The picture of a row that has one; false where none was sent."""
    field = next(each for each in row._meta.concrete_fields if isinstance(each, PictureField))
    file: PictureFile = getattr(row, field.attname)
    return file
